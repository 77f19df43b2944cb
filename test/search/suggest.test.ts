/** Completions through the engine: whose queries are shown to whom, and what the catalogue adds. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { manualClock, minuteMs } from "../../src/core/clock.ts";
import { limits } from "../../src/core/limits.ts";
import type { Engine, SuggestRequest } from "../../src/core/public.ts";
import { createEngine } from "../../src/index.ts";

const root = mkdtempSync(join(tmpdir(), "suggest-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const startMs = Date.UTC(2026, 10, 22);
let clock: ReturnType<typeof manualClock>;
let engine: Engine;

const things = [
  ["p-1", "Red silk scarf", "Acme", ["Clothing", "Scarves"]],
  ["p-2", "Blue wool scarf", "Zed", ["Clothing", "Scarves"]],
  ["p-3", "Felt hat", "Acme", ["Clothing", "Hats"]],
  ["p-4", "Desk lamp", "Lumen", ["Home", "Lamps"]],
  ["p-5", "Floor lamp", "Écran", ["Home", "Lamps"]],
] as const;

const items = things.map(([item, title, brand, category]) => ({
  ...{ type: "item", item, fields: { title, brand, category, price: 10 } },
}));

async function open(settings: object = {}): Promise<Engine> {
  clock = manualClock(startMs);
  const opened = await createEngine({ clock, tickMs: 0, ...settings });
  await opened.record(items);
  return opened;
}

beforeEach(async () => {
  engine = await open();
});

/** A list for the query, and a click on one of its items. */
async function search(query: string, item: string, who: object, on: Engine = engine): Promise<void> {
  clock.advance(minuteMs);
  const slate = `${query} ${JSON.stringify(who)} ${clock.nowMs()}`;
  await on.record([
    { type: "slate", slate, surface: "search", query, items: things.map(([id]) => id), ...who },
    { type: "outcome", action: "click", item, slate, ...who },
  ]);
}

async function searchByMany(query: string, item: string, shoppers: number, from = 0, on?: Engine): Promise<void> {
  for (let i = from; i < from + shoppers; i++) await search(query, item, { user: `m-${i}` }, on);
}

const suggest = (q: string, more: Partial<SuggestRequest> = {}, on: Engine = engine): string[] =>
  on.suggest({ q, ...more }).completions.map(({ text, kind }) => `${kind} ${text}`);

describe("queries of the shop", () => {
  test("are completed once three shoppers chose something for them, however often one of them did", async () => {
    for (let i = 0; i < 9; i++) await search("scarf for winter", "p-2", { user: "u-1" });
    await search("scarf for winter", "p-2", { user: "u-2" });
    expect(suggest("scarf f")).toEqual([]);
    await search("scarf for winter", "p-2", { user: "u-3" });
    expect(suggest("scarf f")).toEqual(["query scarf for winter"]);
  });

  test("count no session twice that turns out to be a user's", async () => {
    await search("winter hat", "p-3", { session: "v-1" });
    await search("winter hat", "p-3", { user: "u-1" });
    await engine.record({ type: "user", user: "u-1", session: "v-1", fields: {} });
    await search("winter hat", "p-3", { user: "u-2" });
    expect(suggest("winter")).toEqual([]);
    await search("winter hat", "p-3", { user: "u-3" });
    expect(suggest("winter")).toEqual(["query winter hat"]);
  });

  test("are not what was only typed, and nothing that names a person", async () => {
    for (let i = 0; i < 5; i++) {
      clock.advance(minuteMs);
      engine.search({ query: "scarves cheap", user: `u-${i}` });
      await search("scarf anna@example.com", "p-1", { user: `u-${i}` });
      await search("scarf 0171 2345678", "p-1", { user: `u-${i}` });
    }
    expect(suggest("scarves c")).toEqual([]);
    // Nothing begins so; a category nearly does.
    expect(suggest("scarf")).toEqual(["category Scarves"]);
  });

  test("stand by how much was chosen for them of late", async () => {
    await searchByMany("scarf red", "p-1", 4);
    await searchByMany("scarf blue", "p-2", 6);
    expect(suggest("scarf")).toEqual(["query scarf blue", "query scarf red"]);
    clock.advance(200 * 24 * 60 * minuteMs);
    await searchByMany("scarf red", "p-1", 3);
    expect(suggest("scarf")[0]).toBe("query scarf red");
  });

  test("with a word that the shop does not want to see are left out", async () => {
    engine = await open({ suggestWithout: ["Cheap", "acme"] });
    await searchByMany("cheap scarf", "p-1", 4);
    await searchByMany("cheaper scarf", "p-1", 3);
    expect(suggest("ch")).toEqual(["query cheaper scarf"]);
    expect(suggest("ac")).toEqual([]);
  });

  test("need as many shoppers as the shop says", async () => {
    engine = await open({ suggestShoppersMin: 5 });
    await searchByMany("winter hat", "p-3", 4);
    expect(suggest("winter")).toEqual([]);
    await searchByMany("winter hat", "p-3", 1, 4);
    expect(suggest("winter")).toEqual(["query winter hat"]);
    for (const suggestShoppersMin of [0, 1, 51]) await expect(open({ suggestShoppersMin })).rejects.toThrow("2 to 50");
  });
});

