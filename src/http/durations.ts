/** Durations of a moment, counted in buckets of which each is a quarter longer than the one before: memory does not grow with how many there are. */
const ratio = 1.25;
const leastMs = 0.02;
/** Up to twenty minutes. */
const bucketCount = 81;

export class Durations {
  readonly #counts = new Uint32Array(bucketCount);
  #total = 0;

  /** ms; what is no number was not measured. */
  add(ms: number): void {
    if (Number.isNaN(ms)) return;
    const bucket = ms <= leastMs ? 0 : Math.ceil(Math.log(ms / leastMs) / Math.log(ratio));
    this.#counts[Math.min(bucket, bucketCount - 1)]!++;
    this.#total++;
  }

  /** p50, p95 and p99, ms, by straight lines within a bucket; null where there were none. Begins anew. */
  take(): { readonly p50: number; readonly p95: number; readonly p99: number } | null {
    if (this.#total === 0) return null;
    const taken = { p50: this.#quantile(0.5), p95: this.#quantile(0.95), p99: this.#quantile(0.99) };
    this.#counts.fill(0);
    this.#total = 0;
    return taken;
  }

  #quantile(share: number): number {
    const wanted = share * this.#total;
    let below = 0;
    let bucket = 0;
    while (below + this.#counts[bucket]! < wanted) below += this.#counts[bucket++]!;
    const high = leastMs * ratio ** bucket;
    const low = bucket === 0 ? 0 : high / ratio;
    const ms = low + ((high - low) * (wanted - below)) / this.#counts[bucket]!;
    return Math.round(ms * 1000) / 1000;
  }
}
