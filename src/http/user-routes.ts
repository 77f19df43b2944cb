import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { writtenExport } from "../user-export.ts";
import { noQuery, userPath, userQuery, userSlatesQuery } from "./api.ts";
import { erasureReceipt, failure, userReport, userSlatesReport } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

const unknown = (user: string): LiveshelfError =>
  new LiveshelfError("USER_UNKNOWN", `Nothing is held of the user "${user}".`);

/** What is held of a shopper, for people and for the shopper, and how it goes. */
export async function userRoutes(plain: FastifyInstance, { engine, shedding }: Door) {
  const app = typed(plain);
  app.addHook("onRequest", letIn(shedding, "query"));

  const getUser = {
    operationId: "getUser",
    tags: ["Shoppers"],
    summary: "What the engine holds of a shopper",
    description:
      "With `export=1` all of it: every item and affinity, what waits in quarantine, and the events in the log.",
    params: userPath,
    querystring: userQuery,
    response: { 200: userReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/users/:user", { schema: getUser }, async (request, reply) => {
    const { user } = request.params;
    if (request.query.export === "1") {
      const written = await writtenExport(engine.exportUser(user));
      if (written === undefined) throw unknown(user);
      return reply.type("application/json; charset=utf-8").send(Readable.from(written) as never);
    }
    const report = engine.user(user);
    if (report === undefined) throw unknown(user);
    return reply.send(report);
  });

  const getUserSlates = {
    operationId: "getUserSlates",
    tags: ["Shoppers"],
    summary: "The lists that a shopper was shown of late, and what came of them",
    description: "As far back as outcomes join them (`attributionWindowMs`), the newest first.",
    params: userPath,
    querystring: userSlatesQuery,
    response: { 200: userSlatesReport, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/users/:user/slates", { schema: getUserSlates }, (request, reply) => {
    const { user } = request.params;
    const report = engine.userSlates(user, request.query.size);
    if (report === undefined) throw unknown(user);
    reply.send(report);
  });

  const eraseUser = {
    operationId: "eraseUser",
    tags: ["Shoppers"],
    summary: "Erases a shopper",
    description:
      "At once out of every answer, and within seconds or minutes out of log, snapshots and what was learned.",
    params: userPath,
    querystring: noQuery,
    response: { 200: erasureReceipt, "4xx": failure, "5xx": failure },
  };
  app.delete("/v1/users/:user", { schema: eraseUser }, async (request, reply) =>
    reply.send(await engine.erase(request.params.user)),
  );
}
