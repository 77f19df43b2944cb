/** Access keys that are listed, made and withdrawn by calls. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { keyDigest } from "../../src/access-keys.ts";
import { liveSettings } from "../../src/cli/live-settings.ts";
import { limits } from "../../src/core/limits.ts";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { access } from "../../src/http/access.ts";
import { httpServer } from "../../src/http/server.ts";

const folder = mkdtempSync(join(tmpdir(), "liveshelf-keys-api-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

let engine: Engine;
let app: FastifyInstance;
let said: string[] = [];
afterEach(async () => {
  await app.close();
  await engine.close();
  said = [];
});

async function serve(config: string | undefined, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  engine = await createEngine({ tickMs: 0 });
  const say = (message: string) => void said.push(message);
  const live = liveSettings(config, {}, engine, (changed) => doorkeeper.change(changed), environment);
  const doorkeeper = access(live.config, say);
  app = await httpServer(engine, say, { access: doorkeeper, settings: live });
}

interface Listed {
  readonly name: string;
  readonly removable: boolean;
  readonly yours: boolean;
}

interface Said {
  readonly error?: { readonly code: string; readonly message: string };
  readonly key?: string;
  readonly closed?: string;
  readonly keys?: readonly Listed[];
}

async function ask(method: "GET" | "POST" | "DELETE", name = "", key?: string, payload?: object) {
  const options: InjectOptions = { method, url: `/v1/keys${name && `/${name}`}`, ...(payload && { payload }) };
  if (key !== undefined) options.headers = { authorization: `Bearer ${key}` };
  const answer = await app.inject(options);
  return { status: answer.statusCode, body: answer.body, ...(answer.json() as Said) };
}

const fileWith = (content: unknown): string => {
  const path = join(folder, `file-${files++}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};
const names = ({ keys = [] }: Said): string[] => keys.map(({ name }) => name);

describe("in the file of settings", () => {
  test("the first key locks the server and has to open everything; it is shown once and kept as its hash, beside the other settings", async () => {
    const file = fileWith({ shedAfterMs: 500 });
    await serve(file);
    expect(await ask("GET")).toMatchObject({ status: 200, keys: [] });
    const small = await ask("POST", "", undefined, { name: "shop", scopes: ["query"] });
    expect([small.status, small.error?.message]).toEqual([400, expect.stringContaining('must have the scope "admin"')]);
    const { status, key } = await ask("POST", "", undefined, { name: "operations", scopes: ["admin"] });
    expect([status, key]).toEqual([200, expect.stringMatching(/^ls_[\w-]{43}$/)]);
    expect((await ask("GET")).status).toBe(401);
    const listed = await ask("GET", "", key);
    expect(listed.keys).toMatchObject([{ name: "operations", scopes: ["admin"], removable: true, yours: true }]);
    expect(listed.body + said.join()).not.toContain(key);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      shedAfterMs: 500,
      keys: [{ name: "operations", scopes: ["admin"], sha256: keyDigest(key!) }],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  test("a key opens what it says from the next call on, and nothing once it is withdrawn; each call leaves a line", async () => {
    await serve(fileWith({}));
    const { key: admin } = await ask("POST", "", undefined, { name: "operations" });
    const { key } = await ask("POST", "", admin, {
      name: "shop front",
      scopes: ["events", "query"],
      expires: "2100-01-01",
    });
    const search = async () =>
      (await app.inject({ url: "/v1/items", headers: { authorization: `Bearer ${key}` } })).statusCode;
    expect([await search(), (await ask("GET", "", key)).error?.code]).toEqual([200, "FORBIDDEN"]);
    expect(await ask("DELETE", "shop%20front", admin)).toMatchObject({ status: 200, removed: "shop front", left: 1 });
    expect(await search()).toBe(401);
    const lines = said.filter((line) => line.startsWith("admin call"));
    expect(lines).toEqual([
      expect.stringContaining("POST /v1/keys with nobody's key"),
      expect.stringContaining('POST /v1/keys with "operations"'),
      expect.stringContaining('GET /v1/keys with "shop front" from 127.0.0.1: 403'),
      expect.stringContaining('DELETE /v1/keys/:name with "operations"'),
    ]);
  });

  test("the last key for everything stays, as does one that nobody knows, and a name is given once", async () => {
    await serve(fileWith({}));
    const { key } = await ask("POST", "", undefined, { name: "operations" });
    await ask("POST", "", key, { name: "gone", scopes: ["admin"], expires: "2020-01-01" });
    const refusals = [
      await ask("DELETE", "operations", key),
      await ask("DELETE", "nobody", key),
      await ask("POST", "", key, { name: "operations" }),
      await ask("POST", "", key, { name: "a/b" }),
      await ask("POST", "", key, { name: "x", scopes: ["all"] }),
      await ask("POST", "", key, { name: "x", expires: "soon" }),
    ];
    expect(refusals.map(({ status, error }) => [status, error?.code])).toEqual([
      [400, "CONFIG_INVALID"],
      [404, "NOT_FOUND"],
      [400, "CONFIG_INVALID"],
      [400, "CONFIG_INVALID"],
      [400, "REQUEST_MALFORMED"],
      [400, "CONFIG_INVALID"],
    ]);
    expect(names(await ask("GET", "", key))).toEqual(["operations", "gone"]);
  });

  test("takes no more keys than a server holds", async () => {
    const many = Array.from({ length: limits.accessKeysMax }, (_, i) => ({
      name: `k-${i}`,
      scopes: ["admin"],
      sha256: keyDigest(`a-key-of-its-own-${i}`),
    }));
    await serve(fileWith({ keys: many }));
    const { error } = await ask("POST", "", "a-key-of-its-own-7", { name: "one more" });
    expect(error).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining("At most 100") });
  });
});

describe("in a file of keys", () => {
  test("they are made and withdrawn there; its last one stays, and one of the settings is withdrawn in the settings", async () => {
    const keysFile = fileWith("a-key-in-a-file-of-keys");
    const key = "a-key-of-the-settings";
    await serve(fileWith({ keysFile, keys: [{ name: "fixed", scopes: ["admin"], sha256: keyDigest(key) }] }));
    await ask("POST", "", key, { name: "second", scopes: ["metrics"] });
    expect((await ask("GET", "", key)).keys).toMatchObject([
      { name: "fixed", removable: false },
      { name: "key-1", removable: true },
      { name: "second", removable: true },
    ]);
    expect(readFileSync(keysFile, "utf8")).not.toContain("a-key-in-a-file-of-keys");
    expect((await ask("DELETE", "key-1", key)).status).toBe(200);
    expect((await ask("DELETE", "second", key)).error?.message).toContain("the last key of its file");
    expect((await ask("DELETE", "fixed", key)).error?.message).toContain("stands in the settings");
  });
});

describe("a server that has no file for them", () => {
  test("lists its keys and says what to do", async () => {
    const key = "a-key-of-the-environment";
    await serve(fileWith({}), { LIVESHELF_KEYS: key });
    const { keys, closed } = await ask("GET", "", key);
    expect([keys?.[0]?.removable, closed]).toEqual([false, expect.stringContaining("LIVESHELF_KEYS_FILE")]);
    for (const refused of [await ask("POST", "", key, { name: "one" }), await ask("DELETE", "key-1", key)])
      expect(refused.error).toEqual({ code: "CONFIG_INVALID", message: closed });
  });

  test("whether it was started without one, or by a program", async () => {
    await serve(undefined);
    expect((await ask("GET")).closed).toContain("--config FILE");
    const bare = await httpServer(engine);
    try {
      const { closed } = (await bare.inject("/v1/keys")).json() as Said;
      expect(closed).toContain("the program that started it");
    } finally {
      await bare.close();
    }
  });
});
