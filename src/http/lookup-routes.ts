import type { FastifyInstance } from "fastify";
import { noQuery } from "./api.ts";
import { failure, models, quarantineReport } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

/** Whom the engine does not learn from, and what it says of its own learners. */
export async function lookupRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));

  const getQuarantine = {
    operationId: "getQuarantine",
    tags: ["Shoppers"],
    summary: "Shoppers who are not taught from, why, and the events of theirs that wait",
    querystring: noQuery,
    response: { 200: quarantineReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/quarantine", { schema: getQuarantine }, (_request, reply) => {
    reply.send(engine.quarantine());
  });

  const getModels = {
    operationId: "getModels",
    tags: ["Operations"],
    summary: "The panel: each learner's live scores, weight and lessons seen",
    querystring: noQuery,
    response: { 200: models, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/models", { schema: getModels }, (_request, reply) => {
    reply.send(engine.models());
  });
}
