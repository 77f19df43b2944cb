/** What the demo shows: redrawn on a terminal, plain lines elsewhere. */
import pc from "picocolors";
import type { Comparison, Estimate } from "./demo-comparison.ts";

export interface Change {
  readonly who: string;
  readonly clicked: string;
  readonly before: readonly string[];
  readonly after: readonly { readonly title: string; readonly because: string }[];
}

export interface Scene {
  readonly address: string;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly all: Comparison;
  readonly recent: Comparison;
  readonly change: Change | undefined;
}

const number = (n: number): string => (Number.isFinite(n) ? n.toFixed(3) : "–");
const percent = (n: number): string =>
  Number.isFinite(n) ? `${n >= 0 ? "+" : "−"}${Math.abs(100 * n).toFixed(1)} %` : "–";
const signed = ({ mean, low, high }: Estimate): string => `${percent(mean)} (95 %: ${percent(low)} … ${percent(high)})`;
const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

export function plainLine({ seconds, requestsPerSecond, all, recent }: Scene): string {
  const clicks = `clicks a list: own ${number(all.rate("own").mean)}, personal ${number(all.rate("personal").mean)}`;
  const best = `best reachable ${number(all.best())}`;
  const rate = `${Math.round(requestsPerSecond)} requests/s`;
  const last = `true ${percent(all.trueUplift())} and lately ${percent(recent.trueUplift())}`;
  return `${seconds.toFixed(0)} s  ${all.lists} lists  ${clicks}, ${signed(all.uplift())}, ${last}, ${best}  ${rate}`;
}

const heading = (address: string): string => `${pc.bold("Liveshelf demo")}  ${address}`;

/** Until there is something to compare. */
export const opening = (address: string): string =>
  `${heading(address)}\n\n  ${pc.dim("The shop is open; the engine reads what happened before it came …")}`;

export function screen(scene: Scene): string {
  const { address, seconds, requestsPerSecond, all, recent, change } = scene;
  const row = (name: string, of: (one: Comparison) => string): string =>
    `  ${name.padEnd(26)}${of(all).padEnd(38)}${of(recent)}`;
  const lines = [
    `${heading(address)}  ${seconds.toFixed(0)} s  ${Math.round(requestsPerSecond)} requests/s`,
    "",
    `  ${"Clicks a list".padEnd(26)}${`${all.lists.toLocaleString("en")} lists so far`.padEnd(38)}last ${recent.lists.toLocaleString("en")}`,
    row("the shop's own order", (one) => number(one.rate("own").mean)),
    row("the personal order", (one) => number(one.rate("personal").mean)),
    row("  against the own order", (one) => signed(one.uplift())),
    row("  true (simulator knows)", (one) => percent(one.trueUplift())),
    row("best reachable", (one) => number(one.best())),
    "",
    ...(change ? changeLines(change) : []),
  ];
  return lines.join("\n");
}

export function changeLines({ who, clicked, before, after }: Change): string[] {
  const rows = after.map(({ title, because }, i) => {
    const text = `  ${i + 1}  ${cut(before[i] ?? "", 38)}  ${cut(title, 38)}  `;
    return before[i] === title ? pc.dim(text + because) : text + pc.dim(because);
  });
  return [`${who}, then clicked ${pc.bold(clicked)}`, pc.dim(`     ${"before".padEnd(38)}  after`), ...rows];
}

/** Draws over what it drew before. */
export function redrawing(to: NodeJS.WriteStream): (text: string) => void {
  let drawn = 0;
  return (text) => {
    const up = drawn > 0 ? `\x1b[${drawn}A` : "";
    const width = to.columns ?? 120;
    to.write(`${up}\r\x1b[J${text}\n`);
    drawn = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(visible(line) / width)), 0);
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const visible = (line: string): number => line.replaceAll(/\x1b\[\d+m/g, "").length;
