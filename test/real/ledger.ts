/**
 * What was sent and what was acknowledged, against what the log holds: the model that a service which was killed is held to
 * (ARCHITECTURE.md, invariant 5). Reads a growing log piece by piece; nothing of it may change once it was read.
 */
import type { EventInput, RecordReceipt } from "../../src/core/public.ts";
import type { LoggedAt } from "../../src/event-logs/event-log.ts";

/** Events that are appended in one piece are there all or not at all. */
export const atomicMax = 32;

export interface Sent {
  readonly events: readonly EventInput[];
  acknowledged: boolean;
  kept: number;
}

export interface Tally {
  acknowledged: number;
  /** Never acknowledged, and there all the same: cut off between the sync and the answer. */
  keptUnacknowledged: number;
  lost: number;
  doubled: number;
  /** Events that nobody sent, or that are not what was sent. */
  strange: number;
  /** Batches of which a part is there, though all of it was appended in one piece. */
  torn: number;
  slatesAnswered: number;
  slatesKept: number;
  /** Calls that were answered with 503 because there was too much to do. */
  refused: number;
}

export class Ledger {
  readonly tally: Tally = {
    acknowledged: 0,
    keptUnacknowledged: 0,
    lost: 0,
    doubled: 0,
    strange: 0,
    torn: 0,
    slatesAnswered: 0,
    slatesKept: 0,
    refused: 0,
  };
  /** What was wrong, in words; the first few. */
  readonly faults: string[] = [];
  readonly #batches: Sent[] = [];
  readonly #byId = new Map<string, Sent>();
  readonly #found = new Set<string>();
  readonly #questions = new Set<number>();
  readonly #questionsKept = new Set<number>();
  /** Slate → the question that it answered. */
  readonly #slates = new Map<string, number>();
  #offset = 0;

  /** Every event needs an id of its own. */
  send(events: readonly EventInput[]): Sent {
    const batch: Sent = { events, acknowledged: false, kept: 0 };
    this.#batches.push(batch);
    for (const { id } of events) this.#byId.set(id as string, batch);
    return batch;
  }

  /** `wasAcknowledged`: when it was sent. Of two calls at once the answer of the one that came too late may be heard first. */
  acknowledge(
    batch: Sent,
    { accepted, duplicates, rejected }: RecordReceipt,
    wasAcknowledged = batch.acknowledged,
  ): void {
    const { events } = batch;
    if (accepted + duplicates !== events.length || rejected.length > 0)
      this.#wrong("strange", `of ${events.length} events ${accepted} and ${duplicates}: ${JSON.stringify(rejected)}`);
    if (batch.acknowledged) {
      // Of a longer one that came twice at once, each call may be the first with some pieces.
      if (accepted > 0 && wasAcknowledged && events.length <= atomicMax)
        this.#wrong("doubled", `${events[0]?.id}: acknowledged, and accepted again`);
      return;
    }
    batch.acknowledged = true;
    this.tally.acknowledged += events.length;
  }

  /** `question` is the number that the request's context carries. */
  ask(question: number): void {
    this.#questions.add(question);
  }

  answer(question: number, slate: string | null): void {
    this.tally.slatesAnswered++;
    if (slate === null) {
      this.#wrong("strange", `question ${question} was answered without a slate`);
      return;
    }
    const other = this.#slates.get(slate);
    if (other !== undefined) this.#wrong("doubled", `slate ${slate} answered question ${other} and ${question}`);
    this.#slates.set(slate, question);
  }

  /** The offset up to which the log was read. */
  get offset(): number {
    return this.#offset;
  }

  /** Takes what the log holds from {@link offset} on, then compares. */
  compare(entries: Iterable<LoggedAt>): void {
    for (const { offset, event } of entries) {
      if (offset !== this.#offset) this.#wrong("strange", `offset ${offset} after ${this.#offset - 1}`);
      this.#offset = offset + 1;
      if (event.id !== undefined) this.#take(event.id, event);
      else if (event.type === "slate") this.#takeSlate(event.slate!, event.context?.question);
      else if (event.type !== "tick") this.#wrong("strange", `${JSON.stringify(event)} was sent by nobody`);
    }
    const open: Sent[] = [];
    for (const batch of this.#batches) {
      const { events, acknowledged, kept } = batch;
      if (kept === events.length) {
        if (!acknowledged) this.tally.keptUnacknowledged += events.length;
        // It can still be retried; that it is there is settled.
        continue;
      }
      if (acknowledged) {
        for (const { id } of events) if (!this.#found.has(id as string)) this.#wrong("lost", `${id} is not there`);
      } else {
        if (kept > 0 && events.length <= atomicMax)
          this.#wrong("torn", `${kept} of ${events.length} from ${events[0]?.id} are there`);
        open.push(batch);
      }
    }
    this.#batches.splice(0, this.#batches.length, ...open);
  }

  #take(id: string, event: object): void {
    const batch = this.#byId.get(id);
    if (batch === undefined || this.#found.has(id)) {
      if (batch === undefined) this.#wrong("strange", `${id} was never sent`);
      else this.#wrong("doubled", `${id} is there twice`);
      return;
    }
    this.#found.add(id);
    batch.kept++;
    const sent = batch.events.find((one) => one.id === id)!;
    const there = event as Readonly<Record<string, unknown>>;
    const differs = Object.entries(sent).some(([key, value]) => JSON.stringify(there[key]) !== JSON.stringify(value));
    if (differs) this.#wrong("strange", `${id} is ${JSON.stringify(event)}, not ${JSON.stringify(sent)}`);
  }

  #takeSlate(slate: string, question: unknown): void {
    this.tally.slatesKept++;
    if (!this.#questions.has(question as number)) this.#wrong("strange", `slate ${slate} was asked for by nobody`);
    if (this.#questionsKept.has(question as number)) this.#wrong("doubled", `question ${question} is there twice`);
    this.#questionsKept.add(question as number);
    const answered = this.#slates.get(slate);
    if (answered !== undefined && answered !== question)
      this.#wrong("strange", `slate ${slate} answered question ${answered}, and is there of question ${question}`);
  }

  #wrong(kind: "lost" | "doubled" | "strange" | "torn", what: string): void {
    this.tally[kind]++;
    if (this.faults.length < 20) this.faults.push(`${kind}: ${what}`);
  }
}
