import { describe, expect, test } from "vitest";
import { plannerOf } from "./plain-analyzer.check.ts";

/** What is asked for on each rung, in words. */
function rungs(words: Readonly<Record<string, number>>, query: string, options: Parameters<typeof plannerOf>[1] = {}) {
  const { planner } = plannerOf(words, { documents: 20_000, ...options });
  return [...planner.ladder(query)].map(({ relaxed }) => `${relaxed.rung}: ${relaxed.query}`);
}

const first = (words: Readonly<Record<string, number>>, query: string, options = {}) => rungs(words, query, options)[0];

describe("of words that no item has together", () => {
  const shop = {
    mechanical: 2, keyboard: 230, printer: 770, home: 170, for: 1500, the: 5000, with: 900, gloves: 40, men: 20, cell: 50, phone: 90, gaming: 60,
    laptop: 170, rgb: 30, sensors: 40, "3310": 1, iphone: 30, "15": 450, case: 420, grill: 8, short: 70, leg: 9, wood: 60, scart: 90, red: 300,
    barbecue: 3, samsung: 600, headphones: 140, coffee: 25, machine: 30, dv71211ea: 1, t: 140, headset: 70, ps50a457: 1,
  }; // biome-ignore format: a table of words

  test.each<[query: string, rung: string | undefined, reason: string]>([
    ["mechanical keyboard ", "fewer-words: keyboard", "the last is what the thing is, however rare the other"],
    ["cell phone ", "fewer-words: phone", "and however frequent"],
    ["printer for home ", "fewer-words: printer", "but before “for” stands what the thing is"],
    ["gloves for men ", "fewer-words: gloves", "the same"],
    [
      "the gloves for men ",
      "fewer-words: the gloves",
      "a stop word stays with what follows it, and goes with what it puts behind",
    ],
    ["bosch keyboard ", "fewer-words: keyboard", "a word that nothing is like goes first"],
    ["gloves for seniorss ", "fewer-words: gloves", "with the stop word before it"],
    ["phone for sensorz ", "fewer-words: phone", "a guess goes before a word as it was typed, wherever it stands"],
    ["iphone 15 case ", "fewer-words: iphone case", "a number without a unit says little"],
    ["nokia 3310 ", undefined, "and nothing alone"],
    ["t-shirt ", undefined, "nor does a letter, or part of a word that is mended"],
    ["bosch grall ", undefined, "nor a guess that is doubtful"],
    ["headset for ps5 ", "fewer-words: headset", "what is only begun like something is not what was typed"],
    ["headphones dv71211ea ", "fewer-words: dv71211ea", "an identifier names the item"],
    ["gaming laptop rgb ", "any-word: gaming laptop rgb", "of three it cannot be told which is wrong"],
  ])("%j: %s (%s)", (query, rung) => {
    expect(first(shop, query)).toBe(rung);
  });

  test("where what the thing is stands first, it stays", () => {
    const french = { chaussures: 50, femme: 90 };
    expect(first(french, "chaussures femme ")).toBe("fewer-words: femme");
    expect(first(french, "chaussures femme ", { headFirst: true })).toBe("fewer-words: chaussures");
  });

  test("where any word is enough, the one that says what the thing is counts most", () => {
    const weights = (query: string) => {
      const { planner } = plannerOf(shop, { documents: 20_000 });
      const { words } = [...planner.ladder(query)].at(-1)!.text.readings[0]!;
      return Object.fromEntries(words.map((word) => [word.text, +word.weights[0]!.toFixed(2)]));
    };
    expect(weights("red samsung headphones ")).toEqual({ red: 0.7, samsung: 0.7, headphones: 1 });
    // A short word that is far rarer than the one before it is said of that.
    expect(weights("gaming laptop rgb ")).toEqual({ gaming: 0.7, laptop: 1, rgb: 0.7 });
    expect(weights("red coffee wool ")).toEqual({ red: 0.7, coffee: 1 });
  });
});

describe("an unknown word is not made into another", () => {
  const shop = {
    ov: 5, oves: 5, grill: 90, short: 70, leg: 90, legs: 90, wood: 90, peter: 90, potter: 30, barbecue: 9, handling: 9, pods: 30, air: 5, bit: 300,
    fit: 300, samsung: 90, harry: 60, tv: 200, stand: 100, jacke: 60,
  }; // biome-ignore format: a table of words
  const spelling = (query: string) =>
    plannerOf(shop, { documents: 20_000 })
      .planner.plan(query)!
      .readings.map(({ words }) => words.map(({ text, terms }) => (terms.length > 0 ? text : "∅")).join(" "));

  test.each<[query: string, readings: string[], reason: string]>([
    ["drill ", ["∅"], "by its first letter, where it is short"],
    ["lego ", ["∅"], "of three letters, or of four by a wrong one"],
    ["wool ", ["∅"], "the same"],
    ["landline ", ["∅"], "by two edits, one of them the first letter"],
    ["fitbit ", ["∅"], "cut into short pieces"],
    ["airpods ", ["∅"], "cut into pieces of which the short one is rare"],
    ["tvstand ", ["tv stand"], "but cut where both are words, the short one a frequent one"],
  ])("%j: %s, not %s", (query, readings) => {
    expect(spelling(query)).toEqual(readings);
  });

  test("nor is its end taken for it, but where the language writes compounds", () => {
    expect(rungs(shop, "gloves ")).toEqual([]);
    expect(rungs(shop, "regenjacke ")).toEqual([]);
    expect(rungs(shop, "regenjacke ", { compounds: true })).toEqual(["fewer-words: jacke"]);
  });

  test("nor a beginning that goes on otherwise", () => {
    expect(rungs(shop, "barbie")).toEqual([]);
    expect(rungs({ barbecue: 9 }, "brabec")).toEqual(["spelling: barbecue"]);
  });

  test("a letter that is doubled or not is the likelier mistake", () => {
    const spelt = (query: string) => plannerOf(shop, { documents: 20_000 }).planner.plan(query)!.spelling;
    expect(spelt("harry poter ")).toBe("harry potter");
    expect(spelt("harry petr ")).toBe("harry peter");
  });

  test("and a spelling that was let go of is not offered", () => {
    const { planner } = plannerOf({ phone: 90, sensors: 40 }, { documents: 20_000 });
    const [rung] = planner.ladder("phone for seniors ");
    expect(rung!.text.spelling).toBe(undefined);
    expect(planner.plan("seniors ")!.spelling).toBe("sensors");
  });
});
