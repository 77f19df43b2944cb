import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { noQuery, userPath, userQuery } from "./api.ts";
import { failure, models, quarantineReport, userReport } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

/** What the engine holds of a shopper, and of its own learners. */
export async function lookupRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));

  const getUser = {
    operationId: "getUser",
    tags: ["Shoppers"],
    summary: "What the engine holds of a shopper",
    params: userPath,
    querystring: userQuery,
    response: { 200: userReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/users/:user", { schema: getUser }, (request, reply) => {
    if (request.query.export === "1") {
      throw new LiveshelfError("NOT_IMPLEMENTED", "The export of a shopper's events comes with a later release.");
    }
    const { user } = request.params;
    const report = engine.user(user);
    if (report === undefined) throw new LiveshelfError("USER_UNKNOWN", `Nothing is held of the user "${user}".`);
    reply.send(report);
  });

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
