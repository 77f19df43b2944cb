/** Two tellings of one story in which some items are forgotten: in one their rows are used again, in the other new items get fresh rows. */
import type { RowKeys } from "./expiring-ids.ts";
import type { Fact, Shown } from "./fact.ts";
import { History } from "./history.ts";

/** From one fresh row of an item to its next: more than the items of a story. */
const freshRows = 10_000;
const keysOfOneLife = 1_000_000;

/** Rows of a story, as one of the two tells it. */
export class ToldRows implements RowKeys {
  readonly #usesAgain: boolean;
  /** How often an item of the story was forgotten, and the one that had a row. */
  readonly #times = new Map<number, number>();
  readonly #lives = new Map<number, number>();

  constructor(usesAgain: boolean) {
    this.#usesAgain = usesAgain;
  }

  /** The row that an item of the story has here: where rows are used again, its number in the story. */
  readonly told = (item: number): number => (this.#usesAgain ? item : item + freshRows * (this.#times.get(item) ?? 0));

  /** The item of the story is forgotten; what is told of it from now on is of another with its number. */
  forget(item: number): void {
    const row = this.told(item);
    this.#lives.set(row, (this.#lives.get(row) ?? 0) + 1);
    this.#times.set(item, (this.#times.get(item) ?? 0) + 1);
  }

  key(row: number): number {
    return row < 0 ? -1 : row + keysOfOneLife * (this.#lives.get(row) ?? 0);
  }

  rowOf(key: number): number {
    const row = key < 0 ? -1 : key % keysOfOneLife;
    return this.key(row) === key ? row : -1;
  }

  code(row: number): number {
    return this.#lives.has(row) ? 1_000_000 + row : row;
  }

  fact(fact: Fact): Fact {
    const shown = fact.shown && this.shown(fact.shown);
    return { ...fact, item: this.told(fact.item), shown, history: this.history(fact.history) };
  }

  shown(shown: Shown): Shown {
    return { ...shown, item: shown.item.map(this.told) };
  }

  history(from: History): History {
    const to = new History();
    for (const [name, value] of Object.entries(from))
      if (typeof value === "number") Object.assign(to, { [name]: value });
    to.count = 0;
    for (let i = 0; i < from.count; i++) to.push(this.told(from.item[i]!));
    from.counts.forEach((counts, h) => void to.counts[h]!.set(counts));
    for (const name of ["lastAtMs", "spanMs"] as const) to[name].set(from[name]);
    for (const name of ["touches", "clicks", "session", "sessionTouches", "basket", "sequence"] as const)
      to[name].set(from[name]);
    to.lastAction.set(from.lastAction);
    return to;
  }
}

/** The item of the story, whoever tells it. */
export const itemInStory = (row: number): number => (row < 0 ? row : row % freshRows);
