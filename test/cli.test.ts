/** The command line as users run it: exit status, standard output, and what ends up in the data folder. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { comparison } from "../src/cli/demo-comparison.ts";
import { value } from "../src/cli/item-rows.ts";
import { line } from "../src/cli/progress.ts";
import { readSettings } from "../src/cli/settings.ts";
import { table } from "../src/cli/table.ts";
import { random } from "../src/core/random.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { simulatedShoppers } from "../src/simulator/shoppers.ts";
import { main, start } from "./real/processes.ts";

const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "liveshelf-cli-"));
const running: ChildProcess[] = [];

// Settings of the machine that runs the tests must not reach the commands.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LIVESHELF_")));

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

function liveshelf(args: readonly string[], { input, env }: { input?: string; env?: Record<string, string> } = {}) {
  const options = {
    encoding: "utf8",
    env: { ...environment, ...env },
    ...(input === undefined ? {} : { input }),
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  return { status, stdout, stderr, lastLine: stdout.trimEnd().split("\n").at(-1)! };
}

/** Starts a server; answers its address and how to stop it. */
async function serving(...args: string[]) {
  const { child, kill } = start([main, "serve", "--port", "0", ...args], { env: { LIVESHELF_SHED_AFTER_MS: "0" } });
  running.push(child);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const first = (await lines.next()).value as string;
  return {
    address: first.replace("listening on ", ""),
    first,
    async stop(signal: NodeJS.Signals = "SIGTERM") {
      const { status } = await kill(signal);
      const more = await lines.next();
      return { status, printedMore: !more.done };
    },
  };
}

