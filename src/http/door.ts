import type { FastifyRequest } from "fastify";
import type { Engine } from "../core/public.ts";
import type { LiveSettings } from "../effective-settings.ts";
import type { Access } from "./access.ts";
import type { BodyReader } from "./bodies.ts";
import type { Live } from "./live.ts";
import type { Metrics } from "./metrics.ts";
import type { Shedding } from "./shedding.ts";

/** What the routes are given. */
export interface Door {
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly shedding: Shedding;
  readonly bodies: BodyReader;
  readonly live: Live;
  /** Whether who was let in would be so still. */
  readonly isLetIn: (request: FastifyRequest) => boolean;
  /** Absent where they come from the program that made the server. */
  readonly settings: LiveSettings | undefined;
  /** Absent where everybody is let in. */
  readonly access: Access | undefined;
}