describe("a shopper's own", () => {
  test("queries stand first, are shown to nobody else, and not without consent", async () => {
    await searchByMany("scarf blue", "p-2", 9);
    await search("scarf of my own", "p-1", { user: "u-1" });
    expect(suggest("sc", { user: "u-1" }).slice(0, 2)).toEqual(["query scarf of my own", "query scarf blue"]);
    for (const who of [{ user: "u-2" }, {}, { user: "u-1", consent: false }])
      expect(suggest("scarf", who)).toEqual(["query scarf blue"]);
    expect(suggest("", { user: "u-1" })[0]).toBe("query scarf of my own");
  });

  test("queries come along from the session to the user", async () => {
    await search("scarf of my own", "p-1", { session: "v-1" });
    expect(suggest("scarf", { session: "v-1" })).toEqual(["query scarf of my own"]);
    await engine.record({ type: "user", user: "u-1", session: "v-1", fields: {} });
    expect(suggest("scarf", { user: "u-1" })).toEqual(["query scarf of my own"]);
  });

  test("brands and categories come before those that others turn to", async () => {
    for (let i = 0; i < 8; i++) await search("lamp", "p-4", { user: `m-${i}` });
    const about = (user: string) => suggest("l", { user });
    expect(about("u-1")).toEqual(["query lamp", "category Lamps", "brand Lumen"]);
    for (let i = 0; i < 6; i++) {
      clock.advance(minuteMs);
      await engine.record({ type: "outcome", action: "view", item: "p-4", user: "u-1" });
    }
    expect(about("u-1")).toEqual(["category Lamps", "brand Lumen", "query lamp"]);
  });

  test("taste orders the shop's queries", async () => {
    await searchByMany("warm scarf", "p-2", 6);
    await searchByMany("warm lamp", "p-5", 5);
    expect(suggest("warm", { user: "u-1" })).toEqual(["query warm scarf", "query warm lamp"]);
    for (const item of ["p-4", "p-5", "p-4", "p-5", "p-4"]) {
      clock.advance(minuteMs);
      await engine.record({ type: "outcome", action: "view", item, user: "u-1" });
    }
    expect(suggest("warm", { user: "u-1" })).toEqual(["query warm lamp", "query warm scarf"]);
    expect(suggest("warm", { user: "u-2" })).toEqual(["query warm scarf", "query warm lamp"]);
  });
});

