import type { FastifyInstance } from "fastify";
import { liveQuery } from "./api.ts";
import { failure, text } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { typed } from "./typed.ts";

/** What happens now, as server-sent events. */
export async function liveRoutes(plain: FastifyInstance, { live, isLetIn }: Door) {
  const app = typed(plain);
  const getLive = {
    operationId: "live",
    tags: ["Operations"],
    summary: "What happens now, as server-sent events: each second a `status`, and a few `event`s between",
    querystring: liveQuery,
    response: { 200: text("text/event-stream"), "4xx": failure, "5xx": failure },
  };
  // Whoever only asks whether it is there would be given a stream without an end.
  app.get("/v1/live", { schema: getLive, exposeHeadRoute: false }, (request, reply) => {
    const shoppers = request.query.shoppers === "1";
    const stream = live.open({ shoppers, isLetIn: () => isLetIn(request) });
    // A proxy that keeps answers back until they are whole would keep this one for good.
    reply.type("text/event-stream").header("x-accel-buffering", "no");
    return reply.send(stream);
  });
  plain.addHook("preClose", (done) => {
    live.close();
    done();
  });
}
