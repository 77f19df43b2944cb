import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { failure, health, readiness, text } from "./api-answers.ts";
import type { Door } from "./door.ts";

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Liveshelf</title><style>body{font:1.1rem/1.6 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem}</style>
<h1>Liveshelf</h1><p>Recommendations and ranking that relearn with every click.</p>
<ul><li><a href="/docs">Reference of every call</a></li><li><a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/v1/models">What the learners know</a></li><li><a href="/metrics">Metrics</a></li></ul></html>
`;

/** For those who run it: alive, ready, measured. */
export async function operationRoutes(app: FastifyInstance, { engine, metrics }: Door) {
  app.get("/", { schema: { hide: true } }, (_request, reply) => {
    reply.type("text/html; charset=utf-8").send(page);
  });

  const healthz = { tags: ["Operations"], summary: "Alive", response: { 200: health } };
  app.get("/healthz", { schema: healthz }, (_request, reply) => {
    reply.send({ ok: true });
  });

  const readyz = { tags: ["Operations"], summary: "Replayed and ready", response: { 200: readiness, 503: failure } };
  app.get("/readyz", { schema: readyz }, (_request, reply) => {
    const { ready, offset } = engine.status();
    if (!ready) throw new LiveshelfError("NOT_READY", "The state does not yet reflect all of the log; ask again.");
    reply.send({ ready, offset });
  });

  const measured = { tags: ["Operations"], summary: "Metrics for Prometheus", response: { 200: text("text/plain") } };
  app.get("/metrics", { schema: measured }, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
}
