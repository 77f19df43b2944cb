import type { FastifyInstance, HTTPMethods } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { failure } from "./api-answers.ts";

const later: readonly (readonly [method: HTTPMethods, url: string, what: string])[] = [
  ["DELETE", "/v1/users/:user", "Erasing a shopper"],
  ["GET", "/v1/events/:id", "Asking what became of an event"],
];

/** Calls whose place is fixed and whose work is still to come: they answer 501. */
export async function laterRoutes(app: FastifyInstance) {
  for (const [method, url, what] of later) {
    const schema = { tags: ["Later"], summary: `${what} (a later release)`, response: { "5xx": failure } };
    app.route({
      method,
      url,
      schema,
      handler: () => {
        throw new LiveshelfError("NOT_IMPLEMENTED", `${what} comes with a later release.`);
      },
    });
  }
}
