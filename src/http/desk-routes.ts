import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { noQuery } from "./api.ts";
import { failure } from "./api-answers.ts";
import {
  queriesByDefault,
  queriesQuery,
  queriesReport,
  searchTrace,
  synonymsPath,
  synonymsReport,
  synonymsSet,
  traceBody,
} from "./api-desk.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { searchRequest } from "./requests.ts";
import { typed } from "./typed.ts";

/** What people who work on the shop's search look at: a search step by step, what was asked, and the synonyms. */
export async function deskRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));
  const refusals = { "4xx": failure, "5xx": failure };

  const traceSearch = {
    operationId: "traceSearch",
    tags: ["Search"],
    summary: "A search told step by step: readings, the ladder, each item's match and all reasons",
    description:
      "It is not logged and teaches nothing. With `synonyms`: as if these were published, in place of the present ones.",
    querystring: noQuery,
    body: traceBody,
    response: { 200: searchTrace, ...refusals },
  };
  app.post("/v1/search/trace", { schema: traceSearch }, (request, reply) => {
    const { synonyms, ...body } = request.body;
    const { query, filters, user, session, context, surface, consent, size } = searchRequest(body);
    const asked = { query, filters, user, session, context, surface, consent, size };
    reply.send(engine.desk().trace({ ...asked, synonyms: synonyms ?? undefined }));
  });

  const listQueries = {
    operationId: "listQueries",
    tags: ["Search"],
    summary: "Queries asked since the server started, and how they went",
    description: "Only those that `suggestShoppersMin` shoppers asked; the others are counted.",
    querystring: queriesQuery,
    response: { 200: queriesReport, ...refusals },
  };
  app.get("/v1/queries", { schema: listQueries }, (request, reply) => {
    const { poor, size = queriesByDefault } = request.query;
    reply.send(engine.desk().queries(size, poor === "1"));
  });

  const getSynonyms = {
    operationId: "getSynonyms",
    tags: ["Search"],
    summary: "The synonyms that hold, and the sets before them",
    description: "A `synonyms` event publishes others.",
    querystring: noQuery,
    response: { 200: synonymsReport, ...refusals },
  };
  app.get("/v1/synonyms", { schema: getSynonyms }, async (_request, reply) =>
    reply.send(await engine.desk().synonyms()),
  );

  const getSynonymsAt = {
    operationId: "getSynonymsAt",
    tags: ["Search"],
    summary: "A set of synonyms as it was published, by its offset",
    params: synonymsPath,
    querystring: noQuery,
    response: { 200: synonymsSet, ...refusals },
  };
  app.get("/v1/synonyms/:offset", { schema: getSynonymsAt }, (request, reply) => {
    const offset = Number(request.params.offset);
    const synonyms = engine.desk().synonymsAt(offset);
    if (synonyms === undefined)
      throw new LiveshelfError(
        "EVENT_UNKNOWN",
        `The log has no synonyms at offset ${offset}; GET /v1/synonyms lists them.`,
      );
    reply.send({ offset, synonyms });
  });
}
