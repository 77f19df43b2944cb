/** One diagnostic for each call that needs the scope `admin`: who, what, and what came of it; never a body, a key or an id. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "./access.ts";
import type { OnDiagnostic } from "./failures.ts";
import { RateLimit } from "./rate-limits.ts";

/** Refused calls of which each is told, a second: whoever has no key shall not fill a disk. */
const refusedPerSecond = 10;

export function audit(access: Access, say: OnDiagnostic) {
  const refusals = new RateLimit(refusedPerSecond, 1);
  let untold = 0;
  return (request: FastifyRequest, reply: FastifyReply, route: string): void => {
    const { method, accessKey } = request;
    // Who only looks, and without keys, is this machine's own.
    if (!access.isLocked && (method === "GET" || method === "HEAD")) return;
    const status = reply.statusCode;
    if (accessKey === null && access.isLocked && refusals.waitMs("", access.stopwatch()) > 0) {
      untold++;
      return;
    }
    const key = accessKey?.name ?? null;
    const address = access.addressOf(request);
    const before = untold > 0 ? { untold } : {};
    untold = 0;
    const path = access.namesShoppers ? request.url.split("?", 1)[0]! : route;
    const who = key === null ? "nobody's key" : `"${key}"`;
    const more = before.untold === undefined ? "" : `, and ${before.untold} refused calls before it`;
    say(`admin call: ${method} ${path} with ${who} from ${address}: ${status}${more}`, {
      audit: { key, address, method, route, ...(path === route ? {} : { path }), status, ...before },
    });
  };
}
