import type { EvaluateOptions } from "./evaluate.ts";
import { eventFiles } from "./event-files.ts";
import { readSettings } from "./settings.ts";
import { table } from "./table.ts";

/** Prequential next-item: would these lists have held what the shopper turned to next? */
export async function recommendEvalFiles(
  paths: readonly string[],
  { k, from, actions, ...options }: EvaluateOptions & { readonly actions?: string[] },
): Promise<void> {
  const config = readSettings(options.config, {});
  const { recommendEval } = await import("../recommend-eval.ts");
  const { events, onProgress, end } = eventFiles(paths);
  const report = await recommendEval(events, {
    k,
    config,
    onProgress,
    ...(from === undefined ? {} : { from }),
    ...(actions === undefined ? {} : { actions }),
  });
  end();
  if (options.json) return console.log(JSON.stringify(report));
  console.log(`${report.outcomes} outcomes scored in ${report.seconds.toFixed(1)} s, lists of ${k}`);
  printTables(report.results);
  if (report.learners.length > 0) {
    console.log("\nThe engine with each learner alone");
    printTables(report.learners);
  }
  if (report.differences.length === 0) return;
  console.log("\nDifference of a to b, with its 95 % interval\n");
  console.log(table(report.differences));
}

type Row = Readonly<Record<string, unknown>>;

/** What the scores inside scores are of (docs/api.md). */
const parts: Readonly<Record<string, string>> = {
  repeated: "Same lists; only items that the shopper turned to before count as found",
  new: "Same lists; only items that are new to the shopper count as found",
  repeatedOnly: "Lists of nothing but items that the shopper turned to before",
  newOnly: "Lists of nothing but items that are new to the shopper",
};

/** The scores, then a table for each of their parts. */
function printTables(scores: readonly object[]): void {
  const rows = scores as readonly Row[];
  const without = (row: Row): Row => Object.fromEntries(Object.entries(row).filter(([name]) => !(name in parts)));
  console.log(`\n${table(rows.map(without))}`);
  for (const [part, title] of Object.entries(parts)) {
    const inner = rows.map((row) => ({ recommender: row.recommender, ...(row[part] as object | undefined) }));
    if (rows.some((row) => part in row)) console.log(`\n${title}\n\n${table(inner)}`);
  }
}
