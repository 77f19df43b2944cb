import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { eventPath, noQuery, notTakenByDefault, notTakenQuery } from "./api.ts";
import { eventReport, failure, notTakenReport } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

/** What became of events, also of those that were not taken. */
export async function eventRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));

  const getEvent = {
    operationId: "getEvent",
    tags: ["Events"],
    summary: "What became of an event",
    description: "Where it stands in the log, which list it joined, what it taught, or why it was not taken.",
    params: eventPath,
    querystring: noQuery,
    response: { 200: eventReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/events/:event", { schema: getEvent }, (request, reply) => {
    const { event } = request.params;
    const report = engine.event(event);
    if (report === undefined) {
      const message = `Nothing is known of an event with the id "${event}". ${engine.eventsKnown()}`;
      throw new LiveshelfError("EVENT_UNKNOWN", message);
    }
    reply.send(report);
  });

  const listNotTaken = {
    operationId: "listEventsNotTaken",
    tags: ["Events"],
    summary: "The latest events that were refused, or sent again, newest first",
    querystring: notTakenQuery,
    response: { 200: notTakenReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/events", { schema: listNotTaken }, (request, reply) => {
    const { result = "rejected", size = notTakenByDefault } = request.query;
    reply.send({ events: engine.eventsNotTaken(result, size) });
  });
}
