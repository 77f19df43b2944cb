/** Which scope a call needs. What is not listed needs `admin`: a new route is closed until somebody opens it. */
import type { FastifyInstance } from "fastify";
import type { Scope } from "../access-keys.ts";

const listed: Readonly<Record<string, Scope>> = {
  "POST /v1/events": "events",
  "POST /v1/search": "query",
  "POST /v1/rank": "query",
  "POST /v1/recommend": "query",
  "GET /v1/suggest": "query",
  "GET /v1/items": "query",
  "GET /v1/items/:item": "query",
  "GET /metrics": "metrics",
};

/** `none`: without a key, as pages and probes are. `url`: as declared (`/v1/items/:item`), or as sent where there is no such call. */
export function scopeNeeded(method: string, url: string): Scope | "none" {
  const scope = listed[`${method === "HEAD" ? "GET" : method} ${url}`];
  if (scope !== undefined) return scope;
  return /^\/v1(?:\/|$)/i.test(url) ? "admin" : "none";
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** What a key must have for this route. */
    scope?: Scope | "none";
  }
}

/** Before the routes, which it watches being declared: a request then reads its scope from its route. */
export function scopeRoutes(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    // The strictest, where one route takes several methods.
    const needed = [route.method].flat().map((method) => scopeNeeded(method, route.url));
    route.config = { ...route.config, scope: needed.find((one) => one !== needed[0]) ? "admin" : needed[0]! };
  });
}
