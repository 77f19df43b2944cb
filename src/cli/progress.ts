/** A line on standard error that says how far, how fast and how long still; on a terminal only, and only after two seconds. */
import { secondMs, stopwatchMs } from "../core/clock.ts";

export interface Progress {
  /** `share`: of the whole, 0 to 1, when known. */
  at(done: number, share?: number): void;
  /** Says a line without breaking the bar. */
  say(line: string): void;
  end(): void;
}

const patienceMs = 2 * secondMs;
const redrawMs = 100;
const width = 24;

export function progress(unit: string, to: NodeJS.WriteStream = process.stderr): Progress {
  const startedMs = stopwatchMs();
  let drawnMs = 0;
  const clear = (): void => {
    if (drawnMs > 0) to.write("\r\x1b[K");
  };
  return {
    at(done, share) {
      const nowMs = stopwatchMs();
      if (!to.isTTY || nowMs - startedMs < patienceMs || nowMs - drawnMs < redrawMs) return;
      clear();
      drawnMs = nowMs;
      to.write(line(done, share, nowMs - startedMs, unit));
    },
    say(text) {
      clear();
      to.write(`${text}\n`);
    },
    end: clear,
  };
}

/** `████░░░░  1,200,000 events  41,000/s  0:42 left` */
export function line(done: number, share: number | undefined, tookMs: number, unit: string): string {
  const rate = Math.round(done / (tookMs / secondMs));
  const counted = `${done.toLocaleString("en")} ${unit}  ${rate.toLocaleString("en")}/s`;
  if (share === undefined || share <= 0) return counted;
  const filled = Math.round(Math.min(1, share) * width);
  const leftMs = share >= 1 ? 0 : (tookMs * (1 - share)) / share;
  return `${"█".repeat(filled)}${"░".repeat(width - filled)}  ${counted}  ${clockTime(leftMs)} left`;
}

function clockTime(ms: number): string {
  const seconds = Math.ceil(ms / secondMs);
  const two = (n: number): string => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
