import type { FastifyInstance, FastifyTypeProvider } from "fastify";
import type { Static, TSchema } from "typebox";

/** Bodies, queries and paths have the types of their schemas; answers, whose schemas are for the reference only, any. */
export interface Typed extends FastifyTypeProvider {
  validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
  serializer: unknown;
}

export const typed = (app: FastifyInstance) => app.withTypeProvider<Typed>();
