import type { Engine } from "../core/public.ts";
import type { BodyReader } from "./bodies.ts";
import type { Metrics } from "./metrics.ts";
import type { Shedding } from "./shedding.ts";

/** What the routes are given. */
export interface Door {
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly shedding: Shedding;
  readonly bodies: BodyReader;
}
