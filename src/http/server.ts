/** The HTTP door. Plug-ins stand only on the routes that need them: every hook here is paid by each request. */
import fastify, { type FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { limits } from "../core/limits.ts";
import type { Engine } from "../core/public.ts";
import { version } from "../core/version.ts";
import { listen, refuseUnlessLoopback } from "./address.ts";
import { readJsonOnly } from "./bodies.ts";
import { eventsRoute } from "./events-route.ts";
import { type OnDiagnostic, onClientError, onFailure } from "./failures.ts";
import { itemRoutes } from "./item-routes.ts";
import { laterRoutes } from "./later-routes.ts";
import { listRoutes } from "./list-routes.ts";
import { lookupRoutes } from "./lookup-routes.ts";
import { metrics } from "./metrics.ts";
import { answerMissingRoutes } from "./missing-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { describeRoutes, referenceRoutes } from "./reference.ts";
import { validatorCompiler } from "./validation.ts";

export interface Server {
  readonly address: string;
  /** Stops accepting and finishes what is under way; the engine stays open. */
  close(): Promise<void>;
}

/** What is still under way this long after `close` is cut off. */
const closeWithinMs = 10_000;
const letGoEveryMs = 20;
/** A request that has not arrived after this is given up. */
const requestWithinMs = 60_000;

export async function startServer(
  engine: Engine,
  config: Config,
  onDiagnostic: OnDiagnostic = () => {},
): Promise<Server> {
  refuseUnlessLoopback(config.host);
  const app = await httpServer(engine, onDiagnostic);
  const address = await listen(app, config);
  return {
    address,
    async close() {
      const cutOff = setTimeout(() => app.server.closeAllConnections(), closeWithinMs);
      // A connection that was busy when the close began is kept alive by its client: let go of it once it is idle.
      const letGo = setInterval(() => app.server.closeIdleConnections(), letGoEveryMs);
      await app.close();
      clearTimeout(cutOff);
      clearInterval(letGo);
    },
  };
}

/** The server before it listens; tests inject requests into it. */
export async function httpServer(engine: Engine, onDiagnostic: OnDiagnostic = () => {}): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: requestWithinMs,
    return503OnClosing: false,
    frameworkErrors: onFailure(onDiagnostic),
    clientErrorHandler: onClientError,
    // An id of any allowed length: a code unit takes up to nine characters when percent-encoded.
    routerOptions: { maxParamLength: limits.idLengthMax * 9 },
  });
  const measured = metrics(engine);
  readJsonOnly(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(onFailure(onDiagnostic));
  app.addHook("onResponse", (request, reply, done) => {
    measured.countRequest(request.routeOptions.url ?? "unknown", reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  answerMissingRoutes(app);
  await describeRoutes(app, version);
  const rooms = { engine, metrics: measured };
  for (const routes of [eventsRoute, listRoutes, itemRoutes, lookupRoutes, laterRoutes, operationRoutes])
    app.register(routes, rooms);
  app.register(referenceRoutes);
  await app.ready();
  return app;
}
