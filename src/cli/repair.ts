import type { RepairReport } from "../repair.ts";
import { WrongUse } from "./failing.ts";
import { readSettings } from "./settings.ts";

const shownMax = 20;

export interface RepairOptions {
  readonly data?: string;
  readonly config?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Shows what is damaged and what would be done; does it with `--yes`. Ends with 1 where damage is left. */
export async function repairFolder({ yes = false, json, ...options }: RepairOptions): Promise<void> {
  const { data } = readSettings(options.config, { data: options.data });
  if (data === undefined) throw new WrongUse("say which data folder: --data DIR.");
  const { repair } = await import("../repair.ts");
  const report = await repair(data, yes);
  if (report.isDamaged && !report.changed) process.exitCode = 1;
  console.log(json ? JSON.stringify(report) : told(report).join("\n"));
}

function told(report: RepairReport): string[] {
  const { start, head, isDamaged, lost, losses, damagedBlocks, wrongPages, isEndUnknown, snapshot } = report;
  const kept = head - start - lost;
  if (!isDamaged) return [`The log is whole: ${kept} events, offsets ${start} to ${head}. There is nothing to do.`];
  const lines = wrongPages.map((wrong) => `The file is damaged: ${wrong}.`);
  if (damagedBlocks > 0) lines.push(`${damagedBlocks} blocks are not what was written.`);
  lines.push(
    `${kept} of ${head - start} events can be read (offsets ${start} to ${head}), ${lost} are lost${lost > 0 ? ":" : "."}`,
  );
  for (const { first, count } of losses.slice(0, shownMax))
    lines.push(count === 1 ? `  offset ${first}` : `  offsets ${first} to ${first + count - 1}, ${count} events`);
  if (losses.length > shownMax) lines.push(`  and ${losses.length - shownMax} more places (--json lists all)`);
  if (isEndUnknown) lines.push("More events may have followed the last one: nobody can tell any more.");
  lines.push("", ...(report.changed ? done(report) : planned(lost)));
  if (snapshot !== undefined) lines.push(ofSnapshots(snapshot));
  if (lost > 0)
    lines.push("A state folded from the log will not have the lost events; a backup may: `liveshelf restore`.");
  return lines;
}

const planned = (lost: number): string[] => [
  `With --yes the log is written anew, beside the damaged one, which is kept${lost > 0 ? `; ${lost} notes of type "lost" take the places of the lost events, so that no offset moves` : ""}.`,
  "Nothing was changed.",
];

const done = ({ damagedFile }: RepairReport): string[] => [
  `The log was written anew. The damaged file is kept as ${damagedFile}; delete it when you do not need it.`,
];

const ofSnapshots = (offset: number): string =>
  `The snapshot at offset ${offset} was made before the damage and keeps what it learned of the lost events: do not delete it.`;
