import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { failure, health, readiness, text } from "./api-answers.ts";
import type { Door } from "./door.ts";

/** For those who run it: alive, ready, measured. */
export async function operationRoutes(app: FastifyInstance, { engine, metrics }: Door) {
  const healthz = { tags: ["Operations"], summary: "Alive", response: { 200: health } };
  app.get("/healthz", { schema: healthz }, (_request, reply) => {
    reply.send({ ok: true });
  });

  const readyz = { tags: ["Operations"], summary: "Replayed and ready", response: { 200: readiness, 503: failure } };
  app.get("/readyz", { schema: readyz }, (_request, reply) => {
    const { ready, offset } = engine.readiness();
    if (!ready) throw new LiveshelfError("NOT_READY", "The state does not yet reflect all of the log; ask again.");
    reply.send({ ready, offset });
  });

  const measured = { tags: ["Operations"], summary: "Metrics for Prometheus", response: { 200: text("text/plain") } };
  app.get("/metrics", { schema: measured }, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
}
