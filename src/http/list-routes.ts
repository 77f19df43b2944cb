import type { FastifyInstance } from "fastify";
import { noQuery, rankBody, recommendBody } from "./api.ts";
import { answer, failure } from "./api-answers.ts";
import { timeLeftMs, timeoutHeader } from "./deadlines.ts";
import type { Door } from "./door.ts";
import { letIn, letInAnonymous } from "./letting-in.ts";
import { rankRequest, recommendRequest } from "./requests.ts";
import { typed } from "./typed.ts";

/** `POST /v1/rank` and `/v1/recommend`: both answer at once, from memory. */
export async function listRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));
  app.addHook("preValidation", letInAnonymous(shedding));
  const common = {
    tags: ["Lists"],
    querystring: noQuery,
    headers: timeoutHeader,
    response: { 200: answer, "4xx": failure, "5xx": failure },
  };

  const rank = {
    ...common,
    operationId: "rank",
    summary: "Order your own candidates for this shopper",
    description: "Unknown items are ranked too, as cold. What is not yet learned leaves things as they were.",
    body: rankBody,
  };
  app.post("/v1/rank", { schema: rank }, (request, reply) => {
    const timeoutMs = timeLeftMs(request, reply, shedding);
    reply.send(engine.rank({ ...rankRequest(request.body), timeoutMs }));
  });

  const recommend = {
    ...common,
    operationId: "recommend",
    summary: "Recommend items of the catalogue",
    description: "For this shopper; with `item`, what goes with that one.",
    body: recommendBody,
  };
  app.post("/v1/recommend", { schema: recommend }, (request, reply) => {
    const timeoutMs = timeLeftMs(request, reply, shedding);
    reply.send(engine.recommend({ ...recommendRequest(request.body), timeoutMs }));
  });
}
