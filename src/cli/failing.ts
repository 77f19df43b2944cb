/** How commands fail: one line on standard error, exit status 1 (failed) or 2 (wrong use). */
import { CommanderError } from "commander";
import { LiveshelfError } from "../core/errors.ts";

/** The command was called in a way that cannot be meant. */
export class WrongUse extends Error {}

/** The call or its settings were wrong; otherwise the work failed. A port that is taken is nobody's mistake. */
const isWrongUse = ({ code, at }: LiveshelfError): boolean =>
  code === "CONFIG_INVALID" || (code === "ADDRESS_REFUSED" && at === "/host");

/** Says what happened; answers the exit status. */
export function failed(error: unknown): number {
  // Commander has already said it; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof WrongUse) {
    say(`error: ${error.message}`);
    return 2;
  }
  if (error instanceof LiveshelfError) {
    say(`error ${error.code}: ${error.message}${error.at ? ` (${error.at})` : ""}`);
    return isWrongUse(error) ? 2 : 1;
  }
  say(`error INTERNAL: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.DEBUG) console.error(error);
  return 1;
}

const say = (line: string): boolean => process.stderr.write(`${line.replaceAll(/\s*\n\s*/g, " ")}\n`);
