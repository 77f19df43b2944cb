import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { settingReports } from "../effective-settings.ts";
import { noQuery } from "./api.ts";
import { effectiveSettings, failure, reconfigured } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { typed } from "./typed.ts";

/** The settings that hold, and reading them again. */
export async function configRoutes(plain: FastifyInstance, { engine, settings }: Door) {
  const app = typed(plain);

  const getConfig = {
    operationId: "getConfig",
    tags: ["Operations"],
    summary: "The settings that hold, and where each comes from",
    querystring: noQuery,
    response: { 200: effectiveSettings, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/config", { schema: getConfig }, (_request, reply) => {
    if (settings !== undefined) return void reply.send(settings.report());
    const { rebuild } = engine.status();
    reply.send({ settings: settingReports(engine.settings(), {}), ...(rebuild === undefined ? {} : { rebuild }) });
  });

  const reload = {
    operationId: "reloadConfig",
    tags: ["Operations"],
    summary: "Reads file and environment again; answers what changes, and what is folded anew for it",
    querystring: noQuery,
    response: { 200: reconfigured, "4xx": failure, "5xx": failure },
  };
  app.post("/v1/config/reload", { schema: reload }, async () => {
    if (settings !== undefined) return settings.reload();
    const mend = "change them by reconfigure() in the program that has the engine";
    throw new LiveshelfError(
      "CONFIG_INVALID",
      `This server's settings come from no file that could be read again: ${mend}.`,
    );
  });
}