let files = 0;
function file(content: string | Buffer, name = "events.jsonl"): string {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
}
function dataFolder(): string {
  const path = join(folder, `${files++}-data`);
  mkdirSync(path);
  return path;
}
const jsonl = (events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const item = (id: string, fields = {}) => ({ type: "item", item: id, fields });
const click = (id: string, user: string) => ({ type: "outcome", action: "click", item: id, user });
const inspected = (data: string, ...what: string[]) =>
  JSON.parse(liveshelf(["inspect", ...what, "--data", data, "--json"]).lastLine);

describe("wrong use ends with 2 and says what is right", () => {
  test.each([
    ["an unknown command", ["serv"], "serve"],
    ["an unknown option", ["serve", "--prot", "1"], "--port"],
    ["a port that is none", ["serve", "--port", "x"], "whole number"],
    ["no destination", ["import", "x.jsonl"], "--data"],
    ["two destinations", ["import", "x.jsonl", "--data", "d", "--server", "http://x"], "--server"],
    ["no data folder", ["export"], "--data"],
    ["an unknown kind", ["inspect", "usr", "u-1", "--data", "d"], "user U"],
    ["an address for all the world", ["serve", "--host", "0.0.0.0", "--port", "0"], "ADDRESS_REFUSED"],
    ["a time that is none", ["evaluate", "x.jsonl", "--from", "yesterday"], "ISO 8601"],
  ])("%s", (_name, args, says) => {
    const { status, stderr, stdout } = liveshelf(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("the version and help are no failure", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(liveshelf(["--version"])).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(liveshelf(["import", "--help"]).status).toBe(0);
  });
});

describe("settings", () => {
  const config = file('{"port": 1111, "seed": 5, "attributionWindowMs": "2 d"}', "config.json");

  test("file < environment < flag", () => {
    expect(readSettings(config, {}, {})).toMatchObject({ port: 1111, seed: 5, attributionWindowMs: 172_800_000 });
    expect(readSettings(config, {}, { LIVESHELF_PORT: "2222" })).toMatchObject({ port: 2222, seed: 5 });
    expect(readSettings(config, { port: 3333 }, { LIVESHELF_PORT: "2222" })).toMatchObject({ port: 3333 });
  });

  test("a variable may name a file that holds its value, but not both", () => {
    const secret = file("4444\n", "secret");
    expect(readSettings(undefined, {}, { LIVESHELF_PORT_FILE: secret })).toMatchObject({ port: 4444 });
    const both = { LIVESHELF_PORT_FILE: secret, LIVESHELF_PORT: "1" };
    expect(() => readSettings(undefined, {}, both)).toThrow("leave one out");
  });

  test("an unknown key names the nearest", () => {
    const wrong = file('{"prot": 1}', "config.json");
    expect(() => readSettings(wrong, {}, {})).toThrow('"port"');
    expect(() => readSettings(undefined, {}, { LIVESHELF_SEAD: "1" })).toThrow("LIVESHELF_SEED");
    const { status, stderr } = liveshelf(["serve", "--config", wrong, "--port", "0"]);
    expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
    expect(stderr).toMatch(/^error CONFIG_INVALID: .* \(\/prot\)$/m);
  });
});

describe("import", () => {
  test("events from files, packed files and standard input, in order", () => {
    const data = dataFolder();
    const first = file(jsonl([item("p-1", { title: "first" })]));
    const packed = file(gzipSync(jsonl([item("p-1", { title: "second" })])), "events.jsonl.gz");
    const { status, lastLine } = liveshelf(["import", first, packed, "-", "--data", data, "--json"], {
      input: jsonl([item("p-1", { brand: "Acme" }), click("p-1", "u-1")]).trimEnd(),
    });
    expect(status).toBe(0);
    expect(JSON.parse(lastLine)).toEqual({ accepted: 4, duplicates: 0, rejected: 0, removed: 0 });
    const report = JSON.stringify(inspected(data, "item", "p-1"));
    expect(report).toContain("second");
    expect(report).toContain("Acme");
  });

  test("a bad line is reported with file and line, counted, and not in the way", () => {
    const data = dataFolder();
    const path = file(`${jsonl([item("p-1")])}{"broken\n\n${jsonl([{ type: "itm" }, item("p-2")])}`);
    const { status, stdout, stderr } = liveshelf(["import", path, "--data", data]);
    expect([status, stdout]).toEqual([1, "2 accepted, 0 duplicates, 2 rejected\n"]);
    expect(stderr).toContain(`${path}:2: EVENT_MALFORMED`);
    expect(stderr).toContain(`${path}:4: EVENT_MALFORMED`);
  });

  test("a line without end is not kept in memory, and is refused alone", () => {
    const data = dataFolder();
    const path = file(`${JSON.stringify(item("p-1", { text: "x".repeat(3_000_000) }))}\n${jsonl([item("p-2")])}`);
    const { status, stderr, lastLine } = liveshelf(["import", path, "--data", data, "--json"]);
    expect([status, JSON.parse(lastLine).accepted]).toEqual([1, 1]);
    expect(stderr).toContain(`${path}:1: EVENT_TOO_LARGE`);
  });

  test("a file that cannot be read fails with one line", () => {
    const data = dataFolder();
    const broken = file(gzipSync(jsonl([item("p-1")])).subarray(0, 30), "events.jsonl.gz");
    for (const path of [join(folder, "nowhere.jsonl"), broken]) {
      const { status, stderr } = liveshelf(["import", path, "--data", data]);
      expect([status, stderr]).toEqual([1, expect.stringMatching(/^error FILE_MALFORMED: Cannot read .*\n$/)]);
    }
  });

  test("items from CSV, by column names", () => {
    const data = dataFolder();
    const path = file(
      '\uFEFFsku,title,category,tags,price,inStock,gtin\np-1,"Scarf, red",Clothing > Scarves,wool|winter,19.9,true,0123\np-2,1984,,,5,no,\n,x,,,,,\n',
      "items.csv",
    );
    const { status, stderr, lastLine } = liveshelf([
      "import",
      "--items",
      "--id",
      "sku",
      path,
      "--data",
      data,
      "--json",
    ]);
    expect([status, JSON.parse(lastLine).accepted]).toEqual([1, 2]);
    expect(stderr).toContain(`${path}:4: EVENT_MALFORMED`);
    const events = exported(data).filter(({ type }) => type === "item");
    expect(events.map(({ fields }) => fields)).toEqual([
      {
        ...{ title: "Scarf, red", category: ["Clothing", "Scarves"], tags: ["wool", "winter"] },
        ...{ price: 19.9, inStock: true, gtin: "0123" },
      },
      { title: "1984", category: null, tags: null, price: 5, inStock: false, gtin: null },
    ]);
  });

  test("a missing id column is named", () => {
    const path = file("sku,title\np-1,x\n", "items.csv");
    const { status, stderr } = liveshelf(["import", "--items", path, "--data", dataFolder()]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("sku, title")]);
  });

  test("--sync removes what the files lack, but nothing when a line was refused", () => {
    const data = dataFolder();
    liveshelf(["import", file(jsonl([item("p-1"), item("p-2"), item("p-3")])), "--data", data]);
    const faulty = file(`${jsonl([item("p-1")])}{`);
    const refused = liveshelf(["import", "--sync", faulty, "--data", data, "--json"]);
    expect([refused.status, JSON.parse(refused.lastLine).removed]).toEqual([1, 0]);
    const fine = liveshelf(["import", "--sync", file(jsonl([item("p-1")])), "--data", data, "--json"]);
    expect([fine.status, JSON.parse(fine.lastLine).removed]).toEqual([0, 2]);
    const empty = liveshelf(["import", "--sync", file(""), "--data", data]);
    expect([empty.status, empty.stderr]).toEqual([1, expect.stringContaining("remove them all")]);
  });
});

function exported(data: string, ...more: string[]): { type: string; fields?: object }[] {
  const { stdout } = liveshelf(["export", "--data", data, ...more]);
  return stdout.split("\n").flatMap((text) => (text === "" ? [] : [JSON.parse(text)]));
}

describe("a data folder", () => {
  const data = dataFolder();
  const count = 3000;

  test("gives back its log, whole and from an offset, fit to be imported again", () => {
    const events = Array.from({ length: count }, (_, i) => ({ ...click(`p-${i % 50}`, `u-${i % 9}`), time: 1e12 + i }));
    liveshelf(["import", file(jsonl(events)), "--data", data]);
    const whole = liveshelf(["export", "--data", data]);
    expect(exported(data).slice(0, count)).toMatchObject(events);
    expect(exported(data, "--from", "2990").slice(0, 10)).toMatchObject(events.slice(2990));
    const again = liveshelf(["import", "-", "--data", dataFolder(), "--json"], { input: whole.stdout });
    expect(JSON.parse(again.lastLine)).toMatchObject({ accepted: count, rejected: 0 });
  });

  test("exports one shopper's own, and an import forgets whom its file says was erased", () => {
    const own = JSON.parse(liveshelf(["export", "--data", data, "--user", "u-1"]).lastLine);
    expect([own.user, own.known, own.events.length]).toEqual(["u-1", true, Math.ceil((count - 1) / 9)]);
    const other = dataFolder();
    const events = [click("p-1", "u-1"), click("p-2", "u-2"), { type: "erase", user: "u-1", time: 0, receivedAt: 0 }];
    liveshelf(["import", file(jsonl([...events, click("p-3", "u-2")])), "--data", other]);
    expect(exported(other).map(({ type }) => type)).toEqual(["outcome", "outcome", "erase", "outcome"]);
    const gone = liveshelf(["export", "--data", other, "--user", "u-1"]);
    expect([gone.status, gone.stderr]).toEqual([1, expect.stringContaining("USER_UNKNOWN")]);
  });

  test("replays to the same state", () => {
    const { status, lastLine, stderr } = liveshelf(["replay", "--verify", "--data", data, "--json"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(lastLine)).toMatchObject({ verified: true, checksum: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test("is inspected", () => {
    expect(inspected(data)).toBeTypeOf("object");
    expect(JSON.stringify(inspected(data, "user", "u-1"))).toContain("p-");
    expect(inspected(data, "event", "e-never")).toMatchObject({ event: "e-never", known: false });
  });
});

describe("serve", () => {
  test("prints one line, takes imports, stops at a signal, and remembers", async () => {
    const data = dataFolder();
    const server = await serving("--data", data);
    expect(server.first).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+$/);
    // Not awaited as a process of its own: the server must go on answering meanwhile.
    const args = [
      main,
      "import",
      file(jsonl([item("p-1"), item("p-2"), click("p-1", "u-1")])),
      "--server",
      server.address,
    ];
    const importing = spawn(process.execPath, args, { env: environment });
    expect((await once(importing, "exit"))[0]).toBe(0);
    const sync = [main, "import", "--sync", file(jsonl([item("p-1")])), "--server", server.address];
    expect((await once(spawn(process.execPath, sync, { env: environment }), "exit"))[0]).toBe(0);
    expect(await (await fetch(`${server.address}/v1/items`)).text()).toBe('{"item":"p-1"}\n');
    expect(await server.stop()).toEqual({ status: 0, printedMore: false });
    expect(exported(data).map(({ type }) => type)).toEqual(["item", "item", "outcome", "item", "item-removed"]);
    const again = await serving("--data", data);
    const locked = liveshelf(["import", file(jsonl([item("p-9")])), "--data", data]);
    expect([locked.status, locked.stderr]).toEqual([1, expect.stringContaining("error FOLDER_IN_USE")]);
    expect(exported(data).length).toBe(5);
    const { recent } = (await (await fetch(`${again.address}/v1/users/u-1`)).json()) as { recent: { item: string }[] };
    expect(recent[0]!.item).toBe("p-1");
    expect((await again.stop("SIGINT")).status).toBe(0);
  });

  test("a server that is not there is an error of one line", () => {
    const { status, stderr } = liveshelf(["import", file(jsonl([item("p-1")])), "--server", "http://127.0.0.1:1"]);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^error NOT_READY: Cannot reach .*\n$/)]);
  });
});

describe("evaluations", () => {
  const shop = simulatedShop({ seed: 3, items: 60, shoppers: 20 });
  const shoppers = simulatedShoppers(shop, { candidates: 10, size: 10 });
  const events: object[] = [...shop.items];
  for (let visits = 0; visits < 60; visits++) {
    const visit = shoppers.next();
    events.push(visit.slateEvent(visit.candidates), ...visit.respond(visit.candidates));
  }
  const path = file(jsonl(events));

  test("evaluate prints a table, and with --json one object last", () => {
    const { status, stdout } = liveshelf(["evaluate", path]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^engine +/m);
    const report = JSON.parse(liveshelf(["evaluate", path, "--json", "--k", "5"]).lastLine);
    expect(report.results.map(({ ranker }: { ranker: string }) => ranker)).toEqual(
      expect.arrayContaining(["engine", "callers-order", "popularity", "last-touched-first", "random"]),
    );
    expect(report.differences.every(({ a }: { a: string }) => a === "engine")).toBe(true);
  });

  test("what the engine would refuse is reported and left out", () => {
    const more = file(`${jsonl([{ type: "itm" }])}{"type":"tick","time":1}\n`);
    const { status, stdout, stderr } = liveshelf(["evaluate", path, more]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^engine +/m);
    expect(stderr).toMatch(/^\S+:1: EVENT_MALFORMED: [^\n]+\n$/);
  });

  test("recommend-eval prints a table, and with --json one object last", () => {
    const { status, stdout } = liveshelf(["recommend-eval", path, "--actions", "click,purchase"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^engine +/m);
    const report = JSON.parse(liveshelf(["recommend-eval", path, "--json"]).lastLine);
    expect(report.results.map(({ recommender }: { recommender: string }) => recommender)).toEqual(
      expect.arrayContaining(["engine", "popularity", "own-items"]),
    );
  });
});

describe("demo", () => {
  test("compares the two orders over HTTP, and leaves no folder behind", async () => {
    const temporary = dataFolder();
    const demo = start([main, "demo", "--seconds", "600"], { env: { TMPDIR: temporary } });
    running.push(demo.child);
    const compared = /clicks a list: own \d\.\d+, personal \d\.\d+, .* best reachable \d\.\d+/;
    const lines = createInterface({ input: demo.child.stdout! });
    const told = new Promise<void>((resolve) => lines.on("line", (one) => compared.test(one) && resolve()));
    await Promise.race([told, demo.ended]);
    const { status, stderr, stdout } = await demo.kill("SIGINT");
    expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: expect.stringMatching(compared) });
    expect(existsSync(temporary) && readdirSync(temporary)).toEqual([]);
  });

  test("its interval holds the truth about as often as it says", () => {
    const chance = random(1);
    const expected = { shown: 0.52, own: 0.4, best: 0.9 };
    const holds = (): boolean => {
      const compared = comparison();
      for (let user = 0; user < 120; user++) {
        // Shoppers differ more than lists do, and some come often.
        const likes = 0.2 + 0.4 * chance.next();
        const arm = user % 2 === 0 ? "own" : "personal";
        for (let left = 1 + chance.int(12); left > 0; left--) {
          const clicks = chance.next() < likes * (arm === "own" ? 1 : 1.3) ? 1 : 0;
          compared.add(arm, `u-${user}`, clicks, expected);
        }
      }
      const { low, high } = compared.uplift();
      expect(compared.trueUplift()).toBeCloseTo(0.3, 9);
      expect(compared.best()).toBeCloseTo(0.9, 9);
      return low < 0.3 && 0.3 < high;
    };
    const held = Array.from({ length: 400 }, holds).filter(Boolean).length;
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.98);
  });
});

describe("what people read", () => {
  test("cells of CSV become what they say", () => {
    const cells = [
      ["price", "19.90"],
      ["x", "-3"],
      ["x", "007"],
      ["x", "TRUE"],
      ["x", "1e5"],
      ["title", "12"],
    ] as const;
    expect(cells.map(([name, cell]) => value(name, cell))).toEqual([19.9, -3, "007", true, "1e5", "12"]);
    expect(value("x", "12345678901234567890")).toBe("12345678901234567890");
    expect(value("tags", "red, blue,")).toEqual(["red", "blue"]);
    expect(value("category", "Lamps")).toEqual(["Lamps"]);
  });

  test("the bar tells rate and time left", () => {
    expect(line(30_000, 0.25, 3000, "events")).toBe("██████░░░░░░░░░░░░░░░░░░  30,000 events  10,000/s  0:09 left");
    expect(line(30_000, undefined, 3000, "events")).toBe("30,000 events  10,000/s");
  });

  test("tables are aligned", () => {
    const rows = [
      { ranker: "engine", hitRate: 0.5 },
      { ranker: "x", hitRate: null },
    ];
    expect(table(rows)).toBe("ranker  hit rate\nengine    0.5000\nx              –");
  });
});
