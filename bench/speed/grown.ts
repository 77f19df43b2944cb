/**
 * Run by growth.ts in a process of its own: `grown.ts SIZE`. A shop of so many items grows up, then so many shoppers come, ten events
 * each; then a quarter of them is shown a list of 20, clicks on it, and all learners learn.
 */
import { completeConfig } from "../../src/config.ts";
import { dayMs, minuteMs, secondMs } from "../../src/core/clock.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import { random } from "../../src/core/random.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { Learning } from "../../src/learn.ts";
import { Serving } from "../../src/rank.ts";
import { buildRooms } from "../../src/rooms.ts";
import { percentile, threadMs } from "./benchmark.ts";

export interface Grown {
  readonly itemBytes: number;
  readonly shopperBytes: number;
  readonly stateBytes: number;
  readonly perSecond: number;
  readonly rankMs: readonly [p50: number, p99: number];
  readonly recommendMs: readonly [p50: number, p99: number];
  readonly longestItemMs: number;
  readonly longestEventMs: number;
  /** Mean of one list of 20 that is shown and clicked on, all its lessons included; of one view that teaches a choice. */
  readonly listMs: number;
  readonly choiceMs: number;
  /** Lessons of each, in those that were timed. */
  readonly lessonsOfList: number;
  readonly lessonsOfChoice: number;
  /** What the learners, and what all else takes after that. */
  readonly learnersBytes: number;
  readonly taughtBytes: number;
  readonly rss: number;
  /** Share of the shoppers who are suspects, of whom nothing is learned: next to none, or what is timed is not what it should be. */
  readonly suspectShare: number;
}

const startMs = Date.parse("2026-01-01T00:00Z");
const spanMs = 30 * dayMs;
const eventsEach = 10;
const asked = 2000;
/** Lists and choices that are timed, the last of all. */
const timed = 2500;
const listSize = 20;
/** Between two lists, and between two choices: below what the budget of choice lessons gives, and wide enough for lessons to fall due. */
const listEveryMs = 3 * secondMs;
const choiceEveryMs = secondMs;
/** Shoppers take turns in an order that is not theirs. */
const step = 611_953;

const size = Number(process.argv[2]);
const chance = random("growth");
const rooms = buildRooms(completeConfig({}));
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

/** [shopper] what they turned to last: what a choice is often about. */
const lastOf: string[] = [];

/** Shoppers who are in the shop at once: each has a minute or so between two events. */
const together = Math.max(1, Math.ceil(size / 5000));

function visit(turn: number): LoggedEvent {
  const crowd = Math.floor(turn / (5 * together));
  const visitor = crowd * together + (turn % together);
  const shopper = (visitor * step) % size;
  const time = Math.floor(startMs + (turn / (eventsEach * size)) * spanMs);
  const who = { user: `u-${shopper}`, session: `s-${visitor}` };
  const item = itemOf(shopper);
  lastOf[shopper] = item;
  // It all arrives at its end, as an import does: none of it has a budget for choice lessons.
  const receivedAt = startMs + spanMs;
  return { type: "outcome", action: "view", item, ...who, time, receivedAt };
}

/** List n, shown to a shopper of their own, and the click on it. */
function shownList(n: number): LoggedEvent[] {
  const shopper = (n * step) % size;
  const time = startMs + spanMs + n * listEveryMs;
  const items = new Set<string>();
  while (items.size < listSize) items.add(itemOf(shopper));
  const shown = [...items];
  const who = { user: `u-${shopper}`, session: `l-${n}`, slate: `list-${n}` };
  const clicked = shown[Math.floor(listSize * chance.next() ** 2)]!;
  const slate = { type: "slate", orderedBy: "engine", items: shown, query: `query ${chance.int(2000)}` } as const;
  return [
    { ...slate, ...who, surface: "search", time, receivedAt: time },
    { type: "outcome", action: "click", item: clicked, ...who, time: time + secondMs, receivedAt: time + secondMs },
  ];
}

const lists = Math.max(2 * timed, Math.ceil(size / 4));
const listsEndMs = startMs + spanMs + lists * listEveryMs + dayMs;

function choice(n: number): LoggedEvent {
  const shopper = ((n + lists) * step) % size;
  const time = listsEndMs + n * choiceEveryMs;
  const who = { user: `u-${shopper}`, session: `c-${n}` };
  const item = n % 2 === 0 ? lastOf[shopper]! : itemOf(shopper);
  return { type: "outcome", action: "view", item, ...who, time, receivedAt: time };
}

/** Mean ms of the thread for one, of the last {@link timed} of so many, and lessons of it. */
function taught(count: number, of: (n: number) => readonly LoggedEvent[], model: { readonly lessons: number }) {
  let tookMs = 0;
  let before = 0;
  for (let n = 0; n < count; n++) {
    if (n === count - timed) {
      tookMs = 0;
      before = model.lessons;
    }
    const events = of(n);
    const beganMs = threadMs();
    for (const event of events) learning.fold(event, offset++);
    tookMs += threadMs() - beganMs;
  }
  return { ms: tookMs / timed, lessons: (model.lessons - before) / timed };
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
const ofLists = taught(lists, shownList, rooms.ranker);
const ofChoices = taught(2 * timed, (n) => [choice(n)], rooms.chooser);
const nowMs = listsEndMs + 2 * timed * choiceEveryMs + minuteMs;
globalThis.gc?.();
const taughtBytes = bytesInUse(rooms.states);
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
  listMs: ofLists.ms,
  choiceMs: ofChoices.ms,
  lessonsOfList: ofLists.lessons,
  lessonsOfChoice: ofChoices.lessons,
  learnersBytes: bytesInUse(rooms.states.filter(({ name }) => name.startsWith("model."))),
  taughtBytes,
  rss: process.memoryUsage().rss,
  suspectShare: rooms.trust.suspects / size,
};
process.send!(grown, () => process.exit(0));
