/**
 * Every example in README.md and docs/ is carried out. What a fence says after its language decides how:
 *
 *     ts runnable      type-checked against src and run; `liveshelf` is src/index.ts
 *     json events      each object is taken by core/parse-event.ts
 *     sh               curl commands are sent, in order, to one server for each document; scripts, commands and options are there
 *     json answer      what the command above answers: same keys and kinds, same items, counts and codes
 *     json config      settings
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { program } from "../src/cli/commands.ts";
import { completeConfig } from "../src/config.ts";
import { parseEvent } from "../src/core/parse-event.ts";
import { createEngine } from "../src/engine.ts";
import { startServer } from "../src/http/server.ts";

const root = new URL("..", import.meta.url).pathname;
const documents = [
  "README.md",
  "README.zh-CN.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));

interface Block {
  readonly file: string;
  readonly line: number;
  /** What stands after the three backticks. */
  readonly kind: string;
  readonly text: string;
}

function blocksOf(file: string): Block[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length,
    kind: match[1]!.trim(),
    text: match[2]!,
  }));
}

const all = documents.flatMap(blocksOf);
const of = (kind: string): Block[] => all.filter((block) => block.kind === kind);
const where = ({ file, line }: Block): string => `${file}:${line}`;

test("fences are of the kinds that are known here", () => {
  const known = ["", "ts", "ts runnable", "json", "json events", "json answer", "json config", "sh", "mermaid", "text"];
  expect(all.filter(({ kind }) => !known.includes(kind)).map((block) => `${where(block)} ${block.kind}`)).toEqual([]);
});

test.each(of("json").map((block) => [where(block), block.text]))("%s is JSON", (_, text) => {
  expect(() => JSON.parse(text)).not.toThrow();
});

test.each(of("json config").map((block) => [where(block), block.text]))("%s are settings", (_, text) => {
  expect(() => completeConfig(JSON.parse(text) as Record<string, unknown>)).not.toThrow();
});

test.each(of("json events").map((block) => [where(block), block.text]))("%s are events", (_, text) => {
  const events = objects(text);
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) expect(parseEvent(event, 0).type).toBe((event as { type: string }).type);
});

/** JSON values one after the other, each over one or more lines. */
function objects(text: string): unknown[] {
  const found: unknown[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    open += `${line}\n`;
    if (open.trim() === "") continue;
    try {
      found.push(JSON.parse(open));
      open = "";
    } catch {
      // Goes on in the next line.
    }
  }
  expect(open.trim(), "the last object is not closed").toBe("");
  return found;
}

