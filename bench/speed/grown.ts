/** Run by growth.ts in a process of its own: `grown.ts SIZE`. A shop of so many items grows up, then so many shoppers come, ten events each. */
import { completeConfig } from "../../src/config.ts";
import { dayMs, minuteMs } from "../../src/core/clock.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import { random } from "../../src/core/random.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { Learning } from "../../src/learn.ts";
import { Serving } from "../../src/rank.ts";
import { buildRooms } from "../../src/rooms.ts";
import { percentile } from "./benchmark.ts";

export interface Grown {
  readonly itemBytes: number;
  readonly shopperBytes: number;
  readonly stateBytes: number;
  readonly perSecond: number;
  readonly rankMs: readonly [p50: number, p99: number];
  readonly recommendMs: readonly [p50: number, p99: number];
  readonly longestItemMs: number;
  readonly longestEventMs: number;
}

const startMs = Date.parse("2026-01-01T00:00Z");
const spanMs = 30 * dayMs;
const eventsEach = 10;
const asked = 2000;
/** Shoppers take turns in an order that is not theirs. */
const step = 611_953;

const size = Number(process.argv[2]);
const chance = random("growth");
const rooms = buildRooms(completeConfig({ choiceLessonsPerSecond: 0 }));
const learning = new Learning(rooms);
const serving = new Serving(rooms);
let offset = 0;

/** Folds one after another; the longest took so many ms. */
function longest(count: number, event: (i: number) => LoggedEvent): number {
  let longestMs = 0;
  for (let i = 0; i < count; i++) {
    const one = event(i);
    const beganMs = performance.now();
    learning.fold(one, offset++);
    longestMs = Math.max(longestMs, performance.now() - beganMs);
  }
  return longestMs;
}

function item(number: number): LoggedEvent {
  const department = number % 12;
  const fields = {
    title: `an item of ${number % 97} parts, number ${number}, for every day`,
    brand: `brand ${chance.int(3000)}`,
    category: [`department ${department}`, `category ${department}-${chance.int(30)}`],
    ...{ price: chance.int(50_000) / 100, inStock: chance.int(20) > 0, rating: 1 + chance.int(41) / 10 },
    ...{ colour: `colour ${chance.int(40)}`, weight: chance.int(20_000) },
  };
  return { type: "item", item: `p-${number}`, fields, time: startMs, receivedAt: startMs };
}

/** Near what the shopper turned to before, or what many turn to. */
const itemOf = (shopper: number): string =>
  `p-${chance.int(3) === 0 ? Math.floor(size * chance.next() ** 4) : (shopper * 37 + chance.int(300)) % size}`;

function visit(turn: number): LoggedEvent {
  const shopper = (Math.floor(turn / 5) * step) % size;
  const time = Math.floor(startMs + (turn / (eventsEach * size)) * spanMs);
  const who = { user: `u-${shopper}`, session: `s-${Math.floor(turn / 5)}` };
  return { type: "outcome", action: "view", item: itemOf(shopper), ...who, time, receivedAt: time };
}

function took(ask: (user: string) => unknown): readonly [number, number] {
  const times = new Float64Array(asked);
  for (let i = -asked / 4; i < asked; i++) {
    const user = `u-${chance.int(size)}`;
    const beganMs = performance.now();
    ask(user);
    if (i >= 0) times[i] = performance.now() - beganMs;
  }
  times.sort();
  return [percentile(times, 0.5), percentile(times, 0.99)];
}

const before = bytesInUse(rooms.states);
const longestItemMs = longest(size, item);
const withItems = bytesInUse(rooms.states);
globalThis.gc?.();
const beganMs = performance.now();
const longestEventMs = longest(eventsEach * size, visit);
const seconds = (performance.now() - beganMs) / 1000;
const stateBytes = bytesInUse(rooms.states);
const nowMs = startMs + spanMs + minuteMs;
const grown: Grown = {
  itemBytes: (withItems - before) / size,
  shopperBytes: (stateBytes - withItems) / size,
  stateBytes,
  perSecond: (eventsEach * size) / seconds,
  rankMs: took((user) =>
    serving.rank({ user, items: Array.from({ length: 200 }, () => itemOf(chance.int(size))) }, nowMs),
  ),
  recommendMs: took((user) => serving.recommend({ user }, nowMs)),
  longestItemMs,
  longestEventMs,
};
process.send!(grown, () => process.exit(0));
