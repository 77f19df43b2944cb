/** A page of odd queries with what is right for each, and why: what shoppers, keyboards and robots send to a search box. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manualClock } from "../../src/core/clock.ts";
import { createEngine, type Engine } from "../../src/index.ts";
import { oddShop } from "./odd-shop.ts";

const startMs = Date.UTC(2026, 10, 22);
const all = 40;
const scarves = "scarf-wool scarf-silk scarf-kids scarves-set";
const sony = "headphones-sony";

interface Expected {
  /** What is on top, in any order; none: whatever the shop shows without a query. */
  readonly top?: string;
  /** So many of the first items are of these; default: as many as these are. */
  readonly first?: number;
  readonly total: number;
  /** Rung of the ladder, where nothing held what was asked. */
  readonly rung?: string;
  readonly spelling?: string;
}

const rows: readonly (readonly [query: string | undefined, expected: Expected, why: string])[] = [
  // Nothing to look for.
  [undefined, { total: all }, "no query: what is popular"],
  ["", { total: all }, "an empty box is no query"],
  [" \t\n ", { total: all }, "spaces are none either"],
  ["-", { total: all }, "a sign is no word"],
  ["!!!", { total: all }, "nor are several"],
  ["%", { total: all }, "of no database's language either"],
  ["👟", { total: all }, "no title has the picture, and what it shows cannot be known"],
  ["👟 scarf", { top: scarves, first: 2, total: 5 }, "beside a word, a picture says nothing"],

  // Very short, very long.
  ["c", { top: "book-c", total: 18 }, "one letter: the word before all that begin with it"],
  ["sca", { top: scarves, first: 2, total: 5 }, "a word being typed"],
  ["scarf", { top: scarves, total: 5 }, "in full: before the jacket whose description says that it goes with them"],
  ["ＳＣＡＲＦ", { top: scarves, first: 2, total: 5 }, "full-width capitals, from an Asian keyboard"],
  ["x".repeat(4096), { total: all, rung: "popular" }, "one word, as long as a query may be"],
  ["red scarf ".repeat(400), { top: "scarf-wool", total: 1 }, "a word counts once"],
  [
    `red scarf ${"x ".repeat(2000)}`,
    { top: "scarf-wool", total: 1, rung: "fewer-words" },
    "2,000 words: the unknown goes",
  ],

  // Stop words.
  ["the", { top: "game laptop-sleeve", total: 2 }, "only a stop word: then it is what is asked for"],
  [
    "with the for",
    { total: 6, top: "jacket-winter laptop-sleeve", first: 1, rung: "any-word" },
    "two have two of the three",
  ],
  ["it", { top: "book-it", total: 1 }, "the title of a novel"],
  ["a scarf of red wool", { top: "scarf-wool", total: 1 }, "half a sentence: what is not asked for need not be there"],
  ["down jacket", { top: "jacket-down", total: 1 }, "no stop word where it is sold"],

  // Spelling.
  ["Addidas", { top: "adidas-shoe", total: 1, spelling: "adidas" }, "a misspelt brand is found, and its name offered"],
  ["samsnug ssd", { top: "ssd-500 ssd-1tb", total: 2, spelling: "samsung ssd" }, "two letters swapped"],
  ["cafe", { top: "mug", total: 1 }, "typed without its accent"],
  ["CAFÉ", { top: "mug", total: 1 }, "and with it, in capitals"],
  ["cafe\u0301", { top: "mug", total: 1 }, "and as some systems compose it"],
  ["childrens scarf", { top: "scarf-kids", total: 1 }, "without its apostrophe"],
  ["children’s scarf", { top: "scarf-kids", total: 1 }, "and with the printer's"],
  ["scarfs", { top: scarves, first: 2, total: 5 }, "a plural that no title has"],
  ["knife", { top: "knife knives", total: 2 }, "its plural is irregular"],
  ["zzzzqqq", { total: all, rung: "popular" }, "like nothing in the shop"],
  [
    "scarf zzzzqqq",
    { top: scarves, first: 2, total: 5, rung: "fewer-words" },
    "what is unknown goes before what is known",
  ],

  // Model numbers and codes.
  ["dv7-1211ea", { top: "laptop-dv7", total: 2 }, "the notebook before the sleeve that is made for it"],
  ["dv7 1211ea", { top: "laptop-dv7", total: 2 }, "without its hyphen, parted"],
  ["DV71211EA", { top: "laptop-dv7", total: 2 }, "and joined"],
  ["1211ea", { top: "laptop-dv7", total: 2 }, "its second half"],
  ["dv7", { top: "laptop-dv7 laptop-dv7b", total: 3 }, "its series"],
  ["wh1000xm4", { top: sony, total: 1 }, "a model of three parts, as people remember it"],
  ["wh 1000 xm4", { top: sony, total: 1 }, "in pieces that no title has"],
  ["usbc charger", { top: "charger", total: 1 }, "a hyphen left out"],
  ["C++", { top: "book-cpp", total: 1 }, "signs that are part of a name; neither C nor vitamin C"],

  // Numbers and units.
  ["500GB", { top: "ssd-500 hdd-500", total: 2 }, "a unit as one word finds both ways of writing it"],
  ["500 gb", { top: "ssd-500 hdd-500", total: 2 }, "and as two"],
  ["500-gb ssd", { top: "ssd-500", total: 1 }, "and with a hyphen"],
  ['14"', { top: "laptop-sleeve laptop-thinkpad", total: 2 }, "an inch is a sign"],
  ["14 inch", { top: "laptop-sleeve laptop-thinkpad", total: 2 }, "or a word"],
  ["10 x 15", { top: "frame", total: 1 }, "a measure with spaces"],
  ["30×40", { top: "frame-big", total: 1 }, "and with the sign that belongs there"],

  // Signs that other engines know.
  ['"red wool scarf"', { top: "scarf-wool", total: 1 }, "quotes are no operator, and do no harm"],
  ['red "wool scarf', { top: "scarf-wool", total: 1 }, "one that was left open neither"],
  ["scarf -red", { top: "scarf-wool", total: 1 }, "a minus excludes nothing: filters do, and titles have hyphens"],
  ["scarf*", { top: scarves, first: 2, total: 5 }, "beginnings are found without a star"],
  ["<b>scarf</b>", { top: scarves, first: 2, total: 5 }, "copied from a page"],

  // Compounds.
  [
    "head phones",
    { top: `earphones headphones-bose ${sony}`, total: 3 },
    "written apart, it finds the word and the words",
  ],
  ["headphones", { top: `earphones headphones-bose ${sony}`, total: 3 }, "as one word it finds the same"],
  ["winterjacket", { top: "jacket-winter", total: 1 }, "joined by the shopper, not by the shop"],
  ["tshirt", { top: "tshirt", total: 1 }, "without its hyphen"],
  ["t shirt", { top: "tshirt", total: 1 }, "with a space for it"],

  // Two scripts.
  ["nike运动鞋", { top: "nike-shoe", total: 1 }, "Latin and Chinese in one word"],
  ["鞋", { top: "nike-shoe slippers", total: 2 }, "one character, at the end of two words"],

  // Everything.
  ["stocked", { total: all }, "a word that every item has: all are counted"],
];

