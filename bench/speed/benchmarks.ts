/** All benchmarks, in the order in which they run. */
import type { Benchmark } from "./benchmark.ts";
import { evaluation, recommendEvaluation } from "./evaluations.ts";
import { foldItems, foldSlates, foldViews } from "./folds.ts";
import { ingest } from "./ingest.ts";
import { rankOverHttp, rankPageOverHttp, recommendOverHttp } from "./lists-over-http.ts";
import { memory } from "./memory.ts";
import { pause } from "./pause.ts";
import { rankInProcess } from "./rank-in-process.ts";
import { restart } from "./restart.ts";

export const benchmarks: readonly Benchmark[] = [
  rankInProcess,
  rankOverHttp,
  rankPageOverHttp,
  recommendOverHttp,
  ingest,
  foldSlates,
  foldItems,
  foldViews,
  pause,
  restart,
  evaluation,
  recommendEvaluation,
  memory,
];
