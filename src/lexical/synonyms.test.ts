import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../core/limits.ts";
import { checksum, copyState } from "../core/state.ts";
import { plainAnalyzer } from "./plain-analyzer.check.ts";
import { type SynonymRules, Synonyms } from "./synonyms.ts";

const analyzer = plainAnalyzer();
const folded = (rules: SynonymRules): Synonyms => {
  const synonyms = new Synonyms(analyzer);
  synonyms.fold(rules);
  return synonyms;
};
const of = (synonyms: Synonyms, text: string): string[] =>
  synonyms.of(text.split(" ").map((word) => analyzer.stem(word))).map((phrase) => phrase.join(" "));

describe("synonyms", () => {
  test("a list is two-way, from and to are one-way", () => {
    const synonyms = folded([["sofa", "couch", "settee"], { from: "tv", to: ["television"] }]);
    expect(of(synonyms, "couch")).toEqual(["sofa", "settee"]);
    expect(of(synonyms, "tv")).toEqual(["television"]);
    expect(of(synonyms, "television")).toEqual([]);
  });

  test("hold for every form of a word, whatever its case, and for several words in a row", () => {
    const synonyms = folded([
      ["T-Shirt", "tee"],
      ["cell phones", "mobile"],
    ]);
    expect(of(synonyms, "tees")).toEqual(["t shirt"]);
    expect(of(synonyms, "t shirts")).toEqual(["tee"]);
    expect(of(synonyms, "cell phone")).toEqual(["mobile"]);
    expect(of(synonyms, "mobile")).toEqual(["cell phones"]);
    expect(synonyms.wordsMax).toBe(2);
  });

  test("are not followed from rule to rule, and no word is its own", () => {
    const synonyms = folded([
      ["a1", "b1"],
      ["b1", "c1"],
      ["d1", "D1"],
    ]);
    expect(of(synonyms, "a1")).toEqual(["b1"]);
    expect(of(synonyms, "b1")).toEqual(["a1", "c1"]);
    expect(of(synonyms, "d1")).toEqual([]);
  });

  test("a later event stands in the place of all before it; an empty one ends them", () => {
    const synonyms = folded([["sofa", "couch"]]);
    synonyms.fold([["tv", "television"]]);
    expect(of(synonyms, "sofa")).toEqual([]);
    expect(of(synonyms, "tv")).toEqual(["television"]);
    synonyms.fold([]);
    expect(of(synonyms, "tv")).toEqual([]);
    expect(synonyms.wordsMax).toBe(0);
    expect(synonyms.rules).toEqual([]);
  });

  test("what has no words, and what has more than eight, is passed over", () => {
    const synonyms = folded([["!!!", "sofa"], ["one two three four five six seven eight nine", "sofa"], []]);
    expect(of(synonyms, "sofa")).toEqual([]);
  });

  test("are saved and restored, asked before or not", () => {
    const synonyms = folded([["sofa", "couch"]]);
    const restored = folded([["tv", "television"]]);
    expect(of(restored, "tv")).toEqual(["television"]);
    copyState(synonyms.state, restored.state);
    expect(of(restored, "tv")).toEqual([]);
    expect(of(restored, "couch")).toEqual(["sofa"]);
    expect(checksum([restored.state])).toBe(checksum([synonyms.state]));
  });

  test("the largest event there may be is kept", () => {
    const rules = Array.from({ length: limits.synonymRulesMax }, (_, i) => [`鞋${i}`, `鞋鞋鞋${i}`]);
    expect(folded(rules).rules).toEqual(rules);
  });

  test("say of each word what a look at every rule says", () => {
    const word = fc.constantFrom("a1", "b1", "c1", "d1", "a1 b1", "c1 a1");
    const list = fc.array(word, { maxLength: 4 });
    const rule = fc.oneof(list, fc.record({ from: word, to: list }));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), word, (rules, asked) => {
        const expected = new Set<string>();
        for (const one of rules) {
          const from = "from" in one ? [one.from] : one;
          if (from.includes(asked)) for (const to of "from" in one ? one.to : one) if (to !== asked) expected.add(to);
        }
        expect(new Set(of(folded(rules), asked))).toEqual(expected);
      }),
    );
  });
});
