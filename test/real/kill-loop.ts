/** The real service under load, killed again and again at seeded moments; after every kill its log is held against what was acknowledged. */
import { type FSWatcher, mkdirSync, readdirSync, rmSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { stopwatchMs } from "../../src/core/clock.ts";
import { type Random, random } from "../../src/core/random.ts";
import { createEngine } from "../../src/engine.ts";
import type { EventLog } from "../../src/event-logs/event-log.ts";
import { lmdbLog } from "../../src/event-logs/lmdb.ts";
import { Ledger, type Tally } from "./ledger.ts";
import { Shop } from "./load.ts";
import { liveshelf, type Service, serve } from "./processes.ts";

/** When the service is killed. */
const moments = ["acknowledged", "unfinished snapshot", "named snapshot", "start-up", "listening"] as const;
type Moment = (typeof moments)[number];

export interface KillLoopOptions {
  readonly seed: number;
  readonly kills: number;
  /** An empty folder, which is left empty. */
  readonly folder: string;
  /** Kills from one comparison of checksums to the next. */
  readonly compareEvery?: number;
  /** Kills after which a fresh data folder is begun, so that starts stay short. */
  readonly rotateEvery?: number;
  readonly onProgress?: (report: KillLoopReport) => void;
}

export interface KillLoopReport extends Tally {
  readonly kills: number;
  /** By the moment that was waited for. */
  readonly moments: Readonly<Record<Moment, number>>;
  /** Kills that left half a snapshot. */
  readonly insideSnapshot: number;
  /** States from snapshot and log that were compared with a clean fold of the log. */
  readonly checksums: number;
  readonly checksumsDiffering: number;
  /** Of these, such that began from a snapshot. */
  readonly fromSnapshot: number;
  readonly events: number;
  readonly faults: readonly string[];
  readonly seconds: number;
}

/** Events between snapshots: few, so that one is being written most of the time. */
const snapshotEvery = 100;
/** Kills of a folder's first starts. */
const killsWhileMade = 2;
/** While a snapshot is waited for, which takes a while: so that the log stays short. */
const restMs = 20;
/** A snapshot that did not come after so many answers is no longer waited for. */
const answersMax = 1000;

/** Rejects when the service says what it should not, or does not start again. */
export async function killLoop(options: KillLoopOptions): Promise<KillLoopReport> {
  const { seed, kills, folder, compareEvery = 25, rotateEvery = 50, onProgress } = options;
  const env = { LIVESHELF_SNAPSHOT_EVERY: String(snapshotEvery), NODE_COMPILE_CACHE: join(folder, "compiled") };
  const beganMs = stopwatchMs();
  const counts = { kills: 0, insideSnapshot: 0, checksums: 0, checksumsDiffering: 0, fromSnapshot: 0, events: 0 };
  const byMoment = Object.fromEntries(moments.map((moment) => [moment, 0])) as Record<Moment, number>;
  const tallies: Tally[] = [];
  const faults: string[] = [];
  const report = (): KillLoopReport => ({
    ...counts,
    moments: byMoment,
    ...sum(tallies),
    faults: [...faults, ...(ledger?.faults ?? [])],
    seconds: (stopwatchMs() - beganMs) / 1000,
  });
  let ledger: Ledger | undefined;
  await warmUp(join(folder, "warm-up"), env);

  for (let round = 0; counts.kills < kills; round++) {
    const data = join(folder, `data-${round}`);
    for (const part of ["log", "snapshots"]) mkdirSync(join(data, part), { recursive: true });
    const chance = random(`kills:${seed}:${round}`);
    ledger = new Ledger();
    tallies.push(ledger.tally);
    const shop = new Shop(`kills:${seed}:${round}`, ledger);
    const halves = new Set<number>();
    const first = counts.kills;
    const end = Math.min(kills, first + rotateEvery);
    while (counts.kills < end) {
      // The first ones of a folder fall into its making.
      const moment = counts.kills < first + killsWhileMade ? "start-up" : momentOf(chance);
      byMoment[moment]++;
      counts.kills++;
      await killedAt(moment, chance, data, shop, serve(data, { env }));
      if (leftHalf(join(data, "snapshots"), halves)) counts.insideSnapshot++;
      await compareLog(data, ledger);
      const isDue = counts.kills % compareEvery === 0 || counts.kills === end;
      if (isDue && ledger.offset > 0) await compareStates(data, counts, faults);
      onProgress?.(report());
    }
    if (ledger.offset > 0) await verify(data, env, counts, faults);
    counts.events += ledger.offset;
    faults.push(...ledger.faults);
    ledger = undefined;
    rmSync(data, { recursive: true });
  }
  rmSync(env.NODE_COMPILE_CACHE, { recursive: true, force: true });
  return report();
}

/** Compiled code is kept at an orderly end only, which nobody who is killed comes to; with it a start takes a third of the time. */
async function warmUp(data: string, env: Readonly<Record<string, string>>): Promise<void> {
  const service = serve(data, { env });
  await service.listening;
  const { status, stderr } = await service.kill("SIGTERM");
  if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
  rmSync(data, { recursive: true });
}

/** Half of the kills under load; the rest shared by the others, so that some kills follow one another before anything was answered. */
function momentOf(chance: Random): Moment {
  return chance.int(2) === 0 ? "acknowledged" : moments[1 + chance.int(moments.length - 1)]!;
}

/** Resolves when it is gone and every connection broke. */
async function killedAt(moment: Moment, chance: Random, data: string, shop: Shop, service: Service): Promise<void> {
  let watched: FSWatcher | undefined;
  const killed = async (): Promise<void> => {
    const { signal, status, stderr } = await service.kill();
    if (signal !== "SIGKILL") throw new Error(`ended by itself with ${status ?? signal}: ${stderr}`);
  };
  try {
    if (moment === "start-up") {
      // Its lock, the log's files, the snapshots that it looks at: at the so-many-th change, or at the latest when it listens.
      let changes = 1 + chance.int(12);
      await new Promise<void>((resolve) => {
        watched = watch(join(data, "log"), () => {
          if (--changes === 0) resolve();
        });
        service.listening.then(
          () => resolve(),
          () => resolve(),
        );
      });
      return await killed();
    }
    const address = await service.listening;
    if (moment === "listening") return await killed();
    const isForSnapshot = moment !== "acknowledged";
    let answers = isForSnapshot ? answersMax : 1 + chance.int(40);
    let dead: Promise<void> | undefined;
    const kill = (): void => {
      dead ??= killed();
      // Told when it is waited for, below.
      dead.catch(() => {});
    };
    if (isForSnapshot) {
      const wanted = moment === "named snapshot" ? /\.snapshot$/ : /\.tmp$/;
      watched = watch(join(data, "snapshots"), (_, name) => {
        if (wanted.test(name ?? "")) kill();
      });
    }
    const onAcknowledged = (): void => {
      if (--answers === 0) kill();
    };
    await shop.load(address, onAcknowledged, isForSnapshot ? restMs : 0);
    // Every connection broke: by us, or it ended by itself, which is told here.
    await (dead ?? killed());
  } finally {
    watched?.close();
  }
}

/** True if a snapshot is there that was cut off, and was not there before. */
function leftHalf(folder: string, seen: Set<number>): boolean {
  const before = seen.size;
  for (const name of readdirSync(folder)) if (name.endsWith(".tmp")) seen.add(statSync(join(folder, name)).mtimeMs);
  return seen.size > before;
}

async function compareLog(data: string, ledger: Ledger): Promise<void> {
  const folder = join(data, "log");
  let log: EventLog;
  try {
    log = lmdbLog({ folder, readOnly: true });
  } catch (error) {
    // Killed before the log was made: there is nothing to read, and nothing can have been acknowledged.
    if (ledger.tally.acknowledged > 0) throw error;
    return ledger.compare([]);
  }
  try {
    ledger.compare(log.read(ledger.offset));
  } finally {
    await log.close();
  }
}

interface Compared {
  checksums: number;
  checksumsDiffering: number;
  fromSnapshot: number;
}

/** The state that a start comes to, and that of a clean fold. */
async function compareStates(data: string, counts: Compared, faults: string[]): Promise<void> {
  const sums: string[] = [];
  for (const fromLog of [false, true]) {
    const engine = await createEngine({ data, readOnly: true, fromLog });
    sums.push(engine.checksum());
    if (engine.status().snapshotOffset > 0) counts.fromSnapshot++;
    await engine.close();
  }
  counts.checksums++;
  if (sums[0] === sums[1]) return;
  counts.checksumsDiffering++;
  faults.push(`the state is ${sums[0]}, a clean fold ${sums[1]}`);
}

/** The same by the command for it. */
async function verify(
  data: string,
  env: Readonly<Record<string, string>>,
  counts: Compared,
  faults: string[],
): Promise<void> {
  const { status, stderr } = await liveshelf(["replay", "--verify", "--data", data, "--json"], { env });
  counts.checksums++;
  if (status === 0) return;
  counts.checksumsDiffering++;
  faults.push(`replay --verify: ${stderr}`);
}

function sum(tallies: readonly Tally[]): Tally {
  const total = { ...new Ledger().tally };
  for (const tally of tallies) for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
  return total;
}
