import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fold } from "./fold.ts";

const folded = (text: string): string => fold(text).text;
/** All of Unicode and much of what folding is about; without the letters of Hangul on their own, which nobody types. */
const texts = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(..."aÉß'-.,5５ﬁ\u0301\u0308\u00ad\u200dカﾞ€½™нйё한국א\u05b8ไม้ 𠮷"),
      maxLength: 20,
    }),
  )
  .map((text) => text.toWellFormed().replaceAll(/[\u1100-\u11ff\u3131-\u318e\uffa0-\uffdc]/g, ""));

describe("folding", () => {
  test.each([
    ["Größe", "grosse", "the German sharp s is two letters"],
    ["ÉCHARPE à pois", "echarpe a pois", "accents are left out as often as typed"],
    ["Ｎｉｋｅ　１０", "nike 10", "full width is the same letters"],
    ["ｶﾞｽ", "ガス", "half width too, with its voicing"],
    ["oﬃce ﬁt", "office fit", "ligatures are printing"],
    ["Œuvre Ærø Łódź", "oeuvre aero lodz", "letters that no accent makes"],
    ["İstanbul ISPARTA ısı", "istanbul isparta isi", "one i, dotted or not"],
    ["ΣΊΣΥΦΟΣ", "σισυφοσ", "one sigma at every place"],
    ["ёлка Йогурт", "елка йогурт", "ё is е, й is no и"],
    ["їжак", "їжак", "a letter of its own in Ukrainian"],
    ["שָׁלוֹם", "שלום", "vowel points are not typed"],
    ["हिन्दी", "हिन्दी", "marks that are vowels stay"],
    ["がぎ", "がぎ", "voicing is another letter"],
    ["٣٫٥ ४२", "3٫5 42", "decimal digits of every script"],
    ["Nike™ Air®", "nike  air ", "™ is no tm at the end of a brand"],
    [
      "soft\u00adness zero\u200bwidth",
      "softness zero width",
      "hyphens that are not printed go, spaces that are not seen part",
    ],
    ["men’s ‐ ‑ − “x” 5″", "men's - - - \"x\" 5''", "one form of each sign"],
    ["½ m²", "1/2 m2", "what is set small"],
    ["a\u0301\u0302b", "ab", "however many marks"],
  ])("%j is %j: %s", (text, expected) => {
    expect(folded(text)).toBe(expected);
  });

  test("thousands of marks on one letter are folded a few at a time", () => {
    const { text, to } = fold(`a${"\u0301".repeat(20_000)}b`);
    expect(text).toBe("ab");
    expect(to![0]).toBeLessThanOrEqual(32);
    // Of a letter that keeps its marks, too.
    expect(folded(folded(`鞋${"\u0302".repeat(1000)}`))).toBe(folded(`鞋${"\u0302".repeat(1000)}`));
  });

  test("composed and decomposed, a text folds the same", () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(folded(text.normalize("NFD"))).toBe(folded(text.normalize("NFC")));
      }),
      { numRuns: 2000 },
    );
  });

  test("folding what is folded changes nothing", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = folded(text);
        expect(folded(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test("every code unit leads back into the text, in order", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { text: form, from, to } = fold(text);
        if (from === undefined || to === undefined) {
          expect(form).toBe(text.toLowerCase());
          return;
        }
        for (let i = 0; i < form.length; i++) {
          expect(from[i]).toBeLessThan(to[i]!);
          expect(to[i]).toBeLessThanOrEqual(text.length);
          if (i > 0) expect(from[i]).toBeGreaterThanOrEqual(from[i - 1]!);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