describe("the catalogue", () => {
  test("gives brands and category levels with items in stock, by the beginning of any word", async () => {
    expect(suggest("ac")).toEqual(["brand Acme"]);
    expect(suggest("SCA")).toEqual(["category Scarves", "query scarf"]);
    expect(suggest("ecr")).toEqual(["brand Écran"]);
    expect(engine.suggest({ q: "lam" }).completions).toEqual([
      { text: "Lamps", kind: "category", path: ["Home", "Lamps"] },
      { text: "lamp", kind: "query" },
    ]);
    await engine.record([
      { type: "item", item: "p-4", fields: { inStock: false } },
      { type: "item-removed", item: "p-5" },
    ]);
    expect([...suggest("lum"), ...suggest("lam"), ...suggest("ecr"), ...suggest("home")]).toEqual([]);
    await engine.record({ type: "item", item: "p-4", fields: { inStock: true } });
    expect([...suggest("lum"), ...suggest("lam")]).toEqual(["brand Lumen", "category Lamps", "query lamp"]);
  });

  test("gives items whose texts hold what was typed", () => {
    const { items: found } = engine.suggest({ q: "silk sc" });
    expect(found.map(({ item }) => item)).toEqual(["p-1"]);
    expect(found[0]!.fields).toMatchObject({ title: "Red silk scarf" });
    expect(engine.suggest({ q: "!!" }).items).toEqual([]);
  });

  test("answers as many completions as asked for at most, of every kind where there are some", async () => {
    for (const one of ["a", "b", "c", "d", "e", "f"]) await searchByMany(`h ${one}`, "p-3", 3);
    const all = suggest("h", { size: 4 });
    expect(all).toHaveLength(4);
    expect(all.filter((one) => one.startsWith("category"))).toEqual(["category Hats"]);
    expect(suggest("h", { size: 1 })[0]).toMatch("query");
    expect(suggest("h", { size: 20 })).toHaveLength(9);
  });
});

describe("words of titles", () => {
  const titled = async (...titles: string[]): Promise<void> => {
    await engine.record(titles.map((title, i) => ({ type: "item", item: `t-${i}`, fields: { title, price: 5 } })));
  };

  test("complete what was typed where nobody has searched yet: the most frequent word first, then how titles go on", async () => {
    await titled(
      ...["Laptop 15 inch", "Laptop sleeve, grey", "Laptop sleeve (blue)", "Slim laptop stand", "Laptop stand, steel"],
      ...["Lapel pin", "Lapel pin, gold", "Straße der Laternen"],
    );
    expect(suggest("lap")).toEqual([
      ...["query laptop", "query lapel", "query laptop sleeve", "query laptop stand", "query lapel pin"],
      "query laptop 15 inch",
    ]);
    expect(suggest("laptop s")).toEqual(["query laptop sleeve", "query laptop stand"]);
    // A whole word: what comes next.
    expect(suggest("laptop ")).toContain("query laptop sleeve");
    expect(suggest("laptop ")).not.toContain("query laptop");
    // As the title writes it, found as it is typed.
    expect(suggest("strasse")).toEqual(["query straße der laternen"]);
    // Another word is no reason to complete it by what stands in no title beside it.
    expect([...suggest("gold lap"), ...suggest("unheard lap")]).toEqual([]);
  });

  test("that stand beside what was typed before come first, however many others begin so", async () => {
    const others = Array.from({ length: 12 }, (_, i) => `Metal m${"abcdefghijkl"[i]}t`);
    await titled(
      ...others,
      ...others,
      "Mouse, wireless",
      "Cheap wireless mouse",
      "Wireless mouse pad",
      "Metal wireless hub",
    );
    expect(suggest("wireless m")).toEqual(["query wireless mouse", "query wireless mouse pad"]);
  });

  test("say no word twice, and nothing that a brand or category says", async () => {
    await titled("Acme acme acorn", "Acme acme acorn", "Acorn flour", "Acorn flour");
    expect(suggest("ac")).toEqual(["brand Acme", "query acorn", "query acorn flour"]);
  });

  test("go over no comma or bracket, end in no stop word, and are no tail that one item has", async () => {
    await titled(
      "Rug for children, red",
      "Rug for children (blue)",
      "Rug of wool with a pattern of stars and much more",
    );
    expect(suggest("rug")).toEqual(["query rug for children"]);
  });

  test("are of items in stock, and none that the shop does not want to see", async () => {
    engine = await open({ suggestWithout: ["kettle"] });
    await titled("Kettle", "Keyboard", "Kebab grill");
    expect(suggest("ke")).toEqual(["query keyboard", "query kebab", "query kebab grill"]);
    await engine.record({ type: "item", item: "t-2", fields: { inStock: false } });
    expect(suggest("ke")).toEqual(["query keyboard"]);
  });

  test("stand behind what shoppers searched, and leave brands and categories half of the other places", async () => {
    await titled("Lampshade", "Lamination film", "Lambswool throw", "Lamb toy");
    await searchByMany("lamp for reading", "p-4", 3);
    expect(suggest("lam", { size: 4 })).toEqual([
      ...["query lamp for reading", "category Lamps", "query lamp", "query lampshade"],
    ]);
    expect(suggest("lam", { size: 2 })).toEqual(["query lamp for reading", "category Lamps"]);
  });

  test("are found with a wrong letter too", async () => {
    await titled("Keyboard, wireless", "Keyboard, silent");
    expect(suggest("kexboard")).toEqual(["query keyboard"]);
  });
});

