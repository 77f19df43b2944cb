/** `liveshelf doctor` on files, as its users run it; and on a shop's real sales, with every count made again in another way. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderOf } from "../../bench/datasets/dataset.ts";
import { hourMs, manualClock } from "../../src/core/clock.ts";
import type { DoctorReport } from "../../src/doctor/examination.ts";
import { examine } from "../../src/examine.ts";
import { soundHistory } from "./planting.ts";
import { chanceOf, planters } from "./plants.ts";

const root = resolve(import.meta.dirname, "../..");
const main = join(root, "src/cli/main.ts");
const folder = mkdtempSync(join(tmpdir(), "doctor-"));
afterAll(() => rmSync(folder, { recursive: true }));
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LIVESHELF_")));

function doctor(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "doctor", ...args], {
    encoding: "utf8",
    env: environment,
    maxBuffer: 1 << 26,
    ...(input !== undefined && { input }),
  });
  return { status, stdout, stderr, report: () => JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as DoctorReport };
}

let files = 0;
function file(content: string | Buffer, name: string): string {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
}
const jsonl = (events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const found = ({ findings }: DoctorReport, code: string) => findings.find((one) => one.code === code)!;

describe("files", () => {
  const sound = soundHistory();

  test("a sound file ends with 0 and says PASS of every check by its name", () => {
    const { status, stdout } = doctor([file(jsonl(sound), "sound.jsonl")]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^PASS {2}time-order +Events are in the order of their times\.$/m);
    expect(stdout).not.toMatch(/^(?:WARN|FAIL)/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^PASS: 0 failed, 0 to look at, \d+ passed$/);
  });

  test("a packed file with many faults at once has them all, with places, and ends with 1", () => {
    const events = structuredClone(sound);
    const names = [
      "bookkeeping",
      "HTML in titles",
      "purchases without a value",
      "slates that nobody sent",
      "times in seconds",
    ];
    const plants = names.map((name) => planters[name]!(events, chanceOf(name)));
    const lines = jsonl(events).split("\n");
    lines.splice(10, 0, "{not JSON", '{"type":"outcome"}');
    const path = file(gzipSync(lines.join("\n")), "bad.jsonl.gz");
    const { status, report } = doctor([path, "--json"]);
    expect(status).toBe(1);
    for (const { code, count } of plants) expect(found(report(), code)).toMatchObject({ count });
    expect(found(report(), "refused-events")).toMatchObject({
      count: 2,
      parts: { EVENT_MALFORMED: 2 },
      example: { where: `${path}:11` },
    });
    const { example } = found(report(), "bookkeeping-items");
    expect(example?.excerpt).toBe("ADJUST");
  });

  test("warnings alone end with 0; what is wrong comes first, with its cost and mend", () => {
    const events = structuredClone(sound);
    planters["HTML in titles"]!(events, chanceOf("html"));
    const { status, stdout } = doctor(["-"], jsonl(events));
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    const at = lines.findIndex((line) => line.startsWith("WARN  html-in-texts"));
    expect(at).toBe(2);
    expect(lines.slice(at + 1, at + 4).map((line) => line.trim().split(" ")[0])).toEqual(["e.g.", "costs:", "mend:"]);
    expect(lines[at + 1]).toContain("standard input:");
  });

  test("a catalogue as CSV is looked at by its rows", () => {
    const rows = [
      "id,title,price,category",
      "p-1,Red scarf,19.9,Clothing > Scarves",
      "p-2,<b>Blue</b> scarf,0,Clothing > Scarves",
      ",No id,1,Toys",
      "p-3,,5,",
    ];
    const path = file(rows.join("\n"), "items.csv");
    const { status, report } = doctor(["--items", path, "--json"]);
    expect(found(report(), "refused-events")).toMatchObject({ count: 1, example: { where: `${path}:4` } });
    expect(found(report(), "html-in-texts")).toMatchObject({ status: "WARN", count: 1, of: 3 });
    expect(found(report(), "prices-of-zero")).toMatchObject({ count: 1 });
    expect(found(report(), "items-without-title")).toMatchObject({ count: 1, example: { excerpt: "p-3" } });
    expect(found(report(), "items-without-category")).toMatchObject({ count: 1 });
    expect(found(report(), "lists").status).toBe("PASS");
    expect(status).toBe(1);
  });

  test("wrong use ends with 2, a file that cannot be read with 1, and each says what is right", () => {
    const list = doctor([file(`[\n${JSON.stringify({ type: "item", item: "p-1" })}\n]`, "list.json")]);
    expect(list.status).toBe(1);
    expect(list.stderr).toContain("is one JSON list");
    const { stdout } = doctor([file('item,time,user\n"p-1,2026-09-01,u\np-2,2026-09-02,u', "open.csv")]);
    expect(stdout).toContain("never closed");
    expect(stdout.indexOf("refused-events")).toBeLessThan(stdout.indexOf("There is nothing to learn from"));
    expect(doctor([])).toMatchObject({ status: 2, stdout: "" });
    expect(doctor(["x.jsonl", "--data", folder]).status).toBe(2);
    expect(doctor(["x.jsonl", "--zone", "Berlin"]).stderr).toContain("Europe/Berlin");
    expect(doctor([join(folder, "none.jsonl")])).toMatchObject({ status: 1, stdout: "" });
    const { status, stderr } = doctor([file("a,b\n1,2\n", "no-columns.csv")]);
    expect({ status, says: stderr.includes("--items") }).toEqual({ status: 1, says: true });
  });

  test("nothing is no shop", () => {
    const { status, report } = doctor([file("", "empty.jsonl"), "--json"]);
    expect(status).toBe(1);
    expect(found(report(), "events").status).toBe("FAIL");
  });
});

describe("nights", () => {
  const clock = manualClock(Date.UTC(2026, 10, 22));
  /** 3,000 views over ten days, none of them between `quietFrom` and five hours later, UTC; `written`: how. */
  const shop = (quietFrom: number, written: (ms: number) => string | number) =>
    Array.from({ length: 3000 }, (_, i) => {
      const openMs = (i * 10 * 19 * hourMs) / 3000;
      const ms =
        Date.UTC(2026, 9, 1, quietFrom + 5) +
        Math.floor(openMs / (19 * hourMs)) * 24 * hourMs +
        (openMs % (19 * hourMs));
      return { type: "outcome", action: "view", item: `p-${i % 50}`, user: `u-${i % 97}`, time: written(ms) };
    });
  const iso = (zone: string) => (ms: number) => new Date(ms).toISOString().replace("Z", zone);
  const zoneOf = async (events: object[], zone?: string) =>
    found(await examine(events as Record<string, unknown>[], { clock, zone }), "time-zone");

  test.each<[string, number, (ms: number) => string | number, string | undefined, string]>([
    ["night at night, local times", 1, iso("+02:00"), undefined, "PASS"],
    ["night at midday, local times", 11, iso("+02:00"), undefined, "WARN"],
    ["night at midday, times without a zone", 11, iso(""), undefined, "WARN"],
    ["night at midday UTC is night in Tahiti", 11, (ms) => ms, undefined, "PASS"],
    ["… but not in Berlin", 11, (ms) => ms, "Europe/Berlin", "WARN"],
    ["… and in Tahiti it is", 11, (ms) => ms, "Pacific/Tahiti", "PASS"],
  ])("%s", async (_name, quietFrom, written, zone, status) => {
    expect(await zoneOf(shop(quietFrom, written), zone)).toMatchObject({ status });
  });
});

