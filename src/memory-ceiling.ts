/**
 * The ceiling on memory (docs/operating.md, “Memory”). Measured here, at the door: what the process takes and how large the state is. Obeyed
 * by the fold: what is to give way goes into the log as a note, so that every fold of that log gives way at the same event (invariants 1 and 3).
 */
import { readFileSync } from "node:fs";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { boundsOf, type CeilingStep, type Fullness, nextStep, stepName } from "./ceiling-steps.ts";
import type { Clock } from "./core/clock.ts";
import type { CeilingEvent } from "./core/event.ts";
import type { MemoryReport } from "./core/public.ts";
import { machineBytes, memoryBytes, sizeText } from "./memory-size.ts";
import { engineAt, type Rooms } from "./rooms.ts";
import { freeBytes, StateSize } from "./state-size.ts";

export interface CeilingParts {
  readonly rooms: () => Rooms;
  /** The setting `memoryMax`. */
  readonly memoryMax: () => number | string;
  readonly append: (event: CeilingEvent) => void;
  readonly clock: Clock;
  /** A second folder holds memory too, for a while. */
  readonly isFoldingAside: () => boolean;
  readonly tell: (message: string) => void;
  /** Room for state; tests set it, else it is what the ceiling leaves. */
  readonly stateMaxBytes?: () => number;
}

/** Events between two looks at the state, and at the process. */
const lookedAfter = 256;
const measuredAfter = 4096;
/** Events that a step has to take effect before it is taken back. */
const tookEffectAfter = 20_000;
/** What the process takes beside the state: so much is set aside for it at least, or a share where that is more, and at most so large a share. */
const besideLeastBytes = 400 * 2 ** 20;
const besideLeast = 0.25;
const besideMost = 0.5;
/** Heap that is not in use: so much of it is left to the collector, what is more is given back when the process takes such a share of the ceiling. */
const slackBytes = 48 * 2 ** 20;
const collectedFrom = 0.92;
/** Of the heap's own limit: beyond it nothing is accepted until the queue is shorter. */
const heapShare = 0.85;

export class MemoryCeiling {
  readonly #parts: CeilingParts;
  readonly #size = new StateSize();
  #lookedAt = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;
  #steppedAt = 0;
  /** What the process took beside the state when it was measured. */
  #besideBytes = 0;
  #allocatedThen = 0;
  #isHeapShort = false;

  constructor(parts: CeilingParts) {
    this.#parts = parts;
  }

