/** What a check says of a shop's events: a finding under a code of its own, also where all is well. */

export type Status = "PASS" | "WARN" | "FAIL";

export interface Example {
  /** File and line, or offset in the log. */
  readonly where: string;
  /** The event as it stood there, or what of it is meant; cut where it is long. */
  readonly excerpt: string;
}

export interface Finding {
  /** Closed list: docs/doctor.md. */
  readonly code: string;
  readonly status: Status;
  /** One sentence: what is so. */
  readonly message: string;
  readonly count?: number;
  /** Of how many that were looked at. */
  readonly of?: number;
  /** `count / of`, 0 to 1. */
  readonly share?: number;
  /** The count by field, code, surface … : at most {@link partsMax}, the largest first. */
  readonly parts?: Readonly<Record<string, number>>;
  readonly example?: Example;
  /** What is lost by it, and how to mend it; absent where all is well. */
  readonly costs?: string;
  readonly mend?: string;
}

const partsMax = 12;
const excerptLengthMax = 160;

/** A cut that leaves no half of a surrogate pair. */
export const excerptOf = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > excerptLengthMax ? `${text.slice(0, excerptLengthMax - 1).toWellFormed()}…` : text;
};

/** A count with its first example. */
export class Tally {
  count = 0;
  example: Example | undefined;

  add({ where, raw }: { readonly where: string; readonly raw: unknown }, excerpt?: string): void {
    if (this.count++ === 0) this.example = { where, excerpt: excerpt ?? excerptOf(raw) };
  }
}

/** Counts by name, of a bounded number of names: what comes after goes to one that stands for all others. */
export class Parts {
  readonly counts = new Map<string, number>();
  readonly #namesMax: number;

  constructor(namesMax = 1000) {
    this.#namesMax = namesMax;
  }

  add(name: string, by = 1): void {
    const known = this.counts.get(name);
    if (known === undefined && this.counts.size >= this.#namesMax) return void this.add("(others)", by);
    this.counts.set(name, (known ?? 0) + by);
  }

  get(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  largest(): [name: string, count: number][] {
    return [...this.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  }

  toObject(): Record<string, number> | undefined {
    const largest = this.largest().slice(0, partsMax);
    return largest.length > 0 ? Object.fromEntries(largest) : undefined;
  }
}

export interface Asked {
  readonly code: string;
  readonly count: number;
  readonly of: number;
  /** Said where there is none. */
  readonly fine: string;
  /** Said where there are some; after "12 of 340 (3.5 %) ". */
  readonly wrong: string;
  /** Shares above which it is WARN, and FAIL; without `failAbove` it never fails. */
  readonly warnAbove?: number;
  readonly failAbove?: number;
  readonly parts?: Parts | undefined;
  readonly example?: Example | undefined;
  readonly costs: string;
  readonly mend: string;
}

/** A finding on a count: PASS up to `warnAbove`, by default none at all. */
export function judged(asked: Asked): Finding {
  const { code, count, of, fine, wrong, warnAbove = 0, failAbove = Number.POSITIVE_INFINITY } = asked;
  const share = of > 0 ? count / of : 0;
  const status: Status = count === 0 || share <= warnAbove ? "PASS" : share > failAbove ? "FAIL" : "WARN";
  const parts = count > 0 ? asked.parts?.toObject() : undefined;
  return {
    code,
    status,
    message: count === 0 ? fine : `${counted(count, of)} ${wrong}`,
    count,
    of,
    share,
    ...(parts && { parts }),
    ...(count > 0 && asked.example && { example: asked.example }),
    ...(status !== "PASS" && { costs: asked.costs, mend: asked.mend }),
  };
}

/** `1,234 of 56,789 (2.2 %)` */
const counted = (count: number, of: number): string =>
  `${whole(count)} of ${whole(of)} (${percent(of > 0 ? count / of : 0)})`;

export const whole = (count: number): string => count.toLocaleString("en");

export function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths > 0 && hundredths < 0.1) return "below 0.1 %";
  const digits = hundredths > 0 && (hundredths < 10 || (hundredths > 99 && hundredths < 100)) ? 1 : 0;
  return `${Math.min(hundredths, share < 1 ? 99.9 : 100).toFixed(digits)} %`;
}

/** `2 h 5 min`, `3.1 d`, `450 ms` */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(ms < 600_000 ? 1 : 0)} min`;
  if (ms < 2 * 86_400_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  return `${(ms / 86_400_000).toFixed(1)} days`;
}

/** For messages: ISO 8601 without milliseconds. */
export function timeOf(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return String(ms);
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
