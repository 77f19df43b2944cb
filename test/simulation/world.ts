/** One run of the simulation, from its seed: lives of a process one after another over what survives of each. */
import "./small-segments.ts";
import { type Config, completeConfig } from "../../src/config.ts";
import { LiveshelfError } from "../../src/core/errors.ts";
import { limits } from "../../src/core/limits.ts";
import { hashText, mixPair, type Random, random } from "../../src/core/random.ts";
import { checksum } from "../../src/core/state.ts";
import { countOf, salvage } from "../../src/event-logs/block.ts";
import { readOnlyBlockLog } from "../../src/event-logs/block-log.ts";
import type { EventLog } from "../../src/event-logs/event-log.ts";
import { Learning } from "../../src/learn.ts";
import { buildRooms } from "../../src/rooms.ts";
import { folderSnapshots } from "../../src/snapshots/folder.ts";
import { JumpyClock } from "./clock.ts";
import { Disk, type Flip, kindDisk } from "./disk.ts";
import { FileSystem, kindFiles } from "./files.ts";
import { Ledger, must } from "./ledger.ts";
import { Life } from "./life.ts";
import { type LifePlan, type Plan, planOf } from "./plan.ts";
import { Process } from "./process.ts";
import { Traffic } from "./traffic.ts";

export const snapshotFolder = "/snapshots";

export interface Outcome {
  readonly events: number;
  /** Hash of all that happened. */
  readonly trace: string;
}

/** The end of every run: it opens what is there, takes what was not answered, and is closed. */
const lastLife: LifePlan = {
  ends: "close",
  crashAtTurn: 0,
  eventsMax: 12,
  clients: 1,
  disk: kindDisk,
  files: kindFiles,
  hasRoomAside: true,
  clockJumpShare: 0,
  clockJumpsFar: false,
  damageAfter: "none",
  checksSnapshots: true,
};
const openedOnly: LifePlan = { ...lastLife, eventsMax: 0, checksSnapshots: false };

export class World {
  readonly plan: Plan;
  readonly config: Config;
  readonly disk: Disk;
  readonly files: FileSystem;
  readonly traffic: Traffic;
  readonly ledger: Ledger;
  readonly #chance: Random;
  readonly #say: (line: string) => void;
  clock: JumpyClock;
  /** What cannot be opened any more, by plan. */
  #isLost = false;
  #hash = 0;

  constructor(plan: Plan, say: (line: string) => void = () => {}) {
    const { seed } = plan;
    this.plan = plan;
    this.#say = say;
    this.#chance = random(`world:${seed}`);
    this.config = completeConfig({ ...this.plan.settings, data: "/simulated" });
    this.disk = new Disk(hashText("log", seed).toString(16).padStart(16, "0"), random(`disk:${seed}`));
    this.files = new FileSystem(random(`files:${seed}`));
    this.traffic = new Traffic(this.plan);
    this.clock = new JumpyClock(random(`clock:${seed}`));
    const dedupeIdsMax = this.plan.limits.dedupeIdsMax!;
    this.ledger = new Ledger(this.config, this.disk, { ...this.config, dedupeIdsMax });
  }

  trace = (line: string): void => {
    this.#hash = mixPair(this.#hash, hashText(line));
    this.#say(line);
  };

