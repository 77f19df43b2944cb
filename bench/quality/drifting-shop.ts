/** One generated shop, learned from as it goes on: what every learner and the panel say of each list before they learn of it, beside the truth. */
import { completeConfig } from "../../src/config.ts";
import { dayMs } from "../../src/core/clock.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import type { List } from "../../src/core/list.ts";
import { random } from "../../src/core/random.ts";
import type { Request } from "../../src/core/request.ts";
import type { Rows } from "../../src/core/rows.ts";
import { logLoss } from "../../src/evaluation/metrics.ts";
import { Learning } from "../../src/learn.ts";
import { buildRooms } from "../../src/rooms.ts";
import { examination } from "../../src/simulator/clicks.ts";
import type { SimulatedEvent, SimulatedSlate } from "../../src/simulator/events.ts";
import { simulatedHistory } from "../../src/simulator/history.ts";
import { type SimulatedShop, simulatedShop } from "../../src/simulator/shop.ts";
import type { Visit } from "../../src/simulator/shoppers.ts";

export type DriftKind = "none" | "slow" | "sudden";

export interface LifeOptions {
  readonly seed: number;
  readonly drift: DriftKind;
  /** Lists shown, {@link visitsPerDay} a day; a jump comes in their middle. Those that somebody clicked in are scored. */
  readonly visits: number;
}

/** What one learner said of the lists that somebody clicked in, in their order. */
export interface Told {
  readonly name: string;
  /** [list] mean over its rows of the log-loss of what was clicked; NaN where the learner was not heard. */
  readonly loss: Float64Array;
  /** [list] the same, expected of what is true: what it says above the entropy is the learner's own. */
  readonly expected: Float64Array;
  /** [list] 1 / rank, from 1, of the item clicked first. */
  readonly reciprocalRank: Float64Array;
  /** Sum of the chances that it gave, and of the clicks, over all rows. */
  predicted: number;
  observed: number;
}

export interface Life {
  readonly lists: number;
  /** The panel first, then its members. */
  readonly told: readonly Told[];
  /** [list] mean over its rows of the entropy of what is true: the log-loss to be expected of one who knows. */
  readonly entropy: Float64Array;
  /** The list from which on the truth is another; of a sudden drift only. */
  readonly jumpAt: number;
}

export const visitsPerDay = 800;
const size = 20;
/** Weights of the fashion, in logits: what a shop can learn beyond its items and the single shopper. */
const fashion = 0.8;
const shoppers = 200;
const timeConstantMs = 5 * dayMs;

/** What is known of a list that was shown. */
interface Shown {
  /** [row] chance that it is clicked at its place, given that somebody clicks in the list: only such lists are learned from whole. */
  readonly chance: Float64Array;
  readonly isClicked: Uint8Array;
  /** Row of the earliest click, −1 if there is none. */
  first: number;
}

export function liveThrough({ seed, drift, visits }: LifeOptions): Life {
  const middleMs = (visits / visitsPerDay / 2) * dayMs;
  const startMs = 1_767_225_600_000;
  const shop = simulatedShop({
    ...{ seed, shoppers, fashion, startMs },
    drift:
      drift === "sudden"
        ? { kind: "sudden", atMs: startMs + middleMs }
        : drift === "slow"
          ? { kind: "slow", timeConstantMs }
          : { kind: "none" },
  });
  const options = { visits, sessionsPerDay: visitsPerDay / 4, order: someOf };
  const events = [...simulatedHistory(shop, options)];
  const judge = new Judge(shop, events, visits, startMs + middleMs);
  const learning = new Learning(judge.rooms);
  learning.observe(judge);
  for (const [offset, event] of events.entries())
    learning.fold({ ...event, receivedAt: event.time + 1 } as unknown as LoggedEvent, offset);
  return {
    lists: judge.lists,
    told: judge.told,
    entropy: judge.entropy,
    jumpAt: drift === "sudden" ? judge.jumpAt : -1,
  };
}

