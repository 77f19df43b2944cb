/** The programs of examples/ run, and do what their prose says. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = new URL("../examples", import.meta.url).pathname;

function run(name: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, name)], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** `storefront` is run in a browser: test/browser/storefront.test.ts. */
test("every example is run here", () => {
  expect(readdirSync(folder).sort()).toEqual([
    "in-process.ts",
    "own-search-engine.ts",
    "replay-history.ts",
    "storefront",
  ]);
});

test("in-process: a click moves the item up, and it stays there when the folder is opened again", () => {
  const out = run("in-process.ts");
  expect(out).toMatch(/^before: p-1 p-4 p-7$/m);
  const after = /^after: {2}(.*)$/m.exec(out)?.[1]?.split(" ");
  expect(after?.indexOf("p-7")).toBeLessThan(2);
  expect(/^later: {2}(.*)$/m.exec(out)?.[1]?.split(" ")).toEqual(after);
});

test("own-search-engine: the order is the search engine's at first, then the shopper's", () => {
  const lines = run("own-search-engine.ts").split("\n");
  const itemsOf = (start: string): string =>
    lines
      .find((line) => line.startsWith(start))!
      .slice(34)
      .trim();
  expect(itemsOf("Nothing learned")).toMatch(/^p-1 Acme, p-2 Lumen, p-3 Fjord, p-4 Oak/);
  expect(itemsOf("Anna")).toMatch(/^p-\d+ Fjord/);
  expect(lines.some((line) => /^\d+ outcomes joined their list, [1-9]\d* lessons taught$/.test(line))).toBe(true);
});

test("replay-history: the history is imported whole, and the engine is better than a random order", () => {
  const out = run("replay-history.ts");
  expect(out).toMatch(/events imported, 0 refused/);
  const mrr = (ranker: string): number => Number(new RegExp(`${ranker} +MRR (\\S+)`).exec(out)?.[1]);
  expect(mrr("engine")).toBeGreaterThan(mrr("random"));
  const ndcg = (recommender: string): number => Number(new RegExp(`${recommender} +NDCG (\\S+)`).exec(out)?.[1]);
  expect(ndcg("engine")).toBeGreaterThan(ndcg("popularity"));
});
