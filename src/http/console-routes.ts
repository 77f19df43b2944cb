/** The console at `/`: plain files, made by `npm run build:console` and handed out as they are; it speaks the same API as anybody. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const folder = new URL("../../console/built/", import.meta.url);
const mediaTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
};

const compress = promisify(gzip);

export interface ConsoleOptions {
  /** The page is told that this is a demo, which it shows around in, and the language that it opens in. */
  readonly demo?: { readonly language: string } | undefined;
}

export async function consoleRoutes(app: FastifyInstance, { demo }: ConsoleOptions) {
  // Left out by who packs the engine alone: the API is there all the same.
  if (!existsSync(folder)) return;
  const page = answer(
    "index.html",
    // The words that the page is told of are chosen by it.
    "accept-encoding, accept-language",
    demo && ((text) => text.replace('<html lang="en">', `<html lang="${demo.language}" data-demo>`)),
  );
  app.get("/", { schema: { hide: true } }, (request, reply) => {
    const words = wordsFor(demo?.language ?? request.headers["accept-language"]);
    reply.header("link", `<./console/${words}>; rel=preload; as=fetch; crossorigin`);
    return page(request, reply);
  });
  for (const name of readdirSync(new URL("console/", folder)))
    app.get(`/console/${name}`, { schema: { hide: true } }, answer(`console/${name}`, "accept-encoding"));
}

/** The messages that the page is about to ask for, unless another language was chosen in this browser: it need not wait for the scripts to learn which. */
const wordsFor = (languages = ""): string => (/^zh\b/i.test(languages) ? "zh-Hans.json" : "en.json");

/** A file is read when it is first asked for. Browsers ask each time whether it changed: after an upgrade no old part meets a new one. `vary`: what answers differ by. */
function answer(path: string, vary: string, change?: (text: string) => string) {
  const type = mediaTypes[extname(path)] ?? "application/octet-stream";
  let made: Promise<{ readonly bytes: Buffer; readonly packed: Buffer; readonly tag: string }> | undefined;
  const read = async () => {
    const file = readFileSync(new URL(path, folder));
    const bytes = change === undefined ? file : Buffer.from(change(file.toString()));
    const tag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    return { bytes, packed: await compress(bytes), tag };
  };
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { bytes, packed, tag } = await (made ??= read());
    reply.header("etag", tag).header("cache-control", "no-cache").header("vary", vary);
    reply.type(type);
    if (request.headers["if-none-match"] === tag) return reply.code(304).send();
    if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return reply.send(bytes);
    return reply.header("content-encoding", "gzip").send(packed);
  };
}
