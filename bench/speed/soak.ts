/**
 * Ten million events with turnover in items, shoppers and words, folded without a log, over more than a year of the shop's time: memory,
 * latency and the time of a lesson must be flat once everything that expires does so as fast as it comes. As a program, with other numbers:
 * `node --expose-gc bench/speed/soak.ts [--events N] [--population SHARE]`.
 */
import { parseArgs } from "node:util";
import { completeConfig } from "../../src/config.ts";
import { dayMs } from "../../src/core/clock.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { Learning } from "../../src/learn.ts";
import { Serving } from "../../src/rank.ts";
import { buildRooms } from "../../src/rooms.ts";
import { type Benchmark, type Measure, percentile, threadMs } from "./benchmark.ts";
import { Turnover } from "./turnover.ts";

const eventsMax = 10_000_000;
const days = 480;
const stretches = 20;
/** Requests of each kind in one stretch. */
const asked = 1000;
/** Of one event in so many: a list that is recommended, shown and folded. */
const servedEvery = 400;
const population = { items: 30_000, users: 40_000 };
const settings = {
  itemExpiryMs: 14 * dayMs,
  shopperExpiryMs: 30 * dayMs,
  // A choice lesson takes some 300 µs: a million of them are enough.
  choiceLessonsPerSecond: 0.03,
};

/** What one stretch, a twentieth of all events, showed. */
interface Stretch {
  readonly events: number;
  /** Of the thread's own time, making the events included. */
  readonly perSecond: number;
  readonly stateBytes: number;
  readonly rss: number;
  readonly arrayBuffers: number;
  readonly heapTotal: number;
  readonly items: number;
  readonly shoppers: number;
  readonly words: number;
  readonly slates: number;
  readonly rankMs: readonly [p50: number, p99: number];
  readonly recommendMs: readonly [p50: number, p99: number];
  readonly longestFoldMs: number;
  /** Of lists and of choices, since the beginning. */
  readonly lessons: number;
  /** Of an event that teaches, all that it does included. */
  readonly lessonMs: number;
  readonly learnersBytes: number;
  readonly suspects: number;
}

/** `share`: of the population, and of the events of a day. */
function soaked(events: number, share: number, tell: (stretch: Stretch) => void): Stretch[] {
  const rooms = buildRooms(completeConfig(settings));
  const learning = new Learning(rooms);
  const serving = new Serving(rooms);
  const [items, users] = [population.items, population.users].map((count) => Math.ceil(count * share)) as [
    number,
    number,
  ];
  const shop = new Turnover({ items, users, eventsPerDay: (events - items) / days });
  const done: Stretch[] = [];
  const learners = rooms.states.filter(({ name }) => name.startsWith("model."));
  const lessonsSoFar = (): number => rooms.ranker.lessons + rooms.chooser.lessons;
  let offset = 0;
  let teachingEvents = 0;
  let teachingMs = 0;
  const fold = (event: Parameters<Learning["fold"]>[0]): number => {
    const before = lessonsSoFar();
    const startMs = performance.now();
    learning.fold(event, offset++);
    const tookMs = performance.now() - startMs;
    if (lessonsSoFar() > before) {
      teachingEvents++;
      teachingMs += tookMs;
    }
    return tookMs;
  };
  const timed = (work: () => unknown): number => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  };
  for (let stretch = 1; stretch <= stretches; stretch++) {
    const ranks = new Float64Array(asked);
    const recommends = new Float64Array(asked);
    const until = Math.floor((stretch * events) / stretches);
    const every = Math.max(1, Math.floor((until - offset) / asked));
    const begun = offset;
    const begunCpuMs = threadMs();
    let askedCpuMs = 0;
    let longestFoldMs = 0;
    let requests = 0;
    teachingEvents = 0;
    teachingMs = 0;
    while (offset < until) {
      const isAsked = offset > items && offset % every === 0 && requests < asked;
      if (offset > items && offset % servedEvery === 0) {
        const time = Math.floor(shop.nowMs);
        const { slate } = serving.recommend(shop.recommendRequest(), time);
        fold({ ...slate, slate: `served-${offset}`, time, receivedAt: time });
      }
      longestFoldMs = Math.max(longestFoldMs, fold(shop.next()));
      if (!isAsked) continue;
      const beforeCpuMs = threadMs();
      const [rank, recommend] = [shop.rankRequest(), shop.recommendRequest()];
      ranks[requests] = timed(() => serving.rank(rank, shop.nowMs));
      recommends[requests++] = timed(() => serving.recommend(recommend, shop.nowMs));
      askedCpuMs += threadMs() - beforeCpuMs;
    }
    const foldCpuMs = threadMs() - begunCpuMs - askedCpuMs;
    globalThis.gc?.();
    const { rss, arrayBuffers, heapTotal } = process.memoryUsage();
    const percentiles = (took: Float64Array) => {
      const sorted = took.subarray(0, requests).sort();
      return [percentile(sorted, 0.5), percentile(sorted, 0.99)] as const;
    };
    const one: Stretch = {
      ...{ events: offset, perSecond: ((offset - begun) / foldCpuMs) * 1000, stateBytes: bytesInUse(rooms.states) },
      ...{
        rss,
        arrayBuffers,
        heapTotal,
        items: rooms.items.rows,
        shoppers: rooms.shoppers.count,
        words: rooms.words.rows,
      },
      ...{ slates: rooms.attribution.slates.size, rankMs: percentiles(ranks), recommendMs: percentiles(recommends) },
      longestFoldMs,
      ...{ lessons: lessonsSoFar(), lessonMs: teachingMs / Math.max(1, teachingEvents) },
      ...{ learnersBytes: bytesInUse(learners), suspects: rooms.trust.suspects },
    };
    tell(one);
    done.push(one);
  }
  return done;
}