describe("odd queries", () => {
  let shop: Engine;

  beforeAll(async () => {
    shop = await createEngine({ clock: manualClock(startMs), tickMs: 0 });
    await shop.record(oddShop);
  });

  afterAll(async () => {
    await shop.close();
  });

  test.each(
    rows.map(([query, expected, why]) => ({
      shown: JSON.stringify(query?.slice(0, 30)) ?? "none",
      query,
      expected,
      why,
    })),
  )("$shown: $why", ({ query, expected: { top = "", first, total, rung, spelling } }) => {
    const wanted = top === "" ? [] : top.split(" ");
    const answer = shop.search({ ...(query === undefined ? {} : { query }), size: all, observe: false });
    expect({ total: answer.total, rung: answer.relaxed?.rung, spelling: answer.spelling }).toEqual({
      total,
      rung,
      spelling,
    });
    expect(answer.items.length).toBe(total);
    const found = answer.items.map(({ item }) => item);
    const onTop = found.slice(0, first ?? wanted.length);
    if (top !== "") expect(onTop.filter((item) => !wanted.includes(item))).toEqual([]);
  });

  test("a query without a word is answered as none", () => {
    const answered = (query?: string): readonly string[] =>
      shop
        .search({ ...(query === undefined ? {} : { query }), size: all, observe: false })
        .items.map(({ item }) => item);
    for (const query of ["", "-", "!!!", "👟", " "]) expect(answered(query), query).toEqual(answered());
  });
});