  /** What the whole process may take; ∞ without a ceiling. */
  get maxBytes(): number {
    const bytes = memoryBytes(this.#parts.memoryMax(), machineBytes()) ?? 0;
    return bytes === 0 ? Number.POSITIVE_INFINITY : bytes;
  }

  /** What the process may still take. */
  get roomBytes(): number {
    return this.maxBytes - processBytes();
  }

  /** The heap is nearly full: what waits must go before more comes. */
  get isHeapShort(): boolean {
    return this.#isHeapShort;
  }

  /** To be called when something was appended: looks every few hundred events, and notes a step in the log where one is due. */
  watch(): void {
    const rooms = this.#parts.rooms();
    const events = rooms.registers[engineAt.events]!;
    if (events - this.#lookedAt < lookedAfter && events >= this.#lookedAt) return;
    this.#lookedAt = events;
    if (events - this.#measuredAt >= measuredAfter || this.#isHeapShort) this.#measure(rooms, events);
    const max = this.#stateMax();
    if (max === Number.POSITIVE_INFINITY && rooms.bounds.step === 0) return;
    const stateBytes = this.#size.bytes(rooms);
    const { fixedBytes } = this.#size;
    const share = (bytes: number): number => (bytes - fixedBytes) / Math.max(1, max - fixedBytes);
    const fullness: Fullness = {
      allocated: share(stateBytes),
      inUse: share(stateBytes - freeBytes(rooms)),
      allocatedThen: share(this.#allocatedThen),
    };
    const { step } = rooms.bounds;
    const next = nextStep(step, fullness, events - this.#steppedAt >= tookEffectAfter);
    if (next === step) return;
    this.#steppedAt = events;
    this.#allocatedThen = stateBytes;
    // As of the engine's clock: what is imported may be long ago, and a later time would end it all.
    const [time, receivedAt] = [rooms.registers[engineAt.clockMs]!, this.#parts.clock.nowMs()];
    this.#parts.append({ type: "ceiling", time, receivedAt, step: next, bounds: boundsOf(next, rooms) });
    this.#tell(next, step, stateBytes, max);
  }

  report(): MemoryReport {
    const rooms = this.#parts.rooms();
    const { maxBytes } = this;
    const stateMaxBytes = this.#stateMax();
    return {
      ...(maxBytes !== Number.POSITIVE_INFINITY && { maxBytes }),
      processBytes: processBytes(),
      ...(stateMaxBytes !== Number.POSITIVE_INFINITY && { stateMaxBytes }),
      ...{ stateBytes: this.#size.bytes(rooms), freeBytes: freeBytes(rooms) },
      ...{ step: stepName(rooms.bounds.step), level: rooms.bounds.step, bounds: rooms.bounds.present },
    };
  }

  #stateMax(): number {
    const { stateMaxBytes } = this.#parts;
    if (stateMaxBytes !== undefined) return stateMaxBytes();
    const max = this.maxBytes;
    if (max === Number.POSITIVE_INFINITY) return max;
    return max - Math.min(besideMost * max, Math.max(besideLeastBytes, besideLeast * max, this.#besideBytes));
  }

  #measure(rooms: Rooms, events: number): void {
    this.#measuredAt = events;
    const { used_heap_size: used, total_heap_size: total, heap_size_limit: limit } = getHeapStatistics();
    this.#isHeapShort = used > heapShare * limit;
    const slack = Math.max(0, total - used - slackBytes);
    const bytes = processBytes();
    if (slack > 0 && bytes > collectedFrom * this.maxBytes) collect();
    if (this.#parts.isFoldingAside()) return;
    // What was seen at most is forgotten slowly.
    this.#besideBytes = Math.max(bytes - slack - this.#size.bytes(rooms), 0.98 * this.#besideBytes);
  }

  #tell(step: number, before: number, stateBytes: number, max: number): void {
    const room = `the state takes ${sizeText(stateBytes)} of ${sizeText(max)} that the ceiling on memory leaves it`;
    const left = [...new Set(Array.from({ length: step }, (_, i) => stepName(i + 1)))].join(", ");
    if (step > before) this.#parts.tell(`Memory is scarce (${room}): ${consequences[stepName(step)]}.`);
    else if (step > 0) this.#parts.tell(`There is room again (${room}); what still gives way: ${left}.`);
    else this.#parts.tell(`There is room again (${room}): nothing gives way now.`);
  }
}

const consequences: Readonly<Record<CeilingStep, string>> = {
  none: "nothing gives way",
  admission: "who and what is new is remembered from its second event on",
  expiry: "whoever and whatever was not heard of for longest is forgotten for what is new",
  histories: "histories become shorter",
  full: "nothing new is remembered; give it more with memoryMax, or a shop with fewer items",
};

let collector: ((how: { readonly type: "major"; readonly flavor: "last-resort" }) => void) | undefined;

/** Has the heap give back what it does not use: left alone it keeps some hundred megabytes. Takes some 30 ms. */
function collect(): void {
  if (collector === undefined) {
    setFlagsFromString("--expose-gc");
    collector = runInNewContext("gc") as NonNullable<typeof collector>;
  }
  collector({ type: "major", flavor: "last-resort" });
}

/**
 * Bytes of memory that are the process's own. Pages of the log that it has mapped are not: they are the system's cache, which takes them
 * back when it needs room, and they grow with the log. Where the system does not tell the two apart, all that is resident.
 */
function processBytes(): number {
  const resident = process.memoryUsage.rss();
  try {
    // In pages: size, resident, and of these those of files and shared ones.
    const [, all, shared] = readFileSync("/proc/self/statm", "latin1").split(" ").map(Number);
    return Math.round(resident * (1 - shared! / all!));
  } catch {
    return resident;
  }
}
