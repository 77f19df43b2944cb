/** All benchmarks, in the order in which they run. */
import type { Benchmark } from "./benchmark.ts";
import { browser } from "./browser.ts";
import { ceiling } from "./ceiling.ts";
import { completions } from "./completions.ts";
import { erasure } from "./erasure.ts";
import { evaluation, recommendEvaluation } from "./evaluations.ts";
import { facets } from "./facets.ts";
import { factors } from "./factors.ts";
import { foldItems, foldSlates, foldViews } from "./folds.ts";
import { growth } from "./growth.ts";
import { ingest } from "./ingest.ts";
import { kernels } from "./kernels.ts";
import { learners } from "./learners.ts";
import { lexical } from "./lexical.ts";
import { rankOverHttp, rankPageOverHttp, recommendOverHttp, searchOverHttp } from "./lists-over-http.ts";
import { memory } from "./memory.ts";
import { moving } from "./moving.ts";
import { overload } from "./overload.ts";
import { pause } from "./pause.ts";
import { rankInProcess } from "./rank-in-process.ts";
import { restart } from "./restart.ts";
import { soak } from "./soak.ts";

export const benchmarks: readonly Benchmark[] = [
  rankInProcess,
  rankOverHttp,
  rankPageOverHttp,
  recommendOverHttp,
  searchOverHttp,
  facets,
  completions,
  browser,
  ingest,
  overload,
  foldSlates,
  foldItems,
  foldViews,
  pause,
  moving,
  erasure,
  restart,
  evaluation,
  recommendEvaluation,
  kernels,
  learners,
  lexical,
  factors,
  memory,
  growth,
  soak,
  ceiling,
];
