/** Texts of the command line → values; commander says what was wrong and exits with 2. */
import { InvalidArgumentError } from "commander";
import { secondMs } from "../core/clock.ts";
import { parseTime } from "../core/parse-event.ts";

export const wholeFrom =
  (least: number, most: number) =>
  (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

export const offset = wholeFrom(0, Number.MAX_SAFE_INTEGER);

/** → ms */
export function seconds(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number > 0 && number < 1e7) return number * secondMs;
  throw new InvalidArgumentError("It must be a number of seconds above 0.");
}

/** ISO 8601, a date, or milliseconds → Unix ms. */
export function timeMs(text: string): number {
  try {
    return parseTime(/^\d+$/.test(text) ? Number(text) : text, "");
  } catch {
    throw new InvalidArgumentError("It must be ISO 8601, a date such as 2026-11-22, or Unix milliseconds.");
  }
}

export function actionNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError("It must be names with commas between, such as view,purchase.");
}
