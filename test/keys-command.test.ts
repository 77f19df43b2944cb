/** `liveshelf keys`, and a server that knows the keys it made. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { accessKeys, keyDigest } from "../src/access-keys.ts";

const main = new URL("../src/cli/main.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "liveshelf-keys-"));
const running: ChildProcess[] = [];
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LIVESHELF_")));
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

function liveshelf(args: readonly string[], env: Record<string, string> = {}) {
  const options = { encoding: "utf8", env: { ...environment, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout, stderr };
}

let file: string;
let count = 0;
beforeEach(() => {
  file = join(folder, `settings-${count++}.json`);
});

interface Settings {
  readonly port?: number;
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}
const settings = (): Settings => JSON.parse(readFileSync(file, "utf8")) as Settings;

describe("add", () => {
  test("prints a key once; the file holds its hash and nobody else may read it", () => {
    writeFileSync(file, '{"port": 7700}');
    const { status, stdout, stderr } = liveshelf([
      "keys",
      "add",
      "--config",
      file,
      "--name",
      "shop",
      "--scopes",
      "events,query",
    ]);
    const key = stdout.trim();
    expect([status, key]).toEqual([0, expect.stringMatching(/^ls_[\w-]{43}$/)]);
    expect(settings()).toEqual({
      port: 7700,
      keys: [{ name: "shop", scopes: ["events", "query"], sha256: keyDigest(key) }],
    });
    expect(readFileSync(file, "utf8") + stderr).not.toContain(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  test("makes another key each time, for everything unless it is said what", () => {
    const made = [1, 2].map(() => JSON.parse(liveshelf(["keys", "add", "--config", file, "--json"]).stdout) as object);
    expect(made).toMatchObject([
      { name: "key-1", scopes: ["admin"] },
      { name: "key-2", scopes: ["admin"] },
    ]);
    expect(new Set(settings().keys.map(({ sha256 }) => sha256)).size).toBe(2);
  });

  test("keeps to a key file where one is named, behind a link too, and hashes what stood there as it is", () => {
    const target = join(folder, "target.txt");
    writeFileSync(target, "first-key-of-the-shop:query");
    const link = join(folder, "link.txt");
    symlinkSync(target, link);
    const { stdout } = liveshelf(["keys", "add", "--file", link, "--name", "second", "--expires", "2027-01-01"]);
    const text = readFileSync(target, "utf8");
    expect(text).not.toContain("first-key-of-the-shop");
    expect(accessKeys(text, "")).toEqual([
      { name: "key-1", scopes: ["query"], sha256: keyDigest("first-key-of-the-shop") },
      { name: "second", scopes: ["admin"], sha256: keyDigest(stdout.trim()), expires: "2027-01-01T00:00:00.000Z" },
    ]);
  });
});

test("list and remove go by names, and show no key and no whole hash", () => {
  for (const name of ["a", "b"]) liveshelf(["keys", "add", "--config", file, "--name", name]);
  const hashes = settings().keys.map(({ sha256 }) => String(sha256));
  const listed = liveshelf(["keys", "list", "--config", file]);
  expect(listed.stdout).toMatch(/^name +scopes +sha256 +expires\na +admin/);
  for (const hash of hashes) expect(listed.stdout).not.toContain(hash);
  expect(liveshelf(["keys", "remove", "--config", file, "--name", "a"]).status).toBe(0);
  expect(settings().keys).toMatchObject([{ name: "b", sha256: hashes[1] }]);
  expect(JSON.parse(liveshelf(["keys", "list", "--config", file, "--json"]).stdout)).toMatchObject({
    keys: [{ name: "b" }],
  });
});

test.each<[string, string[], number, string]>([
  ["without a file", ["add"], 2, "--config FILE or --file FILE"],
  ["with a scope that is unknown", ["add", "--config", "FILE", "--scopes", "evnts"], 2, '"events"'],
  ["with a name that is taken", ["add", "--config", "FILE", "--name", "taken"], 2, "already"],
  ["with a time that is none", ["add", "--config", "FILE", "--expires", "soon"], 2, "2027-01-01"],
  ["of a name that nobody has", ["remove", "--config", "FILE", "--name", "other"], 2, '"taken"'],
  ["of something else", ["rotate", "--config", "FILE"], 2, "add, list or remove"],
])("keys %s fails, says why and leaves the file as it was", (_name, args, status, says) => {
  liveshelf(["keys", "add", "--config", file, "--name", "taken"]);
  const before = readFileSync(file, "utf8");
  const failed = liveshelf(["keys", ...args.map((one) => (one === "FILE" ? file : one))]);
  expect([failed.status, failed.stderr]).toEqual([status, expect.stringContaining(says)]);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("a server knows the keys of all places, those of the file as they are now, and import comes with one", async () => {
  const keysFile = join(folder, "served.txt");
  const inFile = liveshelf(["keys", "add", "--file", keysFile, "--name", "file"]).stdout.trim();
  const inSettings = liveshelf([
    "keys",
    "add",
    "--config",
    file,
    "--name",
    "settings",
    "--scopes",
    "query",
  ]).stdout.trim();
  const env = { ...environment, LIVESHELF_KEYS_FILE: keysFile, LIVESHELF_SHED_AFTER_MS: "0" };
  const child = spawn(process.execPath, [main, "serve", "--port", "0", "--config", file], { env });
  running.push(child);
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const address = String((await lines.next()).value).replace("listening on ", "");
  const status = async (key: string | undefined, path = "/v1/items") =>
    (await fetch(`${address}${path}`, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await Promise.all([undefined, inFile, inSettings].map((key) => status(key)))).toEqual([401, 200, 200]);
  expect(await status(inSettings, "/v1/models")).toBe(403);

  const events = join(folder, "events.jsonl");
  writeFileSync(events, '{"type":"item","item":"p-1"}\n');
  const refused = liveshelf(["import", "--server", address, events]);
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining("UNAUTHORIZED")]);
  expect(liveshelf(["import", "--server", address, events], { LIVESHELF_SERVER_KEY: inFile }).status).toBe(0);
  const keyFile = join(folder, "key.txt");
  writeFileSync(keyFile, `${inFile}\n`);
  expect(liveshelf(["import", "--server", address, "--key-file", keyFile, events]).status).toBe(0);

  const config = await (await fetch(`${address}/v1/config`, { headers: { authorization: `Bearer ${inFile}` } })).text();
  expect(config).toContain('"keys"');
  for (const secret of [inFile, inSettings, keyDigest(inSettings)]) expect(config).not.toContain(secret);
  // Another key in the settings, and word that they changed.
  liveshelf(["keys", "remove", "--config", file, "--name", "settings"]);
  const newer = liveshelf(["keys", "add", "--config", file, "--name", "newer"]).stdout.trim();
  const told = new Promise<void>((resolve) => {
    child.stderr.on("data", () => {
      if (said.includes("settings were read again")) resolve();
    });
  });
  child.kill("SIGHUP");
  await told;
  expect(await Promise.all([inFile, inSettings, newer].map((key) => status(key)))).toEqual([200, 401, 200]);

  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
  expect(said).toContain("/v1/models");
  for (const key of [inFile, inSettings, newer]) expect(said).not.toContain(key);
});
