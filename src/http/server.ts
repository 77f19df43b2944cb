/** The HTTP door. Plug-ins stand only on the routes that need them: every hook here is paid by each request. */
import fastify, { type FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { limits } from "../core/limits.ts";
import type { Engine } from "../core/public.ts";
import { version } from "../core/version.ts";
import { listen, refuseUnlessLoopback } from "./address.ts";
import { bodyReader, readJsonOnly } from "./bodies.ts";
import { type Bounds, boundedServer, standardBounds } from "./bounds.ts";
import type { Door } from "./door.ts";
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
import { searchRoutes } from "./search-routes.ts";
import { type Shedding, shedding } from "./shedding.ts";
import { validatorCompiler } from "./validation.ts";

export interface Server {
  readonly address: string;
  /** Stops accepting and finishes what is under way; the engine stays open. */
  close(): Promise<void>;
}

/** What is still under way this long after `close` is cut off. */
const closeWithinMs = 10_000;
const letGoEveryMs = 20;

/** What a test may want otherwise than config and limits have it. */
export interface DoorOptions {
  readonly bounds?: Partial<Bounds>;
  readonly shedding?: Shedding;
}

export async function startServer(
  engine: Engine,
  config: Config,
  onDiagnostic: OnDiagnostic = () => {},
  options: DoorOptions = {},
): Promise<Server> {
  refuseUnlessLoopback(config.host);
  const app = await httpServer(engine, onDiagnostic, { shedding: shedding(config), ...options });
  const address = await listen(app, config);
  return {
    address,
    async close() {
      const cutOff = setTimeout(() => app.server.closeAllConnections(), closeWithinMs);
      // A connection that was busy when the close began is kept alive by its client: let go of it once it is idle.
      const letGo = setInterval(() => app.server.closeIdleConnections(), letGoEveryMs);
      try {
        await app.close();
      } finally {
        clearTimeout(cutOff);
        clearInterval(letGo);
      }
    },
  };
}

/** The server before it listens; tests inject requests into it. */
export async function httpServer(
  engine: Engine,
  onDiagnostic: OnDiagnostic = () => {},
  { bounds: given, shedding: shed = shedding({ shedAfterMs: 0 }) }: DoorOptions = {},
): Promise<FastifyInstance> {
  const bounds = { ...standardBounds, ...given };
  const measured = metrics(engine, shed.counts);
  const app = fastify({
    serverFactory: boundedServer(bounds, () => measured.countDroppedConnection()),
    return503OnClosing: false,
    frameworkErrors: onFailure(onDiagnostic),
    clientErrorHandler: onClientError,
    // An id of any allowed length: a code unit takes up to nine characters when percent-encoded.
    routerOptions: { maxParamLength: limits.idLengthMax * 9 },
  });
  const bodies = bodyReader(bounds);
  readJsonOnly(app, bodies);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(onFailure(onDiagnostic));
  app.addHook("onRequest", (_request, _reply, done) => {
    shed.arrived();
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    measured.countRequest(request.routeOptions.url ?? "unknown", reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  sayGoodbye(app);
  answerMissingRoutes(app);
  await describeRoutes(app, version);
  const door: Door = { engine, metrics: measured, shedding: shed, bodies };
  for (const routes of [eventsRoute, listRoutes, searchRoutes, itemRoutes, lookupRoutes, laterRoutes, operationRoutes])
    app.register(routes, door);
  app.register(referenceRoutes);
  await app.ready();
  return app;
}

/** Who is answered while the server stops is told that the connection ends: on a kept one the next request would meet a closed door. */
function sayGoodbye(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook("preClose", (done) => {
    isStopping = true;
    done();
  });
  app.addHook("onSend", (_request, reply, _body, done) => {
    if (isStopping) reply.header("connection", "close");
    done();
  });
}
