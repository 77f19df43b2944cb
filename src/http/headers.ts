/** What every answer tells a browser: take it for what it says it is, keep and pass on nothing. */
import { hash } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";

/** For pages, those of the console too: scripts of this server alone, in nobody's frame. Widths of bars and colours of drawings are styles of elements. */
const pagePolicy = (scripts = ""): string =>
  [
    "default-src 'self'",
    `script-src 'self'${scripts}`,
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** The reference calls its script from the page itself: just that text may run. */
function scriptsOf(page: unknown): string {
  const inline = [...String(page).matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  return inline.map(([, text]) => ` 'sha256-${hash("sha256", text!, "base64")}'`).join("");
}

export function safeHeaders(reply: FastifyReply, isKept: boolean): void {
  reply.header("x-content-type-options", "nosniff");
  reply.header("referrer-policy", "no-referrer");
  if (isKept) return;
  reply.header("cache-control", "no-store");
  // Not as a picture or a script of another site's page either; who may ask by CORS still may.
  reply.header("cross-origin-resource-policy", "same-origin");
}

/** Before the routes, which it watches being declared: those that may answer a page, which no call under /v1 does, look at what they send. */
export function guardPages(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    if (route.url.startsWith("/v1/")) return;
    const before = route.onSend === undefined ? [] : [route.onSend].flat();
    route.onSend = [
      ...before,
      (_request, reply, body, done) => {
        if (String(reply.getHeader("content-type")).startsWith("text/html")) {
          const scripts = route.url.startsWith("/docs") ? scriptsOf(body) : "";
          reply.header("content-security-policy", pagePolicy(scripts));
          reply.header("x-frame-options", "DENY");
          reply.header("cross-origin-opener-policy", "same-origin");
        }
        done(null, body);
      },
    ];
  });
}