  async run(): Promise<Outcome> {
    const last = { ...lastLife, checksSnapshots: this.#chance.int(3) === 0 };
    const lives = [...this.plan.lives, last];
    for (const [number, plan] of lives.entries()) {
      this.clock.behave(plan.clockJumpShare, plan.clockJumpsFar);
      if (!(await this.#live(plan, number))) break;
      this.#damage(plan);
      this.clock.step();
    }
    if (!this.#isLost && this.#chance.int(3) === 0) await new Life(this, openedOnly, lives.length).run(true);
    return { events: this.ledger.lines.length, trace: (this.#hash >>> 0).toString(16).padStart(8, "0") };
  }

  /** False if what is kept is lost, as it must be. */
  async #live(plan: LifePlan, number: number): Promise<boolean> {
    const mustOpen = this.#mustOpen();
    try {
      await new Life(this, plan, number).run();
      return true;
    } catch (error) {
      if (mustOpen || !(error instanceof LiveshelfError) || error.code !== "SNAPSHOT_DAMAGED") throw error;
      this.trace(`lost: ${error.message}`);
      this.#isLost = true;
      return false;
    }
  }

  /** All is in the log, or some snapshot is whole that holds what is not. */
  #mustOpen(): boolean {
    const start = this.disk.firsts[0] ?? 0;
    return (
      start === 0 || this.#snapshots().some((one) => !this.files.isDamaged(one.file) && one.header.offset >= start)
    );
  }

  #store = () => folderSnapshots(snapshotFolder, this.files.open(new Process(), kindFiles));
  #snapshots = () => this.#store().list();

  /** From each snapshot that is whole, the rest of the log leads to the same state. */
  checkSnapshots(log: EventLog): void {
    for (const { header, file } of this.#snapshots()) {
      if (this.files.isDamaged(file) || header.offset < log.start) continue;
      const rooms = buildRooms(this.config);
      const loaded = this.#store().load(rooms.states, ({ offset }) => offset === header.offset);
      must(loaded !== undefined, `${file} cannot be loaded`);
      this.ledger.foldOn(new Learning(rooms), header.offset, log.durableHead);
      must(
        checksum(rooms.states) === this.ledger.cleanChecksum(log.durableHead),
        `gone on from ${file} at ${header.offset}, the state at ${log.durableHead} is another`,
      );
    }
  }

  #damage({ damageAfter }: LifePlan): void {
    if (damageAfter === "none") return;
    this.trace(`damage: ${damageAfter}`);
    if (damageAfter === "record") this.#damageRecord();
    const paths = this.files.paths().filter((path) => path.endsWith(".snapshot"));
    const numbered = paths.filter((path) => !path.endsWith("base.snapshot"));
    if (damageAfter === "snapshots gone") for (const path of paths) this.files.remove(path);
    const hit = {
      "newest snapshot": numbered.slice(-1),
      "older snapshot": numbered.slice(-2, -1),
      "every snapshot": paths,
    };
    for (const path of new Set(hit[damageAfter as keyof typeof hit] ?? [])) this.files.damage(path, this.#chance);
  }

  /** A bit of a record flips: whoever reads it is told where, and all but that event can be saved. Then it is as it was, as from a backup. */
  #damageRecord(): void {
    const flip = this.disk.flip(this.#chance);
    if (flip === undefined) return;
    const found = this.#readDamaged();
    const damaged = this.#damagedOffset(flip);
    const told = Number(/at offset (\d+)/.exec(found)?.[1]);
    must(
      found.startsWith("LOG_DAMAGED") && (damaged === undefined ? told >= flip.first : told === damaged),
      `damage at ${damaged ?? flip.first} is told as: ${found}`,
    );
    this.trace(`told: ${found}`);
    this.#salvage(flip, damaged);
    flip.mend();
  }

  #readDamaged(): string {
    try {
      return `${[...readOnlyBlockLog(this.disk.reader()).read(0)].length} events`;
    } catch (error) {
      return error instanceof LiveshelfError ? `${error.code}: ${error.message}` : String(error);
    }
  }

  #salvage({ first, before, damaged: bytes }: Flip, damaged: number | undefined): void {
    const { records } = salvage({ first, bytes }, countOf({ first, bytes: before }));
    // A flip between events hits the mark of one at most.
    let mayBeLost = 1;
    records.forEach((record, i) => {
      const isLost = record === undefined && (damaged ?? first + i) === first + i && mayBeLost-- > 0;
      must(isLost || record === this.ledger.lines[first + i], `of offset ${first + i} is saved: ${record}`);
    });
  }

  /** The event whose JSON has the flipped byte in it; `undefined` where it lies between. */
  #damagedOffset({ first, at, before }: Flip): number | undefined {
    const { lines } = this.ledger;
    let end = 0;
    for (let offset = first; offset < lines.length && end <= at; offset++) {
      const from = before.indexOf(lines[offset]!, end);
      if (from < 0) return undefined;
      end = from + Buffer.byteLength(lines[offset]!);
      if (at >= from && at < end) return offset;
    }
    return undefined;
  }
}

/** Runs one seed, one at a time: the engine's limits are lowered meanwhile. Rejects with what was found to be wrong. */
export async function simulate(seed: number, say?: (line: string) => void): Promise<Outcome> {
  const before = { ...limits };
  const plan = planOf(seed);
  Object.assign(limits, plan.limits);
  try {
    return await new World(plan, say).run();
  } finally {
    Object.assign(limits, before);
  }
}