/** A third of what the shop would list, drawn evenly, in its order: so that not always the same are seen. */
function someOf({ candidates, slate }: Visit): string[] {
  const chance = random(slate);
  let wanted = size;
  return candidates.filter((_, i) => {
    const isTaken = chance.next() * (candidates.length - i) < wanted;
    if (isTaken) wanted--;
    return isTaken;
  });
}

class Judge {
  readonly rooms = buildRooms(completeConfig({}));
  readonly told: readonly Told[];
  readonly entropy: Float64Array;
  lists = 0;
  jumpAt = 0;
  readonly #shown: ReadonlyMap<string, Shown>;
  readonly #jumpMs: number;
  readonly #logits: readonly Float64Array[];

  constructor(shop: SimulatedShop, events: readonly SimulatedEvent[], visits: number, jumpMs: number) {
    this.#shown = shownLists(shop, events);
    this.#jumpMs = jumpMs;
    this.entropy = new Float64Array(visits);
    this.told = ["panel", ...this.rooms.ranker.members].map((name) => ({
      name,
      loss: new Float64Array(visits),
      expected: new Float64Array(visits),
      reciprocalRank: new Float64Array(visits),
      predicted: 0,
      observed: 0,
    }));
    this.#logits = this.told.map(() => new Float64Array(size));
  }

  slate(id: string, request: Request, list: List, _items: Int32Array, rows: Rows): void {
    const { ranker } = this.rooms;
    const shown = this.#shown.get(id)!;
    if (shown.first < 0) return;
    const { count } = list;
    const at = this.lists++;
    if (request.atMs < this.#jumpMs) this.jumpAt = this.lists;
    ranker.predict(rows, this.#logits[0]!);
    ranker.predictMembers(rows, this.#logits.slice(1));
    this.entropy[at] = 0;
    for (let i = 0; i < count; i++) this.entropy[at]! += expectedLoss(shown.chance[i]!, shown.chance[i]!) / count;
    for (const [r, told] of this.told.entries()) {
      const logits = this.#logits[r]!;
      let loss = 0;
      let expected = 0;
      for (let i = 0; i < count; i++) {
        const chance = 1 / (1 + Math.exp(-logits[i]!));
        loss += logLoss(chance, shown.isClicked[i]!) / count;
        expected += expectedLoss(shown.chance[i]!, chance) / count;
        told.predicted += chance;
        told.observed += shown.isClicked[i]!;
      }
      told.loss[at] = loss;
      told.expected[at] = expected;
      told.reciprocalRank[at] = 1 / rankOf(shown.first, logits, count);
    }
  }
}

/** −p ln q − (1 − p) ln(1 − q) */
const expectedLoss = (truth: number, said: number): number => truth * logLoss(said, 1) + (1 - truth) * logLoss(said, 0);

function rankOf(row: number, logits: Float64Array, count: number): number {
  let rank = 1;
  for (let i = 0; i < count; i++) if (logits[i]! > logits[row]! || (logits[i] === logits[row] && i < row)) rank++;
  return rank;
}

function shownLists(shop: SimulatedShop, events: readonly SimulatedEvent[]): ReadonlyMap<string, Shown> {
  const shown = new Map<string, Shown & { readonly slate: SimulatedSlate }>();
  for (const event of events) {
    if (event.type === "slate") {
      const chance = Float64Array.from(
        event.items,
        (item, k) => examination(k, shop.eta) * shop.truth.attraction(event.user, item, event.time),
      );
      const clickless = chance.reduce((product, p) => product * (1 - p), 1);
      for (let i = 0; i < chance.length; i++) chance[i]! /= 1 - clickless;
      const isClicked = new Uint8Array(event.items.length);
      shown.set(event.slate, { slate: event, chance, isClicked, first: -1 });
    } else if (event.type === "outcome" && event.action === "click") {
      const list = shown.get(event.slate!)!;
      const row = list.slate.items.indexOf(event.item);
      list.isClicked[row] = 1;
      if (list.first < 0) list.first = row;
    }
  }
  return shown;
}
