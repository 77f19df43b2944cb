import { eventFiles } from "./event-files.ts";
import { readSettings } from "./settings.ts";
import { table } from "./table.ts";

export interface EvaluateOptions {
  readonly k: number;
  readonly from?: number;
  readonly config?: string;
  readonly json?: boolean;
}

/** Prequential: how well would the slates of these files have been ordered, each before it was learned from? */
export async function evaluateFiles(paths: readonly string[], { k, from, ...options }: EvaluateOptions): Promise<void> {
  const config = readSettings(options.config, {});
  const { evaluate } = await import("../evaluate.ts");
  const { events, onProgress, end } = eventFiles(paths);
  const report = await evaluate(events, { k, config, onProgress, ...(from === undefined ? {} : { from }) });
  end();
  if (options.json) return console.log(JSON.stringify(report));
  console.log(`${report.slates} slates scored, of ${report.events} events, in ${report.seconds.toFixed(1)} s\n`);
  console.log(table(report.results.map(({ ndcg, ...row }) => ({ ...row, [`ndcg@${k}`]: ndcg }))));
  if (report.differences.length === 0) return;
  console.log("\nDifference of a to b, with its 95 % interval\n");
  console.log(table(report.differences));
}
