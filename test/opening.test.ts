/** A server whose engine is still folding its log. */
import { expect, test } from "vitest";
import { openingEngine } from "../src/http/opening-engine.ts";
import { httpServer } from "../src/http/server.ts";
import { createEngine } from "../src/index.ts";

test("it is alive and not ready, refuses with 503 until the state is there, and then answers", async () => {
  const opening = openingEngine();
  const app = await httpServer(opening.engine);
  // No figure is better than a wrong one.
  const figures = (await app.inject("/metrics")).body;
  expect(figures).toContain("liveshelf_ready 0");
  expect(figures).not.toMatch(/^liveshelf_(?:offset|erasures_pending) /m);
  const rank = { method: "POST", url: "/v1/rank", payload: { items: ["p-1"] } } as const;
  expect((await app.inject("/healthz")).statusCode).toBe(200);
  expect((await app.inject("/readyz")).statusCode).toBe(503);
  const refused = await app.inject(rank);
  expect([refused.statusCode, refused.json().error.code]).toEqual([503, "NOT_READY"]);
  expect(refused.headers["retry-after"]).toBeDefined();
  const recorded = await app.inject({ method: "POST", url: "/v1/events", payload: [] });
  expect([recorded.statusCode, recorded.json().error.code]).toEqual([503, "NOT_READY"]);
  opening.open(await createEngine({ tickMs: 0 }));
  expect((await app.inject("/readyz")).statusCode).toBe(200);
  expect((await app.inject("/metrics")).body).toMatch(/^liveshelf_erasures_pending 0$/m);
  expect((await app.inject(rank)).statusCode).toBe(200);
  await app.close();
  await opening.engine.close();
});
