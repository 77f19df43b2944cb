/**
 * A shop's own server in front of Liveshelf, in no more than it takes. Run both from the repository:
 *
 *     npm run demo -- --port 7700                 or `serve` with a shop of yours
 *     node examples/storefront/server.ts          then open http://localhost:8080
 *
 * The page asks this server, never the engine: so the key stays here, and only what a browser may say is passed on. What
 * happens in your own systems, such as purchases and changes of the catalogue, your server tells the engine itself.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

const engine = process.env.LIVESHELF_SERVER ?? "http://localhost:7700";
const key = process.env.SHOP_KEY;
const port = Number(process.env.PORT ?? 8080);

const files: Readonly<Record<string, { readonly type: string; readonly file: URL }>> = {
  "/": { type: "text/html; charset=utf-8", file: new URL("index.html", import.meta.url) },
  // In a project of yours: new URL(import.meta.resolve("liveshelf/client")).
  "/liveshelf.js": { type: "text/javascript", file: new URL("../../client/built/client.js", import.meta.url) },
};

/** What the page may ask and say. */
const calls = new Set(["search", "recommend", "rank", "suggest", "events"]);
const outcomes = new Set(["seen", "click", "view", "cart", "like", "dislike", "hide"]);
const bytesMax = 100_000;

function isAllowed(body: string): boolean {
  const events: unknown = JSON.parse(body);
  return (
    Array.isArray(events) &&
    events.every((event) => event?.type === "slate" || (event?.type === "outcome" && outcomes.has(event.action)))
  );
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "application/json" }).end("{}");
}

async function forward(call: string, search: string, request: IncomingMessage, response: ServerResponse) {
  const body = await bodyOf(request);
  if (body === undefined) return refuse(response, 413);
  if (call === "events" && !isAllowed(body)) return refuse(response, 400);
  const headers = { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) };
  const { method = "GET" } = request;
  const answer = await fetch(`${engine}/v1/${call}${search}`, { method, headers, ...(method === "POST" && { body }) });
  const wait = answer.headers.get("retry-after");
  response.writeHead(answer.status, { "content-type": "application/json", ...(wait && { "retry-after": wait }) });
  response.end(await answer.text());
}

const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url!, "http://shop");
  const call = /^\/shelf\/v1\/(\w+)$/.exec(pathname)?.[1];
  const found = files[pathname];
  if (call !== undefined && calls.has(call)) {
    // The engine cannot be reached, or the body is no list of events: the client keeps what it has and tries again, or lets go.
    forward(call, search, request, response).catch((error) =>
      refuse(response, error instanceof SyntaxError ? 400 : 502),
    );
  } else if (found) {
    response.writeHead(200, { "content-type": found.type }).end(readFileSync(found.file));
  } else {
    refuse(response, 404);
  }
});
server.listen(port, "127.0.0.1", () => {
  const address = server.address();
  console.log(`listening on http://localhost:${typeof address === "object" ? address?.port : port}`);
});
