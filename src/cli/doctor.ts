/** `liveshelf doctor`: what is good and what is wrong with a data folder or a shop's files, said in words or as JSON. */
import pc from "picocolors";
import type { DoctorReport, Examination } from "../doctor/examination.ts";
import { type Finding, whole } from "../doctor/finding.ts";
import { offsetHours } from "../doctor/hours.ts";
import { eventLines } from "./event-lines.ts";
import { eventRows, isEventTable } from "./event-rows.ts";
import { WrongUse } from "./failing.ts";
import { itemRows } from "./item-rows.ts";
import { type Progress, progress } from "./progress.ts";
import { readSettings } from "./settings.ts";
import { openFile } from "./source.ts";

export interface DoctorOptions {
  readonly data?: string;
  readonly config?: string;
  readonly items?: boolean;
  readonly id: string;
  readonly zone?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Ends with 1 where anything is FAIL. */
export async function doctor(files: readonly string[], options: DoctorOptions): Promise<void> {
  checkZone(options.zone);
  const config = readSettings(options.config, { data: options.data });
  if (files.length > 0 && options.data !== undefined)
    throw new WrongUse("name files, or a data folder by --data: one of the two.");
  if (files.length === 0 && config.data === undefined) throw new WrongUse("say what to look at: files, or --data DIR.");
  const { examination } = await import("../examine.ts");
  const { trustLimits, dedupeHorizonMs } = config;
  const examined = examination({ trustLimits, dedupeHorizonMs, zone: options.zone, isLog: files.length === 0 });
  const bar = progress("events");
  let report: DoctorReport;
  try {
    if (files.length > 0) {
      await readFiles(files, options, examined, bar);
      report = examined.report();
    } else {
      const { examineFolder } = await import("../examine-folder.ts");
      report = await examineFolder(config, examined, (done, total) => bar.at(done, done / total));
    }
  } finally {
    bar.end();
  }
  if (report.failed > 0) process.exitCode = 1;
  console.log(options.json ? JSON.stringify(report) : told(report, options.all ?? false).join("\n"));
}

function checkZone(zone: string | undefined): void {
  try {
    if (zone !== undefined) offsetHours(zone, 0);
  } catch {
    throw new WrongUse(`there is no time zone "${zone}"; name one such as Europe/Berlin.`);
  }
}

async function readFiles(
  files: readonly string[],
  options: DoctorOptions,
  examined: Examination,
  bar: Progress,
): Promise<void> {
  const refuse = examined.refuse.bind(examined);
  let done = 0;
  for (const [number, path] of files.entries()) {
    const file = openFile(path);
    const at = (): void => {
      const share = file.share();
      bar.at(done, share === undefined ? undefined : (number + share) / files.length);
    };
    if (!options.items && isEventTable(path)) {
      await eventRows(path, file, examined, (rows) => {
        done += rows;
        at();
      });
      continue;
    }
    const isCsv = options.items && !/\.(?:jsonl|ndjson|json)(?:\.gz)?$/.test(path);
    const read = isCsv ? itemRows(path, file, options.id, refuse) : eventLines(path, file, refuse);
    for await (const chunk of read) {
      for (const { event, where } of chunk) examined.take(event, where);
      done += chunk.length;
      at();
    }
  }
}

const paint = { PASS: pc.green, WARN: pc.yellow, FAIL: pc.red };

/** What is wrong first, each with its cost and mend; then what is right. */
function told(report: DoctorReport, all: boolean): string[] {
  const { events, users, sessions, items, from, to } = report;
  const time = from === undefined ? "" : `, from ${from} to ${to}`;
  const lines = [
    `${whole(events)} events of ${whole(users)} users, ${whole(sessions)} sessions and ${whole(items)} items${time}`,
    "",
  ];
  const order = { FAIL: 0, WARN: 1, PASS: 2 };
  const findings = report.findings.toSorted((a, b) => order[a.status] - order[b.status]);
  const codeWidth = Math.max(...findings.map(({ code }) => code.length));
  for (const finding of findings) lines.push(...lineOf(finding, codeWidth, all));
  lines.push("", `${report.status}: ${report.failed} failed, ${report.warned} to look at, ${report.passed} passed`);
  return lines;
}

function lineOf(
  { code, status, message, parts, example, costs, mend }: Finding,
  width: number,
  all: boolean,
): string[] {
  const lines = [`${paint[status](status)}  ${code.padEnd(width)}  ${message}`];
  if (status === "PASS" && !all) return lines;
  const indent = " ".repeat(6);
  if (parts)
    lines.push(
      `${indent}${Object.entries(parts)
        .map(([name, count]) => `${name}: ${whole(count)}`)
        .join(" · ")}`,
    );
  if (example) lines.push(`${indent}e.g. ${example.where}: ${example.excerpt}`);
  if (costs !== undefined) lines.push(`${indent}costs: ${costs}`);
  if (mend !== undefined) lines.push(`${indent}mend: ${mend}`);
  if (status !== "PASS") lines.push("");
  return lines;
}