test("queries that differ by their signs, spaces or endings are one", async () => {
  await searchByMany("wool scarf", "p-2", 5);
  await searchByMany("wool scarf!", "p-2", 4);
  await searchByMany("wool scarfs", "p-2", 4);
  await searchByMany("wools carf", "p-2", 3);
  await searchByMany("wool scarf blue", "p-2", 3);
  expect(suggest("wool")).toEqual(["query wool scarf", "query wool scarf blue"]);
  await search("wool-scarf", "p-2", { user: "u-1" });
  await search("wool scarf!", "p-2", { user: "u-1" });
  expect(suggest("wool", { user: "u-1" })).toEqual(["query wool scarf!", "query wool scarf blue"]);
});

test("one wrong letter is forgiven where nothing begins with what was typed", async () => {
  await searchByMany("scarf blue", "p-2", 3);
  for (const typed of ["scraf", "scrf", "scarrf", "skarf", "csarf", "scar f b"])
    expect([typed, ...suggest(typed)]).toContain("query scarf blue");
  // Numbers and short texts are as they were meant.
  expect([...suggest("sxa"), ...suggest("scarf1")]).toEqual([]);
});

test("of what was typed the first 64 characters are read", async () => {
  const { suggestReadMax } = limits;
  const title = `${"a very long title of a scarf ".repeat(3)}`.slice(0, suggestReadMax - 1);
  await engine.record({ type: "item", item: "p-9", fields: { title: `${title}s`, brand: `${title}s` } });
  expect(suggest(`${title}s`)).toEqual([`brand ${title}s`]);
  expect(suggest(`${title}s and then something else`)).toEqual([`brand ${title}s`]);
  expect(engine.suggest({ q: `${title}s ${"x".repeat(4000)}` }).items.map(({ item }) => item)).toEqual(["p-9"]);
  expect(suggest(`${title}z`)).not.toContain(`brand ${title}z`);
  // Half of a pair that was cut is no letter.
  expect(suggest(`${title}\ud83d\ude00`)).toEqual(suggest(title));
});

test.each([
  ["strasse", "Straße"],
  ["lozka", "Łóżka"],
  ["aero", "Ærø"],
  ["กาง", "กางเกง"],
])("“%s” finds “%s”, as a search does", async (typed, brand) => {
  await engine.record({ type: "item", item: "p-9", fields: { title: `Something of ${brand}`, brand } });
  expect(suggest(typed)).toContain(`brand ${brand}`);
  expect(engine.suggest({ q: typed }).items.map(({ item }) => item)).toEqual(["p-9"]);
});

test("a restart, from a snapshot and from the log, answers the same", async () => {
  const data = join(root, "shop");
  engine = await open({ data });
  await searchByMany("scarf blue", "p-2", 4);
  await searchByMany("warm lamp", "p-5", 3);
  await search("scarf of my own", "p-1", { user: "u-1" });
  const answers = (): string[][] => ["", "s", "w", "sca", "l"].map((q) => suggest(q, { user: "u-1" }));
  const before = answers();
  await engine.snapshot();
  await engine.close();
  for (const fromLog of [false, true]) {
    engine = await createEngine({ clock, tickMs: 0, data, fromLog });
    expect(answers()).toEqual(before);
    await engine.close();
  }
});
