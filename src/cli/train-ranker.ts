import { writeFileSync } from "node:fs";
import { LiveshelfError } from "../core/errors.ts";
import type { EventInput } from "../core/public.ts";
import type { Grade } from "../graded-lists.ts";
import type { RankerDifference, TrainRankerReport } from "../train-ranker.ts";
import { eventFiles } from "./event-files.ts";
import { WrongUse } from "./failing.ts";
import { gradeRows } from "./grade-rows.ts";
import { itemRows } from "./item-rows.ts";
import { progress } from "./progress.ts";
import { refusals } from "./refusals.ts";
import { readSettings } from "./settings.ts";
import { openFile } from "./source.ts";
import { table } from "./table.ts";

export interface TrainRankerOptions {
  readonly catalogue: string;
  readonly out: string;
  readonly id: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Match weights from graded queries, into a file that the setting `matchWeights` names. */
export async function trainRankerFile(path: string, options: TrainRankerOptions): Promise<void> {
  const config = readSettings(options.config, {});
  const { catalogueRooms, gradedLists } = await import("../graded-lists.ts");
  const { queriesMin, trainRanker } = await import("../train-ranker.ts");
  const bar = progress("trees");
  const refused = refusals((line) => bar.say(line));
  const grades: Grade[] = [];
  for await (const grade of gradeRows(path, refused.add)) grades.push(grade);
  const { events, end } = catalogueOf(options);
  const rooms = await catalogueRooms(events, config);
  end();
  const lists = gradedLists(rooms, grades);
  if (lists.unknownItems > 0) bar.say(`${lists.unknownItems} grades are of items that the catalogue lacks; left out.`);
  if (lists.leftOut > 0) bar.say(`${lists.leftOut} queries have no grade above 0, or no word; left out.`);
  if (lists.queries.length < queriesMin) {
    const found = `${path} has ${lists.queries.length} queries with a grade above 0 for an item of the catalogue`;
    throw new LiveshelfError("FILE_MALFORMED", `${found}; it takes at least ${queriesMin}, better some hundreds.`);
  }
  const { weights, report } = trainRanker(lists, { onProgress: (done, of) => bar.at(done, done / of) });
  bar.end();
  refused.end();
  const about = { trainedOn: { queries: report.queries, grades: report.grades }, ndcgAt10: report.results };
  write(options.out, `${JSON.stringify({ ...weights, about })}\n`);
  if (refused.count > 0) process.exitCode = 1;
  say(report, options);
}

/** CSV by its name, else events. */
function catalogueOf({ catalogue, id }: TrainRankerOptions): { events: AsyncIterable<EventInput>; end(): void } {
  if (!/\.csv(?:\.gz)?$/i.test(catalogue)) return eventFiles([catalogue]);
  const refused = refusals((line) => console.error(line));
  async function* events(): AsyncGenerator<EventInput> {
    for await (const rows of itemRows(catalogue, openFile(catalogue), id, refused.add))
      for (const { event } of rows) yield event;
  }
  return { events: events(), end: () => refused.end() };
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new WrongUse(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function say(report: TrainRankerReport, { out, json }: TrainRankerOptions): void {
  if (json) {
    console.log(JSON.stringify({ ...report, out }));
    return;
  }
  console.log(
    `${report.grades} grades of ${report.queries} queries, NDCG@10; learned: ${report.folds}-fold cross-validated by query\n`,
  );
  console.log(table(report.results));
  console.log("\nDifference of a to b, with its 95 % interval\n");
  console.log(table(report.differences satisfies readonly RankerDifference[]));
  console.log(
    `\nWhat the weights ask for most: ${report.columns
      .slice(0, 8)
      .map(({ column }) => column)
      .join(", ")}.`,
  );
  console.log(`Written to ${out}; name it by the setting "matchWeights".`);
}
