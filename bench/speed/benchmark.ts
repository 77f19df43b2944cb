/** One benchmark: a function that measures one or more of the numbers to hold. Each runs in a process of its own. */
export interface Benchmark {
  readonly name: string;
  /** It is stopped after this; a quick run after a tenth, but not before a minute. */
  readonly limitMs: number;
  run(setting: Setting): Promise<readonly Measure[]>;
}

export interface Setting {
  /** Everything scaled down by 20: to see whether the harness works, not for figures. */
  readonly isQuick: boolean;
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  /** Where profiles of what is measured go, if they are wanted. */
  readonly profiles?: string;
}

export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "s" | "/s" | "GiB" | "";
  /** More is better, not less. */
  readonly isRate?: boolean;
  readonly hold?: number;
  readonly reach?: number;
}

export const scaled = (count: number, { isQuick }: Setting): number => (isQuick ? Math.ceil(count / 20) : count);

export function verdict({ value, isRate, hold, reach }: Measure): string {
  const meets = (bound: number): boolean => (isRate ? value >= bound : value <= bound);
  if (reach !== undefined && meets(reach)) return "reached";
  if (hold === undefined) return "";
  return meets(hold) ? "held" : "**missed**";
}

export function amount(value: number, unit: Measure["unit"]): string {
  if (unit === "") return value.toLocaleString("en");
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 3;
  return `${value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}${unit === "/s" ? "/s" : unit && ` ${unit}`}`;
}

/** The value below which a share of `sorted` lies (nearest rank). */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** What this thread has computed, in ms: unlike the clock, it leaves out what other processes took. */
export function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
