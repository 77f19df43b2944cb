/** Paths without a call: 404, or 405 with `Allow` where the path exists for other methods. */
import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { sendFailure } from "./failures.ts";

/** Before the routes, which it watches being declared. */
export function answerMissingRoutes(app: FastifyInstance): void {
  const methodsByPath = new Map<string, { readonly fits: RegExp; readonly methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    const fits = new RegExp(`^${url.replaceAll(/[.*]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+")}$`);
    const known = methodsByPath.get(url) ?? { fits, methods: new Set<string>() };
    for (const one of [method].flat()) known.methods.add(one);
    methodsByPath.set(url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0]!;
    const methods = [...methodsByPath.values()]
      .filter(({ fits }) => fits.test(path))
      .flatMap((one) => [...one.methods]);
    if (methods.length === 0) {
      return sendFailure(
        reply,
        new LiveshelfError("NOT_FOUND", `There is no ${path.slice(0, 200)}; /docs lists every call.`),
      );
    }
    reply.header("allow", methods.join(", "));
    const message = `${path} does not take ${request.method}, but ${methods.join(", ")}.`;
    return sendFailure(reply, new LiveshelfError("METHOD_NOT_ALLOWED", message));
  });
}
