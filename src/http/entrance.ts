/** The hooks of every request: let in or refused before its body is read, safe headers on its answer, and a line for each admin call. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Access } from "./access.ts";
import { audit } from "./audit.ts";
import { type OnDiagnostic, sendFailure } from "./failures.ts";
import { guardPages, safeHeaders } from "./headers.ts";
import { scopeNeeded, scopeRoutes } from "./scopes.ts";

/** Before the routes, which it watches being declared. Without `access` everybody is let in. */
export function guardEntrance(app: FastifyInstance, access: Access | undefined, say: OnDiagnostic): void {
  scopeRoutes(app);
  guardPages(app);
  app.decorateRequest("accessKey", null);
  app.addHook("onRequest", (request, reply, done) => {
    const scope = request.routeOptions.config.scope ?? scopeNeeded(request.method, request.url);
    safeHeaders(reply, scope === "none");
    const refused = access?.enter(request, reply, scope);
    if (refused === undefined) return done();
    if (refused === "answered") return void reply.code(204).send();
    if (mayBeLong(request)) reply.header("connection", "close");
    sendFailure(reply, refused);
  });
  if (access === undefined) return;
  const note = audit(access, say);
  app.addHook("onResponse", (request, reply, done) => {
    const { config, url } = request.routeOptions;
    if (config.scope === "admin") note(request, reply, url ?? "unknown");
    done();
  });
}

/** A body of so many bytes that it is not worth reading to keep the connection. */
const longBytes = 65_536;

const mayBeLong = ({ headers }: FastifyRequest): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"]) > longBytes;
