/** Match weights from graded queries: from the shop's files to another order of the engine. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { catalogueRooms, gradedLists } from "../src/graded-lists.ts";
import { createEngine } from "../src/index.ts";
import { column, mean, ndcgOfEach, trainRanker } from "../src/train-ranker.ts";

const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "train-ranker-"));
afterAll(() => rmSync(folder, { recursive: true }));

const colours = ["red", "blue", "green", "black", "white", "grey", "brown", "pink", "lilac", "ochre", "teal", "navy"];

/** Here whoever asks for a colour means the newest, which the text does not say: 12 queries of 8 items. */
const items = colours.flatMap((colour) =>
  Array.from({ length: 8 }, (_, k) => ({
    type: "item",
    item: `${colour}-${k}`,
    fields: { title: `${colour} scarf ${"long ".repeat(k % 3)}`.trim(), year: 2000 + ((k * 5) % 8) },
  })),
);
const grades = items.map(({ item, fields }) => ({
  query: item.split("-")[0]!,
  item,
  grade: Math.max(0, fields.year - 2004),
}));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const catalogue = file("items.jsonl", items.map((item) => JSON.stringify(item)).join("\n"));
const graded = file(
  "grades.csv",
  ["query,item,grade", ...grades.map(({ query, item, grade }) => `${query},${item},${grade}`)].join("\n"),
);

function liveshelf(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "src/cli/main.ts"), ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("what the grades say and the text does not is learned, and holds for queries that were not seen", async () => {
  const lists = gradedLists(await catalogueRooms(items), grades);
  const { report, learned } = trainRanker(lists);
  expect(report).toMatchObject({ queries: 12, grades: 96 });
  expect(report.columns[0]!.column).toBe("number:year");
  expect(mean(ndcgOfEach(lists, column(lists, "bm25f")))).toBeLessThan(0.9);
  expect(mean(ndcgOfEach(lists, learned))).toBeGreaterThan(0.95);
  const [byShipped, byText, overShipped] = report.differences;
  expect([byShipped!.a, byText!.a, overShipped!.a]).toEqual(["shipped", "learned", "learned"]);
  expect(byText!.low).toBeGreaterThan(0);
});

test("the order of the grades' file says nothing", async () => {
  const rooms = await catalogueRooms(items);
  const fromBest = gradedLists(
    rooms,
    [...grades].sort((a, b) => b.grade - a.grade),
  );
  const any = gradedLists(rooms, grades);
  const constant = new Float64Array(96);
  expect(mean(ndcgOfEach(fromBest, constant))).toBe(mean(ndcgOfEach(any, constant)));
});

test("train-ranker writes weights from which the engine orders another way", async () => {
  const out = join(folder, "weights.json");
  const { status, stdout } = liveshelf("train-ranker", graded, "--catalogue", catalogue, "--out", out, "--json");
  expect(status).toBe(0);
  const report = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  expect(report.results.map(({ ranker }: { ranker: string }) => ranker)).toEqual(["bm25f", "shipped", "learned"]);
  expect(JSON.parse(readFileSync(out, "utf8")).about.trainedOn).toEqual({ queries: 12, grades: 96 });
  const shop = await createEngine({ matchWeights: out });
  await shop.record(items);
  const own = grades.filter(({ query }) => query === "teal");
  const { items: ranked } = shop.rank({
    query: "teal",
    items: own.map(({ item }) => item),
    ordered: false,
    observe: false,
  });
  const best = own.reduce((a, b) => (b.grade > a.grade ? b : a));
  expect(ranked[0]!.item).toBe(best.item);
  await shop.close();
});

test("train-ranker takes a catalogue in CSV, and says what it left out", () => {
  const csv = file(
    "items.csv",
    ["id,title,year", ...items.map(({ item, fields }) => `${item},${fields.title},${fields.year}`)].join("\n"),
  );
  const more = file("more.csv", `${readFileSync(graded, "utf8")}\nteal,gone-1,2\nolive,red-1,0\nteal,red-1,much\n`);
  const out = join(folder, "csv.json");
  const { status, stdout, stderr } = liveshelf("train-ranker", more, "--catalogue", csv, "--out", out);
  expect(stderr).toContain("more.csv:100: FILE_MALFORMED: The grade must be a number from 0 to 20.");
  expect(stderr).toContain("1 grades are of items that the catalogue lacks");
  expect(stderr).toContain("1 queries have no grade above 0");
  expect(stdout).toMatch(/learned +0\.9/);
  expect(status).toBe(1);
});

test.each([
  ["columns by other names", "query,docid,rating\na,b,1", "no column item, grade"],
  ["too few queries", "query,item,grade\nred,red-1,1", "it takes at least 10"],
])("grades with %s are refused with what is wrong", (_, text, said) => {
  const path = file("wrong.csv", text);
  const { status, stderr } = liveshelf(
    "train-ranker",
    path,
    "--catalogue",
    catalogue,
    "--out",
    join(folder, "no.json"),
  );
  expect(status).toBe(1);
  expect(stderr).toContain(said);
});
