import type { FastifyInstance } from "fastify";
import { failure } from "./api-answers.ts";
import { qualityQuery, qualityReport } from "./api-quality.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

/** How well the engine orders and predicts, over time. */
export async function qualityRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));

  const getQuality = {
    operationId: "getQuality",
    tags: ["Operations"],
    summary: "How well lists are ordered and chances hold, over time and against plain orders",
    description: "Every lesson is judged by what was predicted just before it was learned.",
    querystring: qualityQuery,
    response: { 200: qualityReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/quality", { schema: getQuality }, (request, reply) => {
    reply.send(engine.quality(request.query));
  });
}
