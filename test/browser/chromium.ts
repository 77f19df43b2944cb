/** A real Chromium for tests: Debian's package, or what CHROMIUM names. Nothing is downloaded. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const path = [process.env.CHROMIUM, "/usr/bin/chromium"].find((one) => one && existsSync(one));

/** To be put behind a suite's title, with `describe.skipIf(hasNoBrowser)`. */
export const hasNoBrowser = path === undefined;
export const withoutBrowser = hasNoBrowser ? " (skipped: no /usr/bin/chromium, and CHROMIUM names none)" : "";

export function launchBrowser(...args: readonly string[]): Promise<Browser> {
  if (path === undefined) throw new Error("There is no Chromium; look at hasNoBrowser first.");
  // Without a sandbox, as tests may run as root in a container; they open pages of their own only.
  return chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-dev-shm-usage", ...args] });
}
