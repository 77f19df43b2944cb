/** Outcomes that named a list not yet known: a ring of the latest, in case the list comes. */
import { FixedBuffer } from "../core/columns.ts";
import { hashText } from "../core/random.ts";

/** What is kept of an outcome. */
export interface EarlyOutcome {
  readonly shopper: number;
  readonly item: number;
  readonly action: number;
  readonly reward: number;
  readonly atMs: number;
  /** The engine's clock beyond which it joins no more. */
  readonly expiresMs: number;
}

/** Outcomes kept; the oldest leaves. */
const keptMax = 256;
const field = {
  hash: 0,
  otherHash: 1,
  shopper: 2,
  item: 3,
  action: 4,
  reward: 5,
  atMs: 6,
  expiresMs: 7,
  width: 8,
} as const;

export class EarlyOutcomes {
  /** The ring; the last element counts those ever kept. */
  readonly buffer = new FixedBuffer("early", new Float64Array(keptMax * field.width + 1));

  keep(slateId: string, { shopper, item, action, reward, atMs, expiresMs }: EarlyOutcome): void {
    const ring = this.buffer.array;
    const kept = ring[keptMax * field.width]!++;
    const entry = [hashText(slateId), hashText(slateId, 1), shopper, item, action, reward, atMs, expiresMs];
    ring.set(entry, (kept % keptMax) * field.width);
  }

  /** Calls back with item, action and reward of each that named this list and did not expire, oldest first; none is told twice. */
  take(slateId: string, clockMs: number, then: (item: number, action: number, reward: number) => void): void {
    const ring = this.buffer.array;
    const kept = ring[keptMax * field.width]!;
    if (kept === 0) return;
    const hash = hashText(slateId);
    const otherHash = hashText(slateId, 1);
    for (let i = Math.max(0, kept - keptMax); i < kept; i++) {
      const at = (i % keptMax) * field.width;
      const isOf = ring[at + field.hash] === hash && ring[at + field.otherHash] === otherHash;
      if (!isOf || ring[at + field.expiresMs]! < clockMs) continue;
      ring[at + field.expiresMs] = 0;
      then(ring[at + field.item]!, ring[at + field.action]!, ring[at + field.reward]!);
    }
  }
}
