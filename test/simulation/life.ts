/** One life of the process: it opens what is there, serves several clients at once, and is closed or dies. */
import { LiveshelfError } from "../../src/core/errors.ts";
import type { Engine } from "../../src/core/public.ts";
import type { Random } from "../../src/core/random.ts";
import { openEngine } from "../../src/engine.ts";
import { blockLog, readOnlyBlockLog } from "../../src/event-logs/block-log.ts";
import type { EventLog } from "../../src/event-logs/event-log.ts";
import { foldAside } from "../../src/fold-worker.ts";
import { folderSnapshots } from "../../src/snapshots/folder.ts";
import type { FoldTask } from "../../src/snapshotting.ts";
import { Fault, must } from "./ledger.ts";
import type { LifePlan } from "./plan.ts";
import { never, Process, turn } from "./process.ts";
import type { Sent } from "./traffic.ts";
import { snapshotFolder, type World } from "./world.ts";

/** Calls of so many events are taken in one piece, so that their receipt is known beforehand. */
const inOnePiece = 8;
const turnsMax = 30_000;
const plenty = 2 ** 40;

export class Life {
  readonly #world: World;
  readonly #plan: LifePlan;
  readonly #number: number;
  readonly #process = new Process();
  readonly #calls = new Set<readonly Sent[]>();
  #log: EventLog | undefined;
  #engine: Engine | undefined;
  #fault: unknown;
  #turns = 0;
  /** Turn of the last sign that work goes on. */
  #movedAt = 0;
  #sent = 0;
  #isClosing = false;
  #failureIs: "none" | "being checked" | "checked" = "none";

  constructor(world: World, plan: LifePlan, number: number) {
    this.#world = world;
    this.#plan = plan;
    this.#number = number;
  }

