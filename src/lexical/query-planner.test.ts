import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../core/limits.ts";
import type { TextQuery } from "../core/text-query.ts";
import { plannerOf } from "./plain-analyzer.check.ts";

type World = ReturnType<typeof plannerOf>;

/** Readings as texts: of each word the terms that stand for it, a word that an item need not have in parentheses. */
function read({ dictionary }: World, query: TextQuery | undefined): string[] | undefined {
  return query?.readings.map(({ words }) =>
    words
      .map(({ terms, isRequired }) => {
        const texts = Array.from(terms, (term) => dictionary.text(term)).join("|") || "∅";
        return isRequired ? texts : `(${texts})`;
      })
      .join(" "),
  );
}

const many = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));
const planned = (world: World, query: string): string[] | undefined => read(world, world.planner.plan(query));

describe("a query is read", () => {
  const shop = {
    red: 300, scarf: 100, scarfs: 10, scarlet: 30, wool: 80, the: 900, with: 800, headphones: 40, head: 60, phones: 70, phone: 90,
    dv71211ea: 1, dv7: 12, "1211ea": 1, "500gb": 25, iphone12: 3, iphone: 40, "12": 90, "500": 100, gb: 200, "1000": 5, xm4: 2, wh: 3, wh1000xm4: 2,
    samsung: 500, sony: 200, couch: 20, sofa: 30, sofas: 5, television: 50, tv: 70, set: 90, winter: 60, jacke: 50, jacken: 20, winterjacke: 7,
    "运动": 9, "动鞋": 5, "跑鞋": 3, nike: 60, "4006381333931": 1,
  }; // biome-ignore format: a table of words
  const world = plannerOf(shop, {
    synonyms: [["sofa", "couch"], { from: "tv", to: ["television", "tv set"] }, { from: "cans", to: ["headphones"] }],
  });

  test.each<[query: string, readings: string[] | undefined, reason: string]>([
    ["", undefined, "nothing was typed"],
    ["!!! - ?", undefined, "signs are no words"],
    ["scarf ", ["scarf|scarfs"], "a word and its forms"],
    ["Red SCARFS ", ["red scarfs|scarf"], "what was typed comes first, its other forms after it"],
    ["the scarf ", ["(the) scarf|scarfs"], "a stop word is not asked for where another word is"],
    ["the with ", ["the with"], "but where nothing else is"],
    ["the with t", ["(the) (with) tv|television"], "and a letter at the end is the beginning of a word"],
    ["sca", ["scarf|scarlet|scarfs"], "the last word may be a beginning: the most frequent first"],
    ["sca red", ["∅ red"], "any other may not"],
    ["scarf", ["scarf|scarfs"], "a word more frequent than what begins with it is complete"],
    ["samsing ", ["samsung"], "a misspelling"],
    ["amsung ", ["samsung"], "of the first letter too"],
    ["haedph", ["∅"], "of a word that is complete: what is only begun is mended when all else fails"],
    ["sonni ", ["∅"], "one edit below eight letters, no more"],
    ["501gb ", ["∅ gb"], "numbers and identifiers are never mended"],
    ["500 gb ", ["500gb"], "a number with its unit, as one"],
    ["500GB ", ["500gb"], "written together"],
    ["dv7-1211ea ", ["dv71211ea", "dv7 1211ea"], "a model number, whole and in parts"],
    ["dv7 1211ea ", ["dv7 1211ea", "dv71211ea"], "and without its hyphen"],
    ["wh 1000 xm4 ", ["wh 1000 xm4", "wh1000xm4"], "in three"],
    ["head phones ", ["head phones|phone", "headphones"], "a compound written apart"],
    ["headphones ", ["headphones", "head phones|phone"], "and together"],
    ["sofas ", ["sofas|sofa|couch"], "a synonym, both ways and of every form"],
    ["couch ", ["couch|sofa|sofas"], "and back"],
    ["television ", ["television"], "a one-way synonym is one-way"],
    ["red tv ", ["red tv|television", "red tv set"], "a synonym of several words is a reading of its own"],
    ["cans ", ["headphones"], "a word that the catalogue lacks, but for its synonym"],
    ["winterjacke ", ["winterjacke", "winter jacke|jacken"], "a compound by its parts"],
    ["Nike运动鞋 ", ["nike 运动 动鞋"], "ideograms by twos"],
    ["鞋 ", ["动鞋|跑鞋"], "one ideogram stands in many words"],
    ["red red red ", ["red"], "said again is said once"],
    ["redd qqqqq ", ["red ∅"], "what nothing is like is asked for all the same: the ladder is for that"],
  ])("%j as %j: %s", (query, readings) => {
    expect(planned(world, query)).toEqual(readings);
  });

  test("in a language of compounds “jacke” finds “winterjacke”, at a lower weight, and fillers are no letters of a part", () => {
    const german = plannerOf(
      { winter: 60, jacke: 50, winterjacke: 7, damen: 40, arbeit: 12, hose: 30 },
      { compounds: true },
    );
    expect(planned(german, "jacke ")).toEqual(["jacke|winterjacke"]);
    const { terms, weights } = german.planner.plan("jacke ")!.readings[0]!.words[0]!;
    expect([...terms].map((term) => german.dictionary.text(term))).toEqual(["jacke", "winterjacke"]);
    expect(weights[0]).toBe(1);
    expect(weights[1]).toBeLessThan(weights[0]!);
    expect(planned(german, "arbeitshosen ")).toEqual(["arbeit hose"]);
    expect(planned(german, "damenwinterjacke ")).toEqual(["damen winterjacke", "damen winter jacke"]);
  });

  test("a pair of ideograms that goes across two words is not asked for, and of one that no text has each stands in other words", () => {
    const shop = plannerOf({ 红色: 100, 色高: 2, 高跟: 40, 跟鞋: 40, 女士: 30, 女式: 5, 雨鞋: 8 });
    expect(planned(shop, "红色高跟鞋 ")).toEqual(["红色 (色高) 高跟 跟鞋"]);
    expect(planned(shop, "女鞋 ")).toEqual(["女士|女式 跟鞋|雨鞋"]);
    const common = plannerOf({ 红色: 100, 色高: 20, 高跟: 40 });
    expect(planned(common, "红色高跟 ")).toEqual(["红色 色高 高跟"]);
  });

  test("what names an item is told: model numbers, article numbers, an identifier that is the whole query; no number with a unit", () => {
    const exact = (query: string): (string | undefined)[] =>
      [...world.planner.plan(query)!.exact].map((term) => world.dictionary.text(term));
    expect(exact("hp dv7-1211ea")).toEqual(["dv71211ea"]);
    expect(exact("hp dv7 1211ea")).toEqual(["dv71211ea", "1211ea"]);
    expect(exact("sony wh1000xm4 red")).toEqual(["wh1000xm4"]);
    expect(exact("4006381333931")).toEqual(["4006381333931"]);
    expect(exact("dv7")).toEqual(["dv7"]);
    expect(exact("red dv7")).toEqual([]);
    expect(exact("iphone 12 red")).toEqual([]);
    expect(exact("iphone-12")).toEqual([]);
    expect(exact("500gb")).toEqual([]);
    expect(exact("500 gb red")).toEqual([]);
  });

  test("an identifier that the catalogue lacks is read in its letters and digits, if it has these", () => {
    const shop = plannerOf({ hp: 200, "364xl": 5, "364": 9, xl: 60 });
    expect(planned(shop, "hp364xl ")).toEqual(["hp 364xl", "hp 364 xl"]);
    expect(planned(shop, "hp365xl ")).toEqual(["∅"]);
    expect([...shop.planner.ladder("hp364xl ")]).toEqual([]);
  });

  test("a rare word that is near one a hundred times as frequent finds that too, and says so", () => {
    const shop = plannerOf({ headpone: 2, headphone: 300 });
    const query = shop.planner.plan("red headpone ")!;
    expect(read(shop, query)).toEqual(["∅ headpone|headphone"]);
    expect(query.spelling).toBe("red headphone");
    expect(query.isMended).toBe(false);
    expect(query.readings[0]!.words[1]!.weights[1]).toBeLessThan(0.5);
  });

  test("a misspelt word is told with the words around it as they were typed", () => {
    const query = world.planner.plan("RED  Samsing, wool")!;
    expect(query.spelling).toBe("RED  samsung, wool");
    expect(query.isMended).toBe(true);
    expect(world.planner.plan("red samsung")!.spelling).toBe(undefined);
  });

  test("what matched can be shown: words, and beginnings of words", () => {
    const { terms, prefixes } = world.planner.plan("sofas sca")!.highlights;
    expect([...terms]).toEqual(["sofas", "sofa", "couch"]);
    expect(prefixes).toEqual(["sca"]);
  });

  test("a rarer word counts more, and one that nothing is like the most", () => {
    const [red, wool, none] = world.planner.plan("red wool qqqqq ")!.readings[0]!.words;
    expect(wool!.idf).toBeGreaterThan(red!.idf);
    expect(none!.idf).toBeGreaterThan(wool!.idf);
  });

  test("queryWordsMax: of two thousand words the first sixteen are read", () => {
    const many = Array.from({ length: 2000 }, (_, i) => `w${i}x`).join(" ");
    const words = (text: string) => world.planner.plan(text)!.readings[0]!.words.map((word) => word.text);
    expect(words(many)).toEqual(Array.from({ length: limits.queryWordsMax }, (_, i) => `w${i}x`));
    // A whole that does not fit with all its parts is left out.
    expect(words(`${many.split(" ").slice(0, 15).join(" ")} dv7-1211ea `)).toHaveLength(15);
  });

  test("queryReadMax: a longer query is read up to the last word that is whole, and no character is cut in two", () => {
    const words = (text: string) => world.planner.plan(text)!.readings[0]!.words.map((word) => word.text);
    const filling = "x".repeat(limits.queryReadMax - 9);
    expect(words(`${filling} wool red`)).toEqual([filling, "wool", "red"]);
    expect(words(`${filling} wool redd`)).toEqual([filling, "wool"]);
    expect(words(`${filling} ${"y".repeat(4000)}`)).toEqual([filling]);
    for (const emoji of ["\u{1f600}".repeat(2048), `a${"\u{1f600}".repeat(2047)}`])
      expect(() => world.planner.plan(emoji)).not.toThrow();
  });

  test("queryReadingsMax: at most eight ways, the weightiest first", () => {
    const shop = plannerOf(Object.fromEntries(many(40, (i) => [`s${i}`, 5])), {
      synonyms: [{ from: "a1", to: many(32, (i) => `s${i} s${i + 1}`) }],
      documents: 9,
    });
    const { readings } = shop.planner.plan("a1 s1 s2 ")!;
    expect(readings).toHaveLength(limits.queryReadingsMax);
    const weights = readings.map(({ weight }) => weight);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
  });

  test("queryTermsMax: of very many words that begin so the most frequent stand for it", () => {
    const shop = plannerOf(Object.fromEntries(many(400, (i) => [`ab${i}`, 1 + i])));
    const { terms } = shop.planner.plan("ab")!.readings[0]!.words[0]!;
    expect(terms).toHaveLength(limits.queryTermsMax);
    const documents = [...terms].map((term) => shop.dictionary.documents(term));
    expect(documents).toEqual(many(limits.queryTermsMax, (i) => 400 - i));
  });

  test("misspellings of the first four unknown words are looked for", () => {
    const shop = plannerOf({ aaaaa: 1, bbbbb: 1, ccccc: 1, ddddd: 1, eeeee: 1 });
    expect(planned(shop, "aaaax bbbbx ccccx ddddx eeeex ")).toEqual(["aaaaa bbbbb ccccc ddddd ∅"]);
  });

  test("whatever is typed, each reading is whole: terms once each, weights from above 0 to 1, what was typed first", () => {
    const piece = fc.constantFrom(
      ..."red scarf scarfs the 500 gb 500gb dv7-1211ea dv7 1211ea head phones headphones tv set sca samsing winterjacke 鞋 运动 - ! x 12 iphone".split(
        " ",
      ),
    );
    const typed = fc
      .array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 8 })
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(typed, fc.boolean(), (text, isOpen) => {
        const asked = isOpen ? text : `${text} `;
        const asWorld = plannerOf(shop, {
          compounds: true,
          synonyms: [
            ["tv", "tv set"],
            ["red scarf", "headphones"],
          ],
        });
        const all = [asWorld.planner.plan(asked), ...[...asWorld.planner.ladder(asked)].map((rung) => rung.text)];
        for (const query of all) {
          if (query === undefined) continue;
          expect(query.readings.length).toBeGreaterThan(0);
          expect(query.readings.length).toBeLessThanOrEqual(limits.queryReadingsMax);
          for (const { words, weight } of query.readings) {
            expect(weight > 0 && weight <= 1).toBe(true);
            expect(words.length).toBeGreaterThan(0);
            for (const { terms, weights, idf } of words) {
              expect(new Set(terms).size).toBe(terms.length);
              expect(weights.length).toBe(terms.length);
              expect(weights.every((one) => one > 0 && one <= 1)).toBe(true);
              expect([...terms].every((term) => asWorld.dictionary.documents(term) > 0)).toBe(true);
              expect(idf > 0 && Number.isFinite(idf)).toBe(true);
            }
          }
          expect(query.highlights.terms).toBeInstanceOf(Set);
        }
        const again = plannerOf(shop, {
          compounds: true,
          synonyms: [
            ["tv", "tv set"],
            ["red scarf", "headphones"],
          ],
        });
        expect(again.planner.plan(asked)?.readings).toEqual(all[0]?.readings);
      }),
      { numRuns: 200 },
    );
  });

  test("is the same whenever it is asked: nothing is kept of one query for the next", () => {
    const fresh = plannerOf(shop);
    const old = plannerOf(shop);
    for (const query of ["sca", "samsing", "dv7", "headphones", "tv"]) old.planner.plan(query);
    for (const query of ["tv", "headphones", "sca", "samsing wool"])
      expect(old.planner.plan(query)!.readings).toEqual(fresh.planner.plan(query)!.readings);
  });
});

