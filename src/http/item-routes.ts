import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import type { Engine } from "../core/public.ts";
import { itemPath, noQuery } from "./api.ts";
import { failure, itemReport, receipt, text } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

/** Single items of the catalogue, and which there are. */
export async function itemRoutes(plain: FastifyInstance, { engine, metrics, shedding }: Door) {
  const app = typed(plain);
  const common = { tags: ["Catalogue"], querystring: noQuery };
  const asQuery = { onRequest: letIn(shedding, "query") };
  const refusals = { "4xx": failure, "5xx": failure };

  const getItem = {
    ...common,
    operationId: "getItem",
    summary: "Fields and live statistics of an item",
    params: itemPath,
    response: { 200: itemReport, ...refusals },
  };
  app.get("/v1/items/:item", { schema: getItem, ...asQuery }, (request, reply) => {
    const { item } = request.params;
    const report = engine.item(item);
    if (report === undefined) throw new LiveshelfError("ITEM_UNKNOWN", `No event has told of the item "${item}".`);
    reply.send(report);
  });

  const removeItem = {
    ...common,
    operationId: "removeItem",
    summary: "Remove an item; same as an item-removed event",
    params: itemPath,
    response: { 200: receipt, ...refusals },
  };
  app.delete("/v1/items/:item", { schema: removeItem, onRequest: letIn(shedding, "events") }, async (request) => {
    const answer = await engine.record({ type: "item-removed", item: request.params.item });
    metrics.countEvents(answer);
    const [refused] = answer.rejected;
    if (refused) throw new LiveshelfError(refused.code, refused.message, refused.at);
    return answer;
  });

  const listItems = {
    ...common,
    operationId: "listItems",
    summary: 'Ids of the whole catalogue as NDJSON, {"item":"p-1"} a line each',
    response: { 200: text("application/x-ndjson"), ...refusals },
  };
  app.get("/v1/items", { schema: listItems, ...asQuery }, (_request, reply) => {
    reply.type("application/x-ndjson; charset=utf-8").send(Readable.from(itemLines(engine)));
  });
}

const linesPerChunk = 500;

/** In chunks, so that a million items neither block the thread nor are held as one text. */
function* itemLines(engine: Engine): Generator<string> {
  let chunk = "";
  let count = 0;
  for (const item of engine.items()) {
    chunk += `${JSON.stringify({ item })}\n`;
    if (++count % linesPerChunk > 0) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