/** Rows of the file as it is, each a list of cells. */
function* rowsOf(text: string): Generator<string[]> {
  for (const line of text.split("\n").slice(1)) {
    if (line === "") continue;
    const cells: string[] = [];
    for (const [, quoted, plain] of `,${line.replace(/\r$/, "")}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g))
      cells.push((quoted?.replaceAll('""', '"') ?? plain!).trim());
    yield cells;
  }
}

const data = folderOf("online_retail");
const why = data === undefined ? " (skipped: the set is not there)" : "";

describe.skipIf(data === undefined)(`a real shop's sales, every count made again${why}`, () => {
  let rows: string[][];
  let report: DoctorReport;
  beforeAll(() => {
    const path = join(data!, readdirSync(data!).find((name) => name.endsWith(".csv.gz"))!);
    rows = [...rowsOf(gunzipSync(readFileSync(path)).toString())];
    report = doctor([path, "--json"]).report();
  });
  const countOf = (code: string): number => found(report, code).count!;
  const distinct = (keys: Iterable<string>): number => new Set(keys).size;
  const quantity = (row: readonly string[]): number => Number(row[3]);
  const price = (row: readonly string[]): number => Number(row[5]);

  test("rows without a customer", () => {
    expect(countOf("without-user")).toBe(rows.filter((row) => row[6] === "").length);
    expect(countOf("without-user")).toBe(107_927);
  });

  test("rows that are there twice", () => {
    expect(countOf("same-event-again")).toBe(rows.length - distinct(rows.map((row) => row.join("|"))));
  });

  test("cancellations without a sale", () => {
    const sold = new Set<string>();
    let without = 0;
    for (const row of rows) {
      // A customer may have several invoices; a sale without one is known by its invoice alone, which no cancellation shares.
      const key = `${row[6] || row[0]} ${row[1]}`;
      if (quantity(row) >= 0) sold.add(key);
      else if (!sold.has(key)) without++;
    }
    expect(countOf("returns-without-sale")).toBe(without);
    expect(found(report, "returns-without-sale").of).toBe(rows.filter((row) => quantity(row) < 0).length);
  });

  test("items without a price, and prices below zero", () => {
    const free = rows.filter((row) => price(row) === 0);
    expect(countOf("prices-of-zero")).toBe(distinct(free.map((row) => row[1]!)));
    expect(found(report, "prices-of-zero").parts).toMatchObject({ events: free.length });
    expect(countOf("purchases-without-value")).toBe(free.filter((row) => quantity(row) >= 0).length);
    expect(countOf("negative-prices")).toBe(rows.filter((row) => price(row) < 0).length);
  });

  test("bookkeeping codes", () => {
    const parts = found(report, "bookkeeping-items").parts!;
    for (const code of ["POST", "M", "DOT", "D"]) {
      expect(parts[code], code).toBe(rows.filter((row) => row[1] === code).length);
    }
    const books = /^(?:POST|DOT|[A-Za-z]|C\d|SP|ADJUST\d?|BANK CHARGES|AMAZONFEE|PADS|TEST\d+|GIFT|gift_\d+_\d+)$/;
    const codes = new Set(rows.map((row) => row[1]!).filter((code) => books.test(code)));
    expect(countOf("bookkeeping-items")).toBeGreaterThanOrEqual(codes.size);
    expect(countOf("bookkeeping-items")).toBeLessThan(codes.size + 20);
  });

  test("ids that differ only by case, and items without a title", () => {
    const ids = [...new Set(rows.map((row) => row[1]!))];
    expect(countOf("similar-item-ids")).toBe(
      ids.length - distinct(ids.map((id) => id.toLowerCase().replaceAll(" ", ""))),
    );
    const titled = new Set(rows.filter((row) => row[2] !== "").map((row) => row[1]!));
    expect(countOf("items-without-title")).toBe(ids.filter((id) => !titled.has(id)).length);
  });

  test("nothing else is said that is not so", () => {
    const wrong = report.findings.filter(({ status }) => status !== "PASS").map(({ code }) => code);
    const others = ["odd-prices", "items-without-category", "lists", "negative-values"];
    const above = [
      "without-user",
      "same-event-again",
      "returns-without-sale",
      "prices-of-zero",
      "purchases-without-value",
    ];
    const besides = ["negative-prices", "bookkeeping-items", "similar-item-ids", "items-without-title"];
    expect(wrong.toSorted()).toEqual([...others, ...above, ...besides].toSorted());
  });
});
