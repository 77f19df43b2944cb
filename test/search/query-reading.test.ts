/** Synonyms and readings through the whole engine: events in, lists out. */
import { afterEach, expect, test } from "vitest";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";

const item = (id: string, title: string) => ({ type: "item", item: id, fields: { title } });
const shop = [
  item("sofa", "Grey sofa"),
  item("couch", "Leather couch"),
  item("tv-set", "Portable TV set"),
  item("television", "Television 55 inch"),
  item("headphones", "Samsung headphones"),
  item("head phones", "Head phones, wireless"),
  item("laptop", "HP Pavilion dv7-1211ea"),
  item("spare part", "Fan for dv7 1211ea"),
];

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

async function opened(...events: readonly Record<string, unknown>[]) {
  engine = await createEngine({});
  await engine.record([...shop, ...events]);
  const open = engine;
  return (query: string) => {
    const { items, relaxed, spelling } = open.search({ query, observe: false });
    return { items: items.map((one) => one.item).sort(), relaxed, spelling };
  };
}

const synonyms = (rules: unknown) => ({ type: "synonyms", synonyms: rules });

test("synonyms hold from the event on, both ways or one, and the next event ends them", async () => {
  const search = await opened(synonyms([["sofa", "couch"], { from: "telly", to: ["television", "tv set"] }]));
  expect(search("sofas ").items).toEqual(["couch", "sofa"]);
  expect(search("leather sofa ").items).toEqual(["couch"]);
  expect(search("telly ").items).toEqual(["television", "tv-set"]);
  expect(search("television ").items).toEqual(["television"]);
  await engine!.record(synonyms([["grey", "gray"]]));
  expect(search("sofa ").items).toEqual(["sofa"]);
  expect(search("gray ").items).toEqual(["sofa"]);
});

test("words are found written together and apart", async () => {
  const search = await opened();
  expect(search("headphones ").items).toEqual(["head phones", "headphones"]);
  expect(search("head phones ").items).toEqual(["head phones", "headphones"]);
  expect(search("dv7-1211ea").items).toEqual(["laptop", "spare part"]);
  expect(search("dv7 1211ea").items).toEqual(["laptop", "spare part"]);
});

test("German compounds are found by their ends, and taken apart", async () => {
  engine = await createEngine({ language: "german" });
  await engine.record([
    item("w", "Winterjacke für Damen"),
    item("j", "Rote Jacken"),
    item("s", "Jacke für den Winter"),
    item("h", "Arbeitshose"),
  ]);
  const found = (query: string) =>
    engine!
      .search({ query, observe: false })
      .items.map((one) => one.item)
      .sort();
  expect(found("jacke ")).toEqual(["j", "s", "w"]);
  expect(found("winterjacken ")).toEqual(["s", "w"]);
  expect(found("hosen ")).toEqual(["h"]);
  expect(engine.search({ query: "regenjacke ", observe: false })).toMatchObject({
    total: 3,
    relaxed: { rung: "fewer-words", query: "jacke", dropped: ["regen"] },
  });
});

test("a misspelt word is read as what it probably means, and said", async () => {
  const search = await opened();
  expect(search("samsnug headphones")).toMatchObject({ items: ["headphones"], spelling: "samsung headphones" });
});

test("a query that nothing matches is loosened, and said how", async () => {
  const search = await opened();
  expect(search("leather sofa ")).toMatchObject({
    items: ["sofa"].map(() => expect.any(String)),
    relaxed: { rung: "fewer-words" },
  });
  expect(search("grey qqqq ")).toMatchObject({
    items: ["sofa"],
    relaxed: { rung: "fewer-words", query: "grey", dropped: ["qqqq"] },
  });
});

test("letter by letter, each beginning finds the item, and the last as the whole word", async () => {
  const search = await opened();
  for (let length = 1; length <= "headphones".length; length++)
    expect(search("headphones".slice(0, length)).items).toContain("headphones");
  expect(search("headphones").items).toEqual(search("headphones ").items);
  // After a space the word is complete.
  expect(search("head ").items).toEqual(["head phones"]);
});

test("of two words that no item has together the one that says what the thing is stays", async () => {
  const search = await opened(item("keyboard", "Wired keyboard"), item("arm", "Mechanical arm"));
  expect(search("mechanical keyboard ")).toMatchObject({
    items: ["keyboard"],
    relaxed: { rung: "fewer-words", query: "keyboard", dropped: ["mechanical"] },
  });
});

test("synonyms of several words hold however these are written", async () => {
  const search = await opened(synonyms([["head phones", "ear phones"]]), item("ears", "Ear phones"));
  expect(search("headphones ").items).toEqual(["ears", "head phones", "headphones"]);
});

test("a German word stands above compounds that end with it, and a compound above its parts", async () => {
  engine = await createEngine({ language: "german" });
  await engine.record([
    item("apart", "Winter Jacke rot"),
    item("together", "Winterjacke für Herren"),
    item("rain", "Regenjacke für Herren"),
    item("jacket", "Jacke für Herren"),
  ]);
  const found = (query: string) => engine!.search({ query, observe: false }).items.map((one) => one.item);
  expect(found("winterjacke ")).toEqual(["together", "apart"]);
  expect(found("jacke ")[0]).toBe("jacket");
});

test("a word that the catalogue has is read apart, too, where its short parts stand side by side in more items", async () => {
  const ten = (title: string) => Array.from({ length: 10 }, (_, i) => item(`${title} ${i}`, title));
  const search = await opened(
    ...[item("adapter", "FullHD adapter"), ...ten("Full HD display")],
    ...[item("film", "Superbad"), ...ten("Bad or super soap")],
  );
  expect(search("fullhd ").items).toHaveLength(11);
  expect(search("superbad ").items).toEqual(["film"]);
});
