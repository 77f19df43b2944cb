/** trivago: where does each ranker put the clicked item of a list that somebody was shown? All users, and each half of them run alone. */
import { type EvaluateReport, evaluate } from "../../src/evaluate.ts";
import { trivago, type Users } from "../datasets/trivago.ts";
import { fixed } from "../table.ts";
import { trivagoFigures } from "./figures.ts";
import type { QualityReport } from "./report.ts";

const k = 10;

export async function searchLists(folder: string): Promise<QualityReport> {
  const run = async (users: Users): Promise<EvaluateReport> => evaluate((await trivago(folder, users)).events, { k });
  const all = await run("all");
  const even = await run("even");
  const odd = await run("odd");
  const mrr = (report: EvaluateReport, name: string): string =>
    fixed(report.results.find(({ ranker }) => ranker === name)?.mrr);
  return {
    title: "trivago: lists shown to real users",
    about: `Every click-out is ranked before it is learned; ${all.slates} lists of up to 25 (${even.slates} and ${odd.slates} in the halves, which see nothing of each other).`,
    head: ["", "MRR", "MRR, even users", "MRR, odd users", `NDCG@${k}`, `hit rate@${k}`, "log-loss", "calibration"],
    rows: [
      ...all.results.map(({ ranker, ndcg, hitRate, logLoss, calibration }) => [
        ranker,
        ...[all, even, odd].map((report) => mrr(report, ranker)),
        ...[ndcg, hitRate, logLoss, calibration].map((value) => fixed(value)),
      ]),
      ...trivagoFigures.map(([name, all, logLoss]) => [`*${name}*`, all, "–", "–", "–", "–", logLoss, "–"]),
    ],
    notes: [
      `MRR of the engine over last touched first: ${intervals({ "all users": all, even, odd })} (95 % intervals, bootstrap by user).`,
      "Parameters were chosen on the even users (md5(user) % 2 = 0): the odd ones are the test, though their figures were in sight.",
      `${(all.slates / all.seconds).toFixed(0)} lists a second, all rankers and the learning included.`,
    ],
  };
}

function intervals(reports: Readonly<Record<string, EvaluateReport>>): string {
  const one = ([users, { differences }]: [string, EvaluateReport]): string => {
    const found = differences.find(({ b, metric }) => b === "last-touched-first" && metric === "mrr");
    return found === undefined
      ? `${users} –`
      : `${users} ${signed(found.mean)} (${signed(found.low)} to ${signed(found.high)})`;
  };
  return Object.entries(reports).map(one).join(", ");
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
