/** What a run is like, drawn from its seed: the shop, the settings, and what goes wrong in each life of the process. */
import type { Config } from "../../src/config.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../../src/core/clock.ts";
import { type Random, random } from "../../src/core/random.ts";
import { type DiskFaults, kindDisk } from "./disk.ts";
import { type FileFaults, kindFiles } from "./files.ts";

/** What happens to what is kept while no process runs. */
export type Damage = "none" | "newest snapshot" | "older snapshot" | "every snapshot" | "snapshots gone" | "record";

export interface LifePlan {
  readonly ends: "close" | "crash";
  /** Turns of the event loop after which it dies, if it ends by a crash and nothing kills it before. */
  readonly crashAtTurn: number;
  readonly eventsMax: number;
  readonly clients: number;
  readonly disk: DiskFaults;
  readonly files: FileFaults;
  /** False: memory does not hold the state twice, so the serving thread writes its snapshots itself. */
  readonly hasRoomAside: boolean;
  readonly clockJumpShare: number;
  readonly clockJumpsFar: boolean;
  readonly damageAfter: Damage;
  /** Whether every snapshot is tried when it opens, not only the newest. */
  readonly checksSnapshots: boolean;
}

export interface Plan {
  readonly seed: number;
  /** So many items and shoppers that columns grow by several segments. */
  readonly isLarge: boolean;
  readonly items: number;
  readonly shoppers: number;
  /** Events in a call at most, and how often calls are that large. */
  readonly batchMax: number;
  readonly settings: Partial<Config>;
  /** Limits of the engine that are lowered, so that they are reached. */
  readonly limits: Readonly<Record<string, number>>;
  readonly lives: readonly LifePlan[];
}

/** Features that most runs leave out: they add to the state's size and not to what can go wrong with it. */
const leftOut = [
  ...["affinity", "also-bought", "caller-order", "context", "item-fields", "item-statistics", "place", "popularity"],
  ...["previous-list", "price", "query-item", "retrieved", "session", "shopper", "tag-affinity", "touches"],
];
/** Every so many seeds there is a life in which tables and columns grow by several segments, and a long one. */
const grownEvery = 25;
const grownAt = 13;
const longEvery = 200;
const longAt = 100;

export function planOf(seed: number): Plan {
  const chance = random(`plan:${seed}`);
  const isLong = seed % longEvery === longAt;
  const isLarge = isLong || seed % grownEvery === grownAt;
  const lives = isLarge ? 2 : 1 + chance.int(3);
  const events = isLong ? 6000 : isLarge ? 1100 : 40 + chance.int(180);
  return {
    seed,
    isLarge,
    items: isLarge ? Math.ceil(events * 0.8) : 3 + chance.int(14),
    shoppers: isLarge ? Math.ceil(events * 0.2) : 2 + chance.int(8),
    batchMax: isLong ? 700 : isLarge ? 150 : pick(chance, [1, 4, 8, 8, 30, 140]),
    settings: {
      seed: chance.int(5),
      snapshotEvery: isLarge ? Math.ceil(events / 4) : pick(chance, [10, 25, 60, 1_000_000]),
      logBytesMax: isLarge ? 0 : pick(chance, [0, 0, 0, 3000, 12_000]),
      dedupeHorizonMs: isLarge ? dayMs : pick(chance, [dayMs, dayMs, 365 * dayMs, 10 * secondMs, minuteMs]),
      lessonWaitMs: pick(chance, [minuteMs, 5 * secondMs]),
      attributionWindowMs: pick(chance, [7 * dayMs, hourMs]),
      itemExpiryMs: pick(chance, [90 * dayMs, 90 * dayMs, 7 * dayMs]),
      shopperExpiryMs: pick(chance, [400 * dayMs, 400 * dayMs, 2 * hourMs]),
      tickMs: 0,
      withoutFeatures: chance.int(8) === 0 ? [] : leftOut,
    },
    limits: {
      rankerWeightsMax: 4096,
      dedupeIdsMax: isLarge ? Math.ceil(events * 0.55) : pick(chance, [10_000_000, 10_000_000, 20, 60]),
      queueEventsMax: isLarge ? 200_000 : pick(chance, [200_000, 200_000, 200_000, 150]),
    },
    lives: Array.from({ length: lives }, (_, life) => lifePlan(chance, Math.ceil(events / lives), life, isLarge)),
  };
}

function lifePlan(chance: Random, eventsMax: number, life: number, isLarge: boolean): LifePlan {
  const trouble = isLarge ? 0 : chance.int(10);
  const ends = chance.int(3) === 0 ? "close" : "crash";
  const turns = Math.ceil(eventsMax * (1 + chance.next()));
  const isSlow = chance.int(6) === 0;
  return {
    ends,
    crashAtTurn: isLarge ? 20 + chance.int(120) : 1 + chance.int(turns),
    eventsMax,
    clients: 1 + chance.int(isLarge ? 2 : 4),
    disk: {
      ...kindDisk,
      turnsMax: pick(chance, [0, 2, 6, 25]),
      slowShare: isSlow && !isLarge ? 0.1 : 0,
      failAtWrite: trouble === 1 || trouble === 2 ? 1 + chance.int(12) : 0,
      failedAppears: chance.int(2) === 0,
      fullAtBytes: trouble === 3 ? 1000 + chance.int(20_000) : 0,
      crashAtWrite: trouble === 4 || trouble === 5 ? 1 + chance.int(12) : 0,
      crashStage: pick(chance, ["before", "during", "after"] as const),
      removeFails: chance.int(8) === 0,
    },
    files: {
      ...kindFiles,
      crashAtOperation: trouble === 6 || trouble === 7 ? 1 + chance.int(16) : 0,
      failAtOperation: trouble === 8 ? 1 + chance.int(20) : 0,
      fullAtBytes: trouble === 9 ? 1000 + chance.int(500_000) : 0,
    },
    hasRoomAside: chance.int(4) > 0,
    clockJumpShare: pick(chance, [0, 0, 0.02, 0.2]),
    clockJumpsFar: chance.int(10) === 0,
    checksSnapshots: chance.int(4) === 0,
    damageAfter: pick(chance, [
      ...Array<Damage>(isLarge && life === 0 ? 30 : 10).fill("none"),
      "newest snapshot",
      "newest snapshot",
      "older snapshot",
      "every snapshot",
      "snapshots gone",
      "record",
    ] as const),
  };
}

function pick<T>(chance: Random, choices: readonly T[]): T {
  return choices[chance.int(choices.length)]!;
}
