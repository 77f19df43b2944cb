/** One connection that is kept alive: what it asks is sent in order, one at a time. */
import { Agent, request } from "node:http";
import { setTimeout } from "node:timers/promises";

export interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked at by tests, which say what they expect
  readonly body: any;
  /** Our end of the connection that it came on. */
  readonly port: number;
}

export interface Client {
  post(path: string, body: unknown): Promise<Reply>;
  get(path: string): Promise<Reply>;
  close(): void;
}

/** Its calls reject when the connection breaks before the answer is there. */
export function client(address: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (method: string, path: string, text?: string): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const headers = text === undefined ? {} : { "content-type": "application/json" };
      const asked = request(new URL(path, address), { method, agent, headers }, (response) => {
        const port = response.socket.localPort!;
        const parts: Buffer[] = [];
        response.on("data", (part) => parts.push(part));
        response.once("error", reject);
        response.once("end", () => {
          const body = Buffer.concat(parts).toString();
          const isJson = response.headers["content-type"]?.startsWith("application/json");
          resolve({ status: response.statusCode!, body: isJson ? JSON.parse(body) : body, port });
        });
      });
      asked.once("error", reject);
      asked.end(text);
    });
  return {
    post: (path, body) => ask("POST", path, JSON.stringify(body)),
    get: (path) => ask("GET", path),
    close: () => agent.destroy(),
  };
}

export const isOverloaded = ({ status, body }: Reply): boolean => status === 503 && body.error?.code === "OVERLOADED";

const againAfterMs = 50;

/** Asks again while the service has too much to do, as on a machine where much else runs. */
export async function insist(ask: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    const reply = await ask();
    if (!isOverloaded(reply)) return reply;
    await setTimeout(againAfterMs);
  }
}

/** One connection that insists. */
export function patientClient(address: string): Client {
  const { post, get, close } = client(address);
  return { post: (path, body) => insist(() => post(path, body)), get: (path) => insist(() => get(path)), close };
}
