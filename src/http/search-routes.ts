import type { FastifyInstance } from "fastify";
import { noQuery, searchBody, suggestQuery } from "./api.ts";
import { failure, searchAnswer, suggestAnswer } from "./api-answers.ts";
import { timeLeftMs, timeoutHeader } from "./deadlines.ts";
import type { Door } from "./door.ts";
import { letIn, letInAnonymous } from "./letting-in.ts";
import { searchRequest, suggestRequest } from "./requests.ts";
import { typed } from "./typed.ts";

/** `POST /v1/search`, and `GET /v1/suggest` while the query is being typed. */
export async function searchRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));
  app.addHook("preValidation", letInAnonymous(shedding));
  const common = { tags: ["Search"], headers: timeoutHeader };
  const refusals = { "4xx": failure, "5xx": failure };

  const search = {
    ...common,
    operationId: "search",
    summary: "Search the catalogue, with filters and facets, in this shopper's order",
    description: "Without a word to search for: what is popular, personally.",
    querystring: noQuery,
    body: searchBody,
    response: { 200: searchAnswer, ...refusals },
  };
  app.post("/v1/search", { schema: search }, (request, reply) => {
    const timeoutMs = timeLeftMs(request, reply, shedding);
    reply.send(engine.search({ ...searchRequest(request.body), timeoutMs }));
  });

  const suggest = {
    ...common,
    operationId: "suggest",
    summary: "Complete what was typed so far",
    description: "Queries that shoppers ask, brands and categories, and a few items at once.",
    querystring: suggestQuery,
    response: { 200: suggestAnswer, ...refusals },
  };
  app.get("/v1/suggest", { schema: suggest }, (request, reply) => {
    // It takes no part of the time that is left, but there has to be some.
    timeLeftMs(request, reply, shedding);
    reply.send(engine.suggest(suggestRequest(request.query)));
  });
}
