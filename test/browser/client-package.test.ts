/** What shops get of the client: its files, its size, its types; and that it can be imported where there is no page. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import type * as client from "../../client/client.ts";
import { buildClient, clientFiles } from "../../scripts/build-client.ts";
import { completeConfig } from "../../src/config.ts";
import type * as engine from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { startServer } from "../../src/http/server.ts";

const root = new URL("../..", import.meta.url).pathname;
const committed = join(root, "client/built");
const folder = mkdtempSync(join(tmpdir(), "liveshelf-client-"));

beforeAll(() => buildClient(folder));
afterAll(() => rmSync(folder, { recursive: true }));

const names = Object.values(clientFiles);

test("client/built is what client/ builds to (npm run build:client)", () => {
  expect(readdirSync(committed).sort()).toEqual(names.toSorted());
  for (const name of names)
    expect(readFileSync(join(committed, name), "utf8")).toBe(readFileSync(join(folder, name), "utf8"));
});

test.each(names)("%s has less than 5 kB gzip, and contacts nobody by itself", (name) => {
  const bytes = readFileSync(join(committed, name));
  expect(gzipSync(bytes, { level: 9 }).length).toBeLessThan(5000);
  expect(bytes.toString()).not.toMatch(/https?:|\bimport\b/);
});

test("types are the server's own", () => {
  expectTypeOf<client.SearchRequest>().toExtend<engine.SearchRequest>();
  expectTypeOf<client.RecommendRequest>().toExtend<engine.RecommendRequest>();
  expectTypeOf<client.RankRequest>().toExtend<engine.RankRequest>();
  expectTypeOf<client.SuggestRequest>().toExtend<engine.SuggestRequest>();
  expectTypeOf<engine.SearchAnswer>().toExtend<client.SearchAnswer>();
  expectTypeOf<engine.Answer>().toExtend<client.Answer>();
  expectTypeOf<engine.SuggestAnswer>().toExtend<client.SuggestAnswer>();
});

test("the examples of docs/client.md fit its types", () => {
  const text = readFileSync(join(root, "docs/client.md"), "utf8");
  const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  expect(examples.length).toBe(3);
  const project = mkdtempSync(join(tmpdir(), "liveshelf-examples-"));
  try {
    for (const [i, code] of examples.entries()) writeFileSync(join(project, `example-${i}.mts`), code);
    const compilerOptions = {
      ...{ strict: true, noEmit: true, module: "nodenext", target: "es2022", lib: ["es2022", "dom", "dom.iterable"] },
      ...{
        types: [],
        allowImportingTsExtensions: true,
        paths: { "liveshelf/client": [join(root, "client/client.ts")] },
      },
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", project], { encoding: "utf8" });
    expect(stdout).toBe("");
  } finally {
    rmSync(project, { recursive: true });
  }
});

test("a server imports it too: it asks and reports, without a page", async () => {
  const shop = await createEngine();
  const server = await startServer(shop, completeConfig({ port: 0, shedAfterMs: 0 }));
  try {
    const { createClient, ShelfError }: typeof client = await import(
      pathToFileURL(join(committed, clientFiles.module)).href
    );
    const shelf = createClient({ server: server.address, user: "u-1", session: "v-1", consent: true });
    await shop.record({ type: "item", item: "p-1", fields: { title: "Wool scarf" } });
    const { slate, items } = await shelf.search({ query: "scarf" });
    expect(items.map(({ item }) => item)).toEqual(["p-1"]);
    shelf.record([{ action: "click", item: "p-1", slate }]);
    expect(await shelf.close()).toBe(true);
    expect(shop.user("u-1")).toMatchObject({ recent: [{ item: "p-1", lastAction: "click" }] });
    const nowhere = createClient({ server: "http://127.0.0.1:1", user: "u-1", session: "v-1", consent: true });
    nowhere.record({ action: "click", item: "p-1" });
    expect(await nowhere.close()).toBe(false);
    const refusal = shelf.search({ query: "scarf", sort: "nothing" });
    await expect(refusal).rejects.toThrow(ShelfError);
    await expect(refusal).rejects.toMatchObject({ status: 400, code: "REQUEST_MALFORMED" });
  } finally {
    await server.close();
    await shop.close();
  }
});
