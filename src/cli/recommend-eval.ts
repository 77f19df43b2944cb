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
  const seconds = report.seconds.toFixed(1);
  console.log(`${report.outcomes} outcomes scored in ${seconds} s, lists of ${k}\n`);
  console.log(table(report.results.map(flat)));
  if (report.learners.length === 0) return;
  console.log("\nThe engine with each learner alone\n");
  console.log(table(report.learners.map(flat)));
}

/** `{"repeated":{"hitRate":…}}` → `{"repeatedHitRate":…}` */
function flat(row: object): Record<string, unknown> {
  const cells = Object.entries(row).flatMap(([name, value]) => {
    if (typeof value !== "object" || value === null) return [[name, value] as const];
    const inner = Object.entries(value);
    return inner.map(([key, one]) => [`${name}${key[0]!.toUpperCase()}${key.slice(1)}`, one] as const);
  });
  return Object.fromEntries(cells);
}