/** Mean over the second and over the last quarter: last over second. */
function growth(done: readonly Stretch[], value: (stretch: Stretch) => number): number {
  const quarter = done.length / 4;
  const mean = (part: readonly Stretch[]): number => part.reduce((sum, one) => sum + value(one), 0) / part.length;
  return mean(done.slice(-quarter)) / mean(done.slice(quarter, 2 * quarter));
}

function figures(done: readonly Stretch[]): Measure[] {
  const count = `${done.at(-1)!.events / 1e6} M events`;
  const flat = (what: string, value: (stretch: Stretch) => number, hold: number): Measure => ({
    what: `soak of ${count}: ${what}, last quarter over second`,
    ...{ value: Math.round(1000 * growth(done, value)) / 1000, unit: "", hold },
  });
  const last = done.at(-1)!;
  return [
    flat("state", (one) => one.stateBytes, 1.05),
    flat("buffers", (one) => one.arrayBuffers, 1.05),
    // The collector takes another half hundred of megabytes when it likes.
    flat("resident memory", (one) => one.rss, 1.1),
    flat("rank 200, p50", (one) => one.rankMs[0], 1.1),
    flat("recommend, p50", (one) => one.recommendMs[0], 1.1),
    flat("time of a fold", (one) => 1 / one.perSecond, 1.1),
    flat("time of a fold that teaches", (one) => one.lessonMs, 1.1),
    flat("state of the learners", (one) => one.learnersBytes, 1.05),
    { what: `soak of ${count}: state`, value: last.stateBytes / 2 ** 30, unit: "GiB" },
    { what: `soak of ${count}: state of the learners`, value: last.learnersBytes / 2 ** 30, unit: "GiB" },
    { what: `soak of ${count}: lessons`, value: last.lessons, unit: "" },
    { what: `soak of ${count}: suspects at the end`, value: last.suspects, unit: "" },
    { what: `soak of ${count}: resident memory`, value: last.rss / 2 ** 30, unit: "GiB" },
    { what: `soak of ${count}: longest single fold after the second quarter`, value: longest(done), unit: "ms" },
  ];
}

const longest = (done: readonly Stretch[]): number =>
  Math.max(...done.slice(done.length / 2).map((one) => one.longestFoldMs));

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
const milliseconds = (values: readonly number[]): string => values.map((value) => value.toFixed(2)).join(" / ");

function line(one: Stretch): string {
  return [
    `${(one.events / 1e6).toFixed(2).padStart(6)} M events, ${one.perSecond.toFixed(0).padStart(6)}/s`,
    `state ${mebibytes(one.stateBytes)}, rss ${mebibytes(one.rss)}, buffers ${mebibytes(one.arrayBuffers)}, heap ${mebibytes(one.heapTotal)} MiB`,
    `rows: items ${one.items}, words ${one.words}; shoppers ${one.shoppers}, slates ${one.slates}`,
    `lessons ${one.lessons}, ${one.lessonMs.toFixed(2)} ms each, learners ${mebibytes(one.learnersBytes)} MiB, suspects ${one.suspects}`,
    `rank ${milliseconds(one.rankMs)}, recommend ${milliseconds(one.recommendMs)}, longest fold ${one.longestFoldMs.toFixed(1)} ms`,
  ].join(" · ");
}

export const soak: Benchmark = {
  name: "soak",
  limitMs: 3_600_000,
  async run({ isQuick }) {
    return figures(soaked(isQuick ? 400_000 : eventsMax, isQuick ? 0.04 : 1, (one) => void console.log(line(one))));
  },
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { events: { type: "string" }, population: { type: "string" } } });
  const events = Number(values.events ?? eventsMax);
  const share = Number(values.population ?? events / eventsMax);
  const done = soaked(events, share, (one) => void console.log(line(one)));
  for (const { what, value, unit, hold } of figures(done)) {
    const isHeld = hold === undefined || value <= hold;
    if (!isHeld) process.exitCode = 1;
    console.log(`${what}: ${value.toFixed(3)}${unit && ` ${unit}`}${isHeld ? "" : `, more than ${hold}`}`);
  }
}
