/** The HTTP door. Plug-ins stand only on the routes that need them: every hook here is paid by each request. */
import fastify, { type FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { limits } from "../core/limits.ts";
import type { Engine } from "../core/public.ts";
import { version } from "../core/version.ts";
import type { LiveSettings } from "../effective-settings.ts";
import { type Access, access } from "./access.ts";
import { isLoopback, listen } from "./address.ts";
import { bodyReader, readJsonOnly } from "./bodies.ts";
import { type Bounds, boundedServer, standardBounds } from "./bounds.ts";
import { configRoutes } from "./config-routes.ts";
import { consoleRoutes } from "./console-routes.ts";
import { deskRoutes } from "./desk-routes.ts";
import { doctorRoutes } from "./doctor-routes.ts";
import type { Door } from "./door.ts";
import { guardEntrance } from "./entrance.ts";
import { eventRoutes } from "./event-routes.ts";
import { eventsRoute } from "./events-route.ts";
import { type OnDiagnostic, onClientError, onFailure } from "./failures.ts";
import { itemRoutes } from "./item-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { listRoutes } from "./list-routes.ts";
import { Live } from "./live.ts";
import { liveRoutes } from "./live-routes.ts";
import { lookupRoutes } from "./lookup-routes.ts";
import { metrics } from "./metrics.ts";
import { answerMissingRoutes } from "./missing-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { qualityRoutes } from "./quality-routes.ts";
import { describeRoutes, referenceRoutes } from "./reference.ts";
import { searchRoutes } from "./search-routes.ts";
import { type Shedding, shedding } from "./shedding.ts";
import { userRoutes } from "./user-routes.ts";
import { validatorCompiler } from "./validation.ts";

export interface Server {
  readonly address: string;
  /** Access, rates, origins and shedding as these settings say, from the next request on. Throws CONFIG_INVALID, and nothing changed. */
  reconfigure(config: Config): void;
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
  /** Who is let in; without it everybody. */
  readonly access?: Access;
  readonly settings?: LiveSettings;
  /** The console is a demo's, and opens in this language. */
  readonly demo?: { readonly language: string } | undefined;
}

export async function startServer(
  engine: Engine,
  config: Config,
  onDiagnostic: OnDiagnostic = () => {},
  options: DoorOptions = {},
): Promise<Server> {
  const doorkeeper = access(config, onDiagnostic);
  const shed = options.shedding ?? shedding(config);
  const app = await httpServer(engine, onDiagnostic, { access: doorkeeper, ...options, shedding: shed });
  const address = await listen(app, config);
  if (!isLoopback(config.host))
    onDiagnostic(`Listening on ${config.host}: keys and answers go unencrypted; put a proxy with TLS in front.`);
  return {
    address,
    reconfigure(changed) {
      doorkeeper.change(changed);
      shed.change(changed);
    },
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
  {
    bounds: given,
    shedding: shed = shedding({ shedAfterMs: 0 }),
    access: doorkeeper,
    settings,
    demo,
  }: DoorOptions = {},
): Promise<FastifyInstance> {
  const bounds = { ...standardBounds, ...given };
  const measured = metrics(engine, shed.counts);
  const live = new Live(engine);
  const mayNameShoppers = (): boolean => doorkeeper?.namesShoppers ?? false;
  const app = fastify({
    serverFactory: boundedServer(bounds, () => measured.countDroppedConnection()),
    return503OnClosing: false,
    frameworkErrors: onFailure(onDiagnostic, mayNameShoppers),
    clientErrorHandler: onClientError,
    // An id of any allowed length: a code unit takes up to nine characters when percent-encoded.
    routerOptions: { maxParamLength: limits.idLengthMax * 9 },
  });
  const bodies = bodyReader(bounds);
  readJsonOnly(app, bodies);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(onFailure(onDiagnostic, mayNameShoppers));
  app.addHook("onRequest", (_request, _reply, done) => {
    shed.arrived();
    done();
  });
  guardEntrance(app, doorkeeper, onDiagnostic);
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    // How long somebody watched is not how long an answer took.
    const isStream = route === "/v1/live" && reply.statusCode === 200;
    if (!isStream) measured.countRequest(route, reply.statusCode, reply.elapsedTime / 1000);
    live.countRequest(route, reply.elapsedTime);
    done();
  });
  sayGoodbye(app);
  answerMissingRoutes(app);
  await describeRoutes(app, version);
  const isLetIn: Door["isLetIn"] = (request) => doorkeeper?.holds(request) ?? true;
  const door: Door = { engine, metrics: measured, shedding: shed, bodies, settings, access: doorkeeper, live, isLetIn };
  for (const routes of [
    eventsRoute,
    eventRoutes,
    listRoutes,
    searchRoutes,
    itemRoutes,
    lookupRoutes,
    qualityRoutes,
    deskRoutes,
    configRoutes,
    keyRoutes,
    doctorRoutes,
    userRoutes,
    operationRoutes,
    liveRoutes,
  ])
    app.register(routes, door);
  app.register(consoleRoutes, { demo });
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
