/** A shop's own server, as small as can be: one page with the client, and `/v1` forwarded to wherever the engine is now. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { clientFiles } from "../../scripts/build-client.ts";

export interface ShopFront {
  readonly address: string;
  /** Where the engine listens; undefined: connections to it are cut off. */
  engine: string | undefined;
  /** The answers to so many next calls for events are cut off after the engine gave them. */
  answersLost: number;
  /** Every body that came for `/v1/…`, by path, with the engine's answer; none where it gave none. */
  readonly calls: readonly Call[];
  /** Events of a session that the engine took, as often as it did. */
  taken(session: string): readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

interface Call {
  readonly path: string;
  readonly body: string;
  status?: number;
}

const page = `<!doctype html><title>Shop</title><style>li{height:300px}</style><ul id="list"></ul>
<script type="module">import * as shelf from "/${clientFiles.module}"; window.shelf = shelf;</script>`;

export async function shopFront(built: string): Promise<ShopFront> {
  const calls: Call[] = [];
  const server = createServer((incoming, answer) => {
    if (incoming.url!.startsWith("/v1/")) return forward(incoming, answer);
    const script = incoming.url === `/${clientFiles.module}`;
    answer.setHeader("content-type", script ? "text/javascript" : "text/html; charset=utf-8");
    answer.end(script ? readFileSync(join(built, clientFiles.module)) : page);
  });

  function forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const noted: Call = { path: incoming.url!, body: body.toString() };
      calls.push(noted);
      if (front.engine === undefined) return incoming.socket.destroy();
      const isLost = incoming.url === "/v1/events" && front.answersLost > 0;
      if (isLost) front.answersLost--;
      const { method = "GET", headers } = incoming;
      const call = request(front.engine + incoming.url, { method, headers, agent: false }, (given) => {
        noted.status = given.statusCode!;
        if (isLost) {
          given.resume().on("end", () => incoming.socket.destroy());
          return;
        }
        answer.writeHead(given.statusCode!, given.headers);
        given.pipe(answer);
        given.on("error", () => answer.destroy());
      });
      call.on("error", () => incoming.socket.destroy());
      call.end(body);
    });
    incoming.on("error", () => {});
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const front = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine: undefined as string | undefined,
    answersLost: 0,
    calls,
    taken: (session: string) =>
      calls
        .filter(({ path, status }) => path === "/v1/events" && status === 200)
        .flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[])
        .filter((event) => event.session === session),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return front;
}
