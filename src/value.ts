/**
 * What an item is worth when it is shown, expected, in the shop's money (docs/ranking.md, "Value"). With what is not learned of carts
 * and purchases it is the same for all items, and lists are ordered by the chance of a click:
 *
 *     score = chance of a click · worth,   worth = value(click) + Σ chance(outcome | click) · value(outcome)
 */
import type { Catalogue } from "./catalogue/catalogue.ts";
import type { Config } from "./config.ts";
import type { Actions } from "./core/actions.ts";
import { laterOutcomes } from "./core/follow-up.ts";
import type { List } from "./core/list.ts";
import type { Rows } from "./core/rows.ts";
import type { OutcomeHeads } from "./models/outcome-heads.ts";
import { nearest } from "./nearest.ts";
import { type ValuedOutcome, valuedOutcomes } from "./setting-values.ts";

export interface ValueRooms {
  readonly config: Config;
  readonly actions: Actions;
  readonly catalogue: Catalogue;
  readonly outcomeHeads: OutcomeHeads;
}

/** What a setting says that no item bears out: outcomes whose value is a field in which no item has a number, in sentences. Nothing of a shop without items. */
export function valuesAmiss({ config, catalogue }: Pick<ValueRooms, "config" | "catalogue">): readonly string[] {
  if (catalogue.size === 0) return [];
  const numbers = catalogue.fieldNames.filter(({ name }) => catalogue.number(name) !== undefined);
  return Object.entries(config.value ?? {}).flatMap(([outcome, field]) => {
    if (typeof field === "number" || catalogue.number(field) !== undefined) return [];
    const known = numbers.map(({ name }) => name);
    const mend =
      known.length === 0
        ? "No field of the items is one of numbers."
        : `The nearest field of numbers is "${nearest(field, known)}".`;
    return [`No item has a number in "${field}", so by the setting "value" a ${outcome} is worth nothing. ${mend}`];
  });
}

/** Tells of {@link valuesAmiss} once. To be called when nothing comes for a while, not in the middle of an import. */
export function tellingOfValues(
  tell: (message: string) => void,
): (rooms: Pick<ValueRooms, "config" | "catalogue">) => void {
  let isTold = false;
  return (rooms) => {
    if (isTold || rooms.catalogue.size === 0) return;
    isTold = true;
    for (const amiss of valuesAmiss(rooms)) tell(amiss);
  };
}

type Chances = Readonly<Record<ValuedOutcome, number>>;

export class Value {
  readonly #rooms: ValueRooms;
  /** What each outcome is worth; by name, what the item's field of that name says. */
  readonly #values: Readonly<Partial<Record<ValuedOutcome, number | string>>>;
  /** [outcome][candidate] chance once chosen; [candidate] worth. */
  readonly #chances = laterOutcomes.map(() => new Float64Array(512));
  #worth = new Float64Array(512);
  #field = new Float64Array(512);

  constructor(rooms: ValueRooms) {
    this.#rooms = rooms;
    const reward = (outcome: ValuedOutcome): number => rooms.actions(outcome, undefined).reward;
    this.#values =
      rooms.config.value ?? Object.fromEntries(valuedOutcomes.map((outcome) => [outcome, reward(outcome)]));
  }

  /** Reads what each candidate is worth once chosen. False: the same for all, so that their order by clicks stands. `isTold`: all chances will be asked for. */
  read(list: List, rows: Rows, isTold = false): boolean {
    const { count } = list;
    this.#makeRoom(count);
    const worth = this.#worth.fill(0, 0, count);
    let varies = this.#add("click", undefined, list);
    laterOutcomes.forEach((outcome, k) => {
      const chances = this.#chances[k]!;
      const isWorthless = (this.#values[outcome] ?? 0) === 0;
      if (isWorthless && !isTold) return;
      const isOfItems = this.#rooms.outcomeHeads.chances(outcome, rows, chances);
      if (isWorthless) return;
      const isOfFields = this.#add(outcome, chances, list);
      varies ||= isOfItems || isOfFields;
    });
    for (let i = 0; i < count; i++) if (!Number.isFinite(worth[i]!)) worth[i] = 0;
    return varies;
  }

  /** Worth of candidate i once chosen, of the list read last. */
  worth(i: number): number {
    return this.#worth[i]!;
  }

  /** Chances of candidate i, of the list read last to be told: of a click when shown as given, and of each outcome when shown. */
  chances(i: number, click: number): Chances {
    const later = laterOutcomes.map((outcome, k) => [outcome, click * this.#chances[k]![i]!]);
    return { click, ...Object.fromEntries(later) } as Chances;
  }

  /** Adds what an outcome is worth, times its chance if given. True: it differs by a field of the items. */
  #add(outcome: ValuedOutcome, chances: Float64Array | undefined, list: List): boolean {
    const value = this.#values[outcome] ?? 0;
    const worth = this.#worth;
    if (typeof value === "number") {
      for (let i = 0; i < list.count; i++) worth[i]! += value * (chances?.[i] ?? 1);
      return false;
    }
    const known = this.#readField(value, list);
    for (let i = 0; known > 0 && i < list.count; i++) worth[i]! += this.#field[i]! * (chances?.[i] ?? 1);
    return known > 0 && (chances === undefined || chances[0]! > 0);
  }

  /** Reads a field of the candidates, the mean of the others for those that have none; returns how many have it. */
  #readField(name: string, list: List): number {
    const column = this.#rooms.catalogue.number(name);
    let known = 0;
    let sum = 0;
    for (let i = 0; i < list.count; i++) {
      const item = list.item[i]!;
      const value = item < 0 || column === undefined ? Number.NaN : column.get(item);
      this.#field[i] = value;
      if (!Number.isFinite(value)) continue;
      known++;
      sum += value;
    }
    for (let i = 0; i < list.count; i++) if (!Number.isFinite(this.#field[i]!)) this.#field[i] = sum / known;
    return known;
  }

  #makeRoom(count: number): void {
    if (this.#worth.length >= count) return;
    this.#worth = new Float64Array(count * 2);
    this.#field = new Float64Array(count * 2);
    laterOutcomes.forEach((_, k) => {
      this.#chances[k] = new Float64Array(count * 2);
    });
  }
}
