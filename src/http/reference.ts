/** `/openapi.json` and `/docs`, made from the schemas of the routes; the page asks nothing of the network. */
import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";

const about = `Send what happens to \`POST /v1/events\`; ask \`POST /v1/search\`, \`POST /v1/recommend\` and \`POST /v1/rank\`.
What was acknowledged is in the next answer. Errors have one form and a documented, closed list of codes.`;

/** Before the routes, which it watches being declared. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Liveshelf", version, description: about, license: { name: "MIT" } },
      tags: ["Events", "Search", "Lists", "Catalogue", "Shoppers", "Operations"].map((name) => ({ name })),
    },
  });
}

export async function referenceRoutes(app: FastifyInstance): Promise<void> {
  app.get("/openapi.json", { schema: { hide: true } }, (_request, reply) => {
    reply.send(app.swagger());
  });
  // 4 MB of page: read when the first server starts, not by every command.
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  await app.register(scalar, {
    routePrefix: "/docs",
    configuration: {
      url: "/openapi.json",
      pageTitle: "Liveshelf",
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: "never",
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  });
}