describe("programs", () => {
  const folder = mkdtempSync(join(tmpdir(), "liveshelf-docs-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const programs = of("ts runnable").map((block, i) => ({ block, file: `example-${i}.ts` }));

  test("fit the types", () => {
    for (const { block, file } of programs) writeFileSync(join(folder, file), block.text);
    const compilerOptions = {
      target: "es2024",
      lib: ["es2024"],
      module: "nodenext",
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      strict: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      paths: { liveshelf: [join(root, "src/index.ts")] },
    };
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: programs.map((p) => p.file) }),
    );
    const { status, stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });

  test.each(programs.map(({ block, file }) => [where(block), file]))("%s runs", (_, file) => {
    const home = join(folder, `run-${file}`);
    mkdirSync(join(home, "node_modules/liveshelf"), { recursive: true });
    writeFileSync(join(home, "package.json"), '{"type":"module"}');
    writeFileSync(join(home, "node_modules/liveshelf/package.json"), '{"type":"module","exports":"./index.js"}');
    const source = pathToFileURL(join(root, "src/index.ts")).href;
    writeFileSync(join(home, "node_modules/liveshelf/index.js"), `export * from ${JSON.stringify(source)};\n`);
    writeFileSync(join(home, file), readFileSync(join(folder, file)));
    const { status, stderr } = spawnSync(process.execPath, [file], { cwd: home, encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});

describe("command lines", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const lines = of("sh").flatMap((block) => block.text.split("\n").map((line) => [where(block), line] as const));

  test.each(lines.filter(([, line]) => line.includes("npm ")))("%s: %s", (_, line) => {
    for (const [, script] of line.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)) expect(scripts).toHaveProperty([script!]);
    const [, name, rest = ""] = /\bliveshelf -- ([\w-]+)([^#]*)/.exec(line) ?? [];
    if (name === undefined) return;
    const command = program().commands.find((one) => one.name() === name);
    expect(command, name).toBeDefined();
    const known = command!.options.map(({ long }) => long);
    for (const [option] of rest.matchAll(/--[\w-]+/g)) expect(known).toContain(option);
  });
});

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** Words of a shell line: single and double quotes, nothing else of the shell. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare!,
  );
}

function curlCall(line: string): Call {
  const words = shellWords(line).slice(1);
  const headers: Record<string, string> = {};
  let [method, url, body]: [string | undefined, string | undefined, string | undefined] = [
    undefined,
    undefined,
    undefined,
  ];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "-X") method = words[++i];
    else if (word === "-H") {
      const [name, value] = words[++i]!.split(/:\s*/, 2) as [string, string];
      headers[name.toLowerCase()] = value;
    } else if (word === "-d" || word === "--data-binary") body = words[++i];
    else if (word === "--json") {
      body = words[++i];
      headers["content-type"] = "application/json";
    } else if (!/^-[sSif]+$/.test(word)) url = word;
  }
  expect(url, `no address in: ${line}`).toMatch(/^(?:http:\/\/)?localhost:7700\//);
  const path = url!.replace(/^(?:http:\/\/)?localhost:7700/, "");
  return { method: method ?? (body === undefined ? "GET" : "POST"), path, headers, body };
}

/** The curl commands of a block, each on one line after its continuations are joined (also inside quotes). */
function curlCalls({ text }: Block): Call[] {
  const lines = text.replaceAll(/\\\n\s*/g, " ").replaceAll(/'[^']*'/g, (quoted) => quoted.replaceAll(/\n\s*/g, "\n"));
  const commands: string[] = [];
  for (const line of lines.split("\n")) {
    const open = commands.at(-1);
    if (open !== undefined && (open.match(/'/g)?.length ?? 0) % 2 === 1)
      commands[commands.length - 1] = `${open}\n${line}`;
    else commands.push(line);
  }
  return commands.filter((line) => line.startsWith("curl ")).map(curlCall);
}

/** Values that a document shows as they are, and so are JSON pointers; of others only the kind counts. */
const exact = new Set([
  "item",
  "position",
  "accepted",
  "duplicates",
  "index",
  "code",
  "field",
  "removed",
  "ready",
  "ok",
  "name",
]);

/** Where `actual` lacks what `shown` shows. “…” as the last entry of a list stands for any more. */
function differences(shown: unknown, actual: unknown, at = ""): string[] {
  const kind = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);
  if (kind(shown) !== kind(actual)) return [`${at} is ${kind(actual)}, not ${kind(shown)}`];
  if (Array.isArray(shown)) {
    const given = actual as unknown[];
    const isOpen = shown.at(-1) === "…";
    const entries = isOpen ? shown.slice(0, -1) : shown;
    if (isOpen ? given.length < entries.length : given.length !== entries.length)
      return [`${at} has ${given.length} entries, not ${entries.length}`];
    return entries.flatMap((one, i) => differences(one, given[i], `${at}/${i}`));
  }
  if (typeof shown === "object" && shown !== null) {
    return Object.entries(shown).flatMap(([key, value]) => {
      const given = (actual as Record<string, unknown>)[key];
      if (given === undefined) return [`${at}/${key} is missing`];
      const isExact = exact.has(key) || (typeof value === "string" && value.startsWith("/"));
      if (isExact && typeof value !== "object" && value !== given && value !== "…")
        return [`${at}/${key} is ${JSON.stringify(given)}, not ${JSON.stringify(value)}`];
      return differences(value, given, `${at}/${key}`);
    });
  }
  return [];
}

describe.each(documents.filter((file) => blocksOf(file).some((block) => curlCalls(block).length > 0)))("%s", (file) => {
  test("every command is answered as shown", async () => {
    const engine = await createEngine({ tickMs: 0 });
    const server = await startServer(engine, completeConfig({ port: 0, shedAfterMs: 0 }));
    try {
      let last: { readonly place: string; readonly status: number; readonly text: string } | undefined;
      for (const block of blocksOf(file)) {
        if (block.kind === "sh") {
          for (const { method, path, headers, body } of curlCalls(block)) {
            const options = body === undefined ? { method, headers } : { method, headers, body };
            const response = await fetch(`${server.address}${path}`, options);
            last = { place: `${where(block)} ${method} ${path}`, status: response.status, text: await response.text() };
            expect(last.status, `${last.place}: ${last.text}`).not.toBe(500);
          }
        }
        if (block.kind !== "json answer") continue;
        expect(last, `${where(block)} follows no command`).toBeDefined();
        const { place, status, text } = last!;
        const shown = JSON.parse(block.text) as object;
        const actual = JSON.parse(text) as object;
        expect(differences(shown, actual), `${place} answered ${status} ${text}`).toEqual([]);
      }
    } finally {
      await server.close();
      await engine.close();
    }
  });
});