describe("the ladder", () => {
  const shop = {
    red: 300,
    wool: 80,
    scarf: 100,
    appel: 2,
    apple: 50,
    phone: 90,
    winter: 60,
    jacke: 50,
    the: 900,
    hose: 5,
  };
  const world = plannerOf(shop);
  const ladder = (of: World, query: string) =>
    [...of.planner.ladder(query)].map(({ text: asked, relaxed }) => [read(of, asked), relaxed] as const);

  test("of three words that the catalogue has any is enough", () => {
    expect(ladder(world, "red wool scarf ")).toEqual([
      [["(red) (wool) (scarf)"], { rung: "any-word", query: "red wool scarf" }],
    ]);
  });

  test("a number goes with its unit", () => {
    const shop = { "500gb": 40, "500": 900, gb: 900, disk: 10 };
    const [first] = ladder(plannerOf(shop), "500GB disk ");
    expect(first).toEqual([["(500gb) disk"], { rung: "fewer-words", query: "disk", dropped: ["500", "GB"] }]);
  });

  test("words that nothing is like go before all others, at once", () => {
    const [first, second] = ladder(world, "qqqq red zzzz scarf ");
    expect(first).toEqual([
      ["(∅) red (∅) scarf"],
      { rung: "fewer-words", query: "red scarf", dropped: ["qqqq", "zzzz"] },
    ]);
    expect(second![1].dropped).toEqual(["qqqq", "zzzz", "red"]);
  });

  test("words that the catalogue has are mended only when nothing has all of them", () => {
    expect(planned(world, "appel phone ")).toEqual(["appel phone"]);
    const [first] = ladder(world, "appel phone ");
    expect(first).toEqual([["appel|apple phone"], { rung: "spelling", query: "apple phone" }]);
  });

  test("a word still being typed is mended by its beginning", () => {
    expect(ladder(plannerOf({ headphones: 50 }), "haedph")).toEqual([
      [["headphones"], { rung: "spelling", query: "headphones" }],
    ]);
  });

  test("of a compound that the catalogue lacks the head is enough", () => {
    const world = plannerOf({ winter: 60, jacke: 50, hose: 5 }, { compounds: true });
    expect(ladder(world, "winterjacke ")).toEqual([
      [["(winter) jacke"], { rung: "fewer-words", query: "jacke", dropped: ["winter"] }],
    ]);
    expect(ladder(world, "cordhose ")).toEqual([[["hose"], { rung: "fewer-words", query: "hose", dropped: ["cord"] }]]);
  });

  test("has no rung where nothing is left to let go of, and none without words", () => {
    expect(ladder(world, "scarf ")).toEqual([]);
    expect(ladder(world, "qqqq zzzz ")).toEqual([]);
    expect(ladder(world, "!!!")).toEqual([]);
  });

  test("stop words are no words that any of is enough", () => {
    expect(ladder(world, "the red scarf ").at(-1)![0]).toEqual(["(red) (scarf)"]);
  });
});