  /** Resolves when it is over. Rejects with what it could not be opened for, or with a {@link Fault}. */
  async run(fromLog = false): Promise<void> {
    const { trace } = this.#world;
    trace(`life ${this.#number} begins`);
    await this.#open(fromLog);
    if (this.#process.isAlive) await this.#serve();
    if (this.#process.isAlive) await this.#close();
    trace(`life ${this.#number} ends ${this.#process.diedAt ?? "closed"}`);
    // Whoever had no answer by now gets none.
    this.#world.traffic.unanswered.push(...[...this.#calls].map((call) => [...call]));
  }

  async #open(fromLog: boolean): Promise<void> {
    const { disk, files, config, clock, ledger, trace } = this.#world;
    const process = this.#process;
    const store = folderSnapshots(snapshotFolder, files.begin(process, this.#plan.files));
    const log = blockLog(disk.open(process, this.#plan.disk));
    disk.onRemove = () => this.#lookNow();
    const aside = async (task: FoldTask, signal: AbortSignal) => {
      const reader = readOnlyBlockLog(disk.reader());
      const goOn = async (): Promise<void> => {
        await turn();
        if (!process.isAlive) await never();
        if (signal.aborted) throw new LiveshelfError("CLOSED", "given up");
      };
      await goOn();
      return foldAside(config, reader, store, task, goOn);
    };
    const opening = openEngine(
      config,
      { log, snapshots: store, foldAside: aside, availableBytes: () => (this.#plan.hasRoomAside ? plenty : 0) },
      { clock, fromLog, onDiagnostic: (message) => this.#hear(message) },
    );
    let failure: unknown;
    opening.then(
      (engine) => {
        this.#engine = engine;
      },
      (error: unknown) => {
        failure = error;
      },
    );
    await this.#until(() => this.#engine !== undefined || failure !== undefined, "opening");
    if (!process.isAlive) return;
    if (failure !== undefined) throw failure;
    const engine = this.#engine!;
    this.#log = log;
    process.onCrash(() => this.#lookNow());
    trace(`opened: ${log.start} to ${log.head}, snapshot ${engine.status().snapshotOffset}`);
    must(log.head === log.durableHead, "just opened, the log has events that are not durable");
    ledger.cut(log.head);
    ledger.compare(engine, log.start);
    this.#checkState("just opened");
    if (this.#plan.checksSnapshots) this.#world.checkSnapshots(log);
  }

  /** The state is that of a clean fold, and the reports are those of the twin. */
  #checkState(when: string): void {
    const { ledger } = this.#world;
    const { durableHead } = this.#log!;
    const [found, wanted] = [this.#engine!.checksum(), ledger.cleanChecksum(durableHead)];
    must(found === wanted, `${when}, the state at ${durableHead} is not that of a clean fold of the log`);
    ledger.checkAllReports(this.#engine!);
  }

  async #serve(): Promise<void> {
    let working = this.#plan.clients;
    for (let client = 0; client < this.#plan.clients; client++) {
      this.#client(this.#world.traffic.chance(this.#number, client))
        .catch((error: unknown) => {
          if (this.#process.isAlive || error instanceof Fault) this.#fault ??= error;
        })
        .finally(() => working--);
    }
    await this.#until(() => working === 0 && this.#failureIs !== "being checked", "serving");
  }

  async #close(): Promise<void> {
    const { trace } = this.#world;
    const log = this.#log!;
    const hasFailed = this.#failureIs !== "none";
    if (!hasFailed) {
      await this.#until(() => log.head === log.durableHead || this.#failureIs !== "none", "syncing");
      if (!this.#process.isAlive) return;
      this.#follow();
      if (this.#failureIs === "none") this.#checkState("at the end");
    }
    if (this.#plan.ends === "crash") {
      void this.#process.crash("when all was done");
      return;
    }
    this.#isClosing = true;
    let closed: string | undefined;
    this.#engine!.close().then(
      () => {
        closed = "closed";
      },
      (error: unknown) => {
        closed = String(error);
      },
    );
    await this.#until(() => closed !== undefined, "closing");
    if (!this.#process.isAlive) return;
    trace(closed!);
    must(closed === "closed" || this.#world.disk.failures > 0, `closing failed: ${closed}`);
    const refusal = await this.#engine!.record([]).then(() => "nothing", codeOf);
    must(refusal === "CLOSED", `a call after the close was answered with ${refusal}`);
  }

  /** Lets the turns of the event loop pass, and what is planned for them happen. */
  async #until(isDone: () => boolean, what: string): Promise<void> {
    this.#movedAt = this.#turns;
    while (this.#process.isAlive && !isDone()) {
      await turn();
      this.#turns++;
      if (this.#fault !== undefined) throw this.#fault;
      if (this.#plan.ends === "crash" && this.#turns === this.#plan.crashAtTurn)
        void this.#process.crash(`at turn ${this.#turns}`);
      must(this.#turns - this.#movedAt < turnsMax, `${what} never ends`);
      if (this.#log !== undefined && this.#world.disk.failures > 0 && this.#failureIs === "none") {
        this.#failureIs = "being checked";
        this.#checkFailure().catch((error: unknown) => {
          this.#fault ??= error;
        });
      }
    }
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** Takes in what was appended, or went as a flush failed. */
  #follow(): void {
    if (this.#engine === undefined || this.#log === undefined) return;
    const { ledger, disk } = this.#world;
    const { head } = this.#log;
    if (head < ledger.lines.length) {
      must(disk.failures > 0, `the log's head went back from ${ledger.lines.length} to ${head}`);
      ledger.cut(head);
    }
    ledger.follow(this.#engine);
  }

  /** The same inside of what the engine calls, which must not see what is thrown. */
  #lookNow(): void {
    try {
      this.#follow();
    } catch (error) {
      this.#fault ??= error;
    }
  }

  #hear(message: string): void {
    const { files, disk, trace } = this.#world;
    if (!this.#process.isAlive) return;
    trace(message.replace(/\d+ ms/, "a while"));
    const isTrouble = /could not|cannot/i.test(message);
    const isExpected =
      files.hasDamage || files.failures > 0 || disk.failures > 0 || this.#plan.disk.removeFails || this.#isClosing;
    if (isTrouble && !isExpected) this.#fault ??= new Fault(`without any reason: ${message}`);
  }

  /** A flush failed: writes are refused, queries answered, and the state is that of what is durable. */
  async #checkFailure(): Promise<void> {
    const engine = this.#engine!;
    const log = this.#log!;
    for (let turns = 0; engine.status().ready || engine.models().offset !== log.durableHead; turns++) {
      must(turns < turnsMax, "the state is not rebuilt after a failed flush");
      await turn();
      if (!this.#process.isAlive || this.#isClosing) return;
      this.#movedAt = this.#turns;
    }
    const { ledger, trace } = this.#world;
    trace(`a flush failed at ${log.durableHead}`);
    this.#follow();
    must(log.head === log.durableHead, "after a failed flush the log holds what is not durable");
    must(ledger.lines.length === log.head, "after a failed flush events are lost that were durable");
    this.#checkState("after a failed flush");
    const refusal = await engine.record([{ type: "user", user: "u-1" }]).then(() => "nothing", codeOf);
    if (!this.#process.isAlive || this.#isClosing) return;
    must(refusal === "LOG_UNWRITABLE", `after a failed flush a call is answered with ${refusal}`);
    const { slate } = engine.rank({ items: ["p-1", "p-2"] });
    must(slate === null, "after a failed flush an answer says that it was logged");
    this.#failureIs = "checked";
  }

  async #client(chance: Random): Promise<void> {
    const { clock } = this.#world;
    let afterFailure = 3;
    while (this.#process.isAlive && this.#sent < this.#plan.eventsMax) {
      if (this.#world.disk.failures > 0 && afterFailure-- === 0) return;
      clock.step();
      const kind = chance.int(20);
      if (kind < 12) await this.#record(chance);
      else if (kind < 18) this.#ask(chance);
      else if (kind === 18) this.#tick();
      else if (chance.int(4) === 0) await this.#snapshot();
      this.#movedAt = this.#turns;
      for (let turns = chance.int(4); turns > 0; turns--) await turn();
    }
  }

  async #record(chance: Random): Promise<void> {
    const { traffic, clock } = this.#world;
    const batch = traffic.batch(chance, clock.nowMs());
    const calls = [this.#call(batch)];
    // Sent again before the answer is there, and others beside it.
    while (chance.int(6) === 0) {
      for (let turns = chance.int(3); turns > 0; turns--) await turn();
      if (!this.#process.isAlive) return;
      const again = batch.filter(({ id }) => id !== undefined);
      calls.push(this.#call(chance.int(2) === 0 && again.length > 0 ? again : traffic.batch(chance, clock.nowMs())));
    }
    await Promise.all(calls);
  }

  async #call(batch: readonly Sent[]): Promise<void> {
    const { ledger, traffic, clock, disk, trace, plan } = this.#world;
    this.#follow();
    const isForeseen = batch.length <= inOnePiece && disk.failures === 0;
    const expected = isForeseen ? ledger.expected(batch, clock.nowMs()) : undefined;
    ledger.offer(batch);
    this.#calls.add(batch);
    this.#sent += batch.length;
    const name = `${batch.length} from ${batch[0]!.serial}`;
    try {
      const receipt = await this.#engine!.record(batch.map(({ input }) => input));
      if (!this.#process.isAlive) return;
      this.#calls.delete(batch);
      trace(`${name}: ${receipt.accepted}+${receipt.duplicates} below ${receipt.offset}`);
      this.#follow();
      // While the state is being rebuilt it still tells of what is gone.
      ledger.acknowledge(
        batch,
        receipt,
        disk.failures > 0 && this.#failureIs !== "checked" ? undefined : this.#engine!,
      );
      if (expected === undefined) return;
      const found = { ...receipt, rejected: receipt.rejected.map(({ index }) => index), offset: undefined };
      must(
        JSON.stringify(found) === JSON.stringify(expected),
        () => `a call of ${name} was answered with ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
      );
    } catch (error) {
      if (!this.#process.isAlive) return;
      const code = codeOf(error);
      trace(`${name}: ${code}`);
      this.#calls.delete(batch);
      if (code === "OVERLOADED") {
        must(plan.limits.queueEventsMax! < 1000, "refused without a load");
        return ledger.takeBack(batch);
      }
      if (code === "LOG_UNWRITABLE" && disk.failures > 0) traffic.unanswered.push([...batch]);
      else throw error;
    }
  }

  #ask(chance: Random): void {
    const { ledger, traffic, trace, plan } = this.#world;
    const { rank, recommend } = traffic.request(chance);
    const request = (rank ?? recommend)!;
    const { head } = this.#log!;
    const { slate, items } = rank ? this.#engine!.rank(rank) : this.#engine!.recommend(recommend!);
    const ids = items.map(({ item }) => item);
    trace(`${rank ? "rank" : "recommend"} ${slate}: ${ids}`);
    must(new Set(ids).size === ids.length, `an answer names an item twice: ${ids}`);
    if (rank) must([...ids].sort().join() === [...rank.items].sort().join(), `asked of ${rank.items}, got ${ids}`);
    const isWanted = request.observe !== false && request.consent !== false && this.#world.disk.failures === 0;
    must(slate === null || isWanted || this.#world.disk.failures > 0, `slate ${slate} was not to be logged`);
    must(slate !== null || !isWanted || plan.limits.queueEventsMax! < 1000, "an answer was not logged");
    if (slate === null) return;
    must(!ledger.slates.has(slate), `slate ${slate} was given before`);
    ledger.slates.add(slate);
    traffic.shown(slate);
    this.#follow();
    must(this.#log!.head === head + 1, "an answer that says it was logged is not in the log");
    const logged = JSON.parse(ledger.lines[head]!) as { slate: string; items: (string | { item: string })[] };
    const shown = logged.items.map((one) => (typeof one === "string" ? one : one.item));
    must(
      logged.slate === slate && shown.join() === ids.join(),
      `answered ${slate} ${ids}, logged ${ledger.lines[head]}`,
    );
  }

  #tick(): void {
    try {
      this.#engine!.tick();
    } catch (error) {
      must(codeOf(error) === "LOG_UNWRITABLE" && this.#world.disk.failures > 0, String(error));
    }
  }

  async #snapshot(): Promise<void> {
    const { trace, files, disk } = this.#world;
    try {
      const offset = await this.#engine!.snapshot();
      if (!this.#process.isAlive) return;
      trace(`snapshot ${offset}`);
      must(offset <= this.#log!.durableHead, `a snapshot reflects ${offset}, durable is ${this.#log!.durableHead}`);
    } catch (error) {
      if (!this.#process.isAlive || error instanceof Fault) throw error;
      trace(`snapshot: ${codeOf(error)}`);
      must(files.failures > 0 || disk.failures > 0, `no snapshot, without any reason: ${error}`);
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof LiveshelfError) return error.code;
  if (error instanceof Fault) throw error;
  return String(error);
}
