/** What `/metrics` says, in the text form that Prometheus reads. */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Metrics = ReadonlyMap<string, readonly Sample[]>;

export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Sample[]>();
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, one]) => [key!, one!] as const);
    let samples = metrics.get(name);
    if (samples === undefined) metrics.set(name, (samples = []));
    samples.push({ labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return metrics;
}

/** The sum over all samples whose labels pass; 0 where there is none. */
export function sumOf(
  metrics: Metrics,
  name: string,
  passes: (labels: Sample["labels"]) => boolean = () => true,
): number {
  let sum = 0;
  for (const { labels, value } of metrics.get(name) ?? []) if (passes(labels)) sum += value;
  return sum;
}

/**
 * Quantiles of what came between two readings of a histogram, in its unit, by straight lines within a bucket; NaN where nothing came.
 */
export function quantilesBetween(
  before: Metrics,
  after: Metrics,
  name: string,
  quantiles: readonly number[],
  passes?: (labels: Sample["labels"]) => boolean,
): number[] {
  const bounds = new Set((after.get(`${name}_bucket`) ?? []).map(({ labels }) => labels.le!));
  const at = (metrics: Metrics, le: string): number =>
    sumOf(metrics, `${name}_bucket`, (labels) => labels.le === le && (passes?.(labels) ?? true));
  const buckets = [...bounds]
    .map((le) => ({
      upTo: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le),
      count: at(after, le) - at(before, le),
    }))
    .sort((a, b) => a.upTo - b.upTo);
  const total = buckets.at(-1)?.count ?? 0;
  return quantiles.map((quantile) => {
    if (total <= 0) return Number.NaN;
    const wanted = quantile * total;
    const i = buckets.findIndex(({ count }) => count >= wanted);
    const [low, high] = [buckets[i - 1] ?? { upTo: 0, count: 0 }, buckets[i]!];
    // Of the last bucket only its beginning is known.
    if (high.upTo === Number.POSITIVE_INFINITY) return low.upTo;
    return low.upTo + ((high.upTo - low.upTo) * (wanted - low.count)) / Math.max(1, high.count - low.count);
  });
}
