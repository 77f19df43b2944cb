import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Analyzer } from "../core/analyzer.ts";
import { limits } from "../core/limits.ts";
import { analyzer } from "./analyzer.ts";
import { languageNames } from "./languages.ts";
import { jieba, type Segmenter, segmenterFor } from "./segmenter.ts";
import { kindOf } from "./units.ts";

const english = analyzer();
const german = analyzer({ language: "german" });
const french = analyzer({ language: "french" });

/** Tokens as text: a whole with its parts in brackets, `500gb[500 gb]`. */
function written(by: Analyzer, text: string): string {
  const tokens = by.analyze(text);
  const words: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const { text: word, wholeOf } = tokens[i]!;
    const parts = tokens.slice(i + 1, i + 1 + wholeOf).map((part) => part.text);
    words.push(wholeOf === 0 ? word : `${word}[${parts.join(" ")}]`);
    i += wholeOf;
  }
  return words.join(" ");
}

describe("words", () => {
  test.each([
    ["Red  Scarf,new!", "red scarf new"],
    ["women's Women’s women`s womens", "womens womens womens womens"],
    ["rock'n'roll 'quoted' dogs'", "rocknroll quoted dogs"],
    ["t-shirt Wi-Fi", "tshirt[t shirt] wifi[wi fi]"],
    ["ready-to-wear", "readytowear[ready to wear]"],
    ["a-b-c-d-e-f-g", "a b c d e f g"],
    ["Damen-, Herren- und Kinder", "damen herren und kinder"],
    ["a - b – c", "a b c"],
    ["AT&T R&D H&M", "att[at t] rd[r d] hm[h m]"],
    ["Johnson & Johnson", "johnson johnson"],
    ["C++ c# f#, vitamin C", "c++ c# f# vitamin c"],
    ["Canal+ S21+ A+B", "canal+[canal] s21+[s21] a b"],
    ["U.S.A. e.g. J.R.R. Tolkien", "usa eg jrr tolkien"],
    ["node.js, end.Next Dr.Oetker", "nodejs[node js] end next dr oetker"],
    ["Nike™ Air® 🔥👟", "nike air"],
    ["<p>Soft <b>wool</b></p>&nbsp;a<b c>d <3", "soft wool a d 3"],
    ["<Oslo> <b>lamp</b><img src='a.png'/><x-y a=b>", "oslo lamp"],
    ["<!-- note --><!DOCTYPE html><my-tag>1</my-tag></a >", "mytag[my tag] 1"],
    ["<b", "b"],
    ["", ""],
    ["-", ""],
    ["!!!", ""],
    ["🙂", ""],
    ["\u0301", ""],
  ])("%j: %s", (text, expected) => {
    expect(written(english, text)).toBe(expected);
  });
});

describe("numbers and units", () => {
  test.each([
    ["500GB", "500gb[500 gb]"],
    ["500 gb", "500gb[500 gb]"],
    ["500-GB SSD", "500gb[500 gb] ssd"],
    ['17" 17″ 17”', "17in[17] 17in[17] 17in[17]"],
    ["17'' 17 inch 17-Inch 17in", "17in[17] 17in[17 inch] 17in[17 inch] 17in[17 in]"],
    ['"iphone 15" 15"', "iphone 15 15in[15]"],
    ["2 in 1", "2 in 1"],
    ["1,000 1000 1,234,567.5", "1000 1000 1234567.5"],
    ["3.5mm 3,5 mm .5 mm", "3.5mm[3.5 mm] 3.5mm[3.5 mm] 0.5mm[0.5 mm]"],
    ["sizes 1,2,3", "sizes 1 2 3"],
    ["10x12 10 x 12 10×12 10*12", "10x12[10 12] 10x12[10 12] 10x12[10 12] 10x12[10 12]"],
    ["55 x 45 x 25 cm", "55x45x25[55 45 25] cm"],
    ["2 x 500 g 2x500g", "2 x 500g[500 g] 2x500g"],
    ["18-55 mm 24-70mm 10-20", "18 55mm[55 mm] 24 70mm[70 mm] 10 20"],
    ['3/4" 24/7 10/11/2012', "3/4[3 4] 24/7[24 7] 10 11 2012"],
    ["1.2.3 USB 3.0", "1.2.3 usb 3.0"],
    ["100% €20 20°C", "100 20 20 c"],
  ])("%j: %s", (text, expected) => {
    expect(written(english, text)).toBe(expected);
  });

  test("with a decimal comma, the dot makes groups", () => {
    expect(written(german, "1.000 Stück 3,5 mm 1.5 17 Zoll")).toBe("1000 stuck 3.5mm[3.5 mm] 1.5 17in[17 zoll]");
  });
});

describe("names of things", () => {
  test.each([
    ["dv7-1211ea", "dv71211ea[dv7 1211ea]"],
    ["dv7 1211ea", "dv7 1211ea"],
    ["DV7_1211EA", "dv71211ea[dv7 1211ea]"],
    ["WH-1000XM4 wh1000xm4", "wh1000xm4[wh 1000xm4] wh1000xm4"],
    ["RTX3080 PS4", "rtx3080[rtx 3080] ps4"],
    ["500GB-SSD", "500gbssd[500gb ssd]"],
    ["SPC610NC/00 spc610nc00", "spc610nc00[spc610nc 00] spc610nc00"],
    ["WIS09ABGN/XX-EC", "wis09abgnxxec[wis09abgn xxec xx ec]"],
    ["HTS3541/12 FS-2000D/DN", "hts354112[hts3541 hts 3541 12] fs2000ddn[fs2000d fs 2000d dn]"],
    ["and/or black/white w/6 XL/42", "and or black white w 6 xl 42"],
    ["C770/C772 C544n/dn/dw SDC4/8GB", "c770 c772 c544n dn dw sdc4[sdc 4] 8gb[8 gb]"],
    ["10MB/s 1024M/160G 5210n/5310n", "10mb[10 mb] s 1024m[1024 m] 160g[160 g] 5210n 5310n"],
    ["978-3-16-148410-0 2023-2024", "9783161484100[978 3 16 148410 0] 2023 2024"],
    ["M.2 480 GB", "m2[m 2] 480gb[480 gb]"],
  ])("%j: %s", (text, expected) => {
    expect(written(english, text)).toBe(expected);
  });

  test.each([
    ["scarf", "word"],
    ["500", "number"],
    ["3.5", "number"],
    ["500gb", "number"],
    ["10x12", "number"],
    ["2nd", "number"],
    ["4006381333931", "identifier"],
    ["dv7", "identifier"],
    ["1211ea", "identifier"],
    ["c++", "word"],
    ["毫升", "ideograms"],
  ])("%j is a %s wherever it stands", (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
});

describe("stems", () => {
  const stems = (by: Analyzer, words: string): string[] => [...new Set(words.split(" ").map((word) => by.stem(word)))];

  test.each([
    [english, "scarf scarves"],
    [english, "womens woman women"],
    [english, "knife knives"],
    [english, "shoe shoes"],
    [english, "battery batteries"],
    [german, "mutze muetze mutzen muetzen"],
    [german, "schuh schuhe"],
    [french, "robe robes"],
    [french, "brode brodee brodes brodees"],
    [analyzer({ language: "portuguese" }), "colecao colecoes"],
    [analyzer({ language: "russian" }), "красный красная красные"],
  ])("%#: one stem for %2$s", (by, words) => {
    expect(stems(by, words)).toHaveLength(1);
  });

  test("what is not spelled is its own stem", () => {
    for (const word of ["dv7s", "500", "is", "运动", "c++", "3.5mm"]) expect(english.stem(word)).toBe(word);
  });

  test("a stem is the same after however many others", () => {
    const fresh = analyzer();
    for (let i = 0; i < 120_000; i++)
      english.stem(`word${String.fromCharCode(97 + (i % 26), 97 + ((i / 26) % 26))}${i}`);
    for (const word of ["dresses", "running", "scarves"]) expect(english.stem(word)).toBe(fresh.stem(word));
  });

  test("in no language, a word is its own stem", () => {
    expect(analyzer({ language: "none" }).stem("dresses")).toBe("dresses");
  });
});

describe("languages", () => {
  test.each(languageNames)("%s has stems and stop words of its libraries", (language) => {
    const one = analyzer({ language });
    expect(one.stem("winterjacken")).toBeTypeOf("string");
    expect(one.isStopWord("winterjacke")).toBe(false);
    expect(one.layout).toContain(language);
  });

  test("there is no other", () => {
    expect(() => analyzer({ language: "klingon" })).toThrow(RangeError);
  });

  test("stop words are what means little in a shop; what only looks like one folded is none", () => {
    for (const word of ["a", "the", "for", "with"]) expect(english.isStopWord(word)).toBe(true);
    for (const word of ["down", "off", "shell", "shed", "well"]) expect(english.isStopWord(word)).toBe(false);
    expect(german.isStopWord("fur")).toBe(true);
    expect([french.isStopWord("a"), french.isStopWord("c")]).toEqual([true, false]);
  });

  test("French articles come off, and the whole stays findable", () => {
    expect(written(french, "l'écharpe d’hiver")).toBe("lecharpe[echarpe] dhiver[hiver]");
    expect(written(english, "L'Oréal")).toBe("loreal");
  });

  test("compounds are written as one word in some", () => {
    expect([german.compounds, english.compounds]).toEqual([true, false]);
  });
});

describe("scripts without spaces", () => {
  test.each([
    ["运动鞋", "运动 动鞋"],
    ["鞋", "鞋"],
    ["Nike运动鞋", "nike 运动 动鞋"],
    ["红色的围巾", "红色 围巾"],
    ["的", ""],
    ["iPhone15手机壳", "iphone15[iphone 15] 手机 机壳"],
    ["美的电饭煲", "美的 电饭 饭煲"],
    ["５００毫升保温杯", "500ml[500 毫升] 保温 温杯"],
    ["1.5升 2升级", "1.5l[1.5 升] 2 升级"],
    ["東京ｶﾞｽ", "東京 京ガ ガス"],
    ["블루투스 이어폰", "블루 루투 투스 이어 어폰"],
    ["𠮷野家", "𠮷野 野家"],
    ["รองเท้า", "รอ อง งเ เท้ ท้า"],
  ])("pairs of neighbours: %j: %s", (text, expected) => {
    expect(written(english, text)).toBe(expected);
  });

  /** Cuts at the words of a list, longest first. */
  function listed(...words: readonly string[]): Segmenter {
    return {
      name: "listed",
      cut: (run) =>
        run.match(
          new RegExp(
            [...words]
              .sort((a, b) => b.length - a.length)
              .concat(".")
              .join("|"),
            "gu",
          ),
        ) ?? [],
      within: (word) => words.filter((one) => word.includes(one)),
    };
  }

  test("a segmenter's words, long ones with the shorter ones inside and pairs of what these leave", () => {
    const chinese = analyzer({
      language: "mandarin",
      segmenter: listed("运动", "运动鞋", "连衣裙", "连衣", "衣裙", "女士"),
    });
    expect(written(chinese, "Nike运动鞋 女士的连衣裙")).toBe("nike 运动鞋[运动 动鞋] 女士 连衣裙[连衣 衣裙]");
    expect(chinese.layout).toContain("listed");
  });

  test("Japanese is not cut by a Chinese segmenter", () => {
    expect(written(analyzer({ segmenter: listed("京都") }), "東京都のガス")).toBe("東京 京都 都の のガ ガス");
  });

  test("jieba where it is installed, its release in the layout; bigrams where they are asked for", () => {
    const installed = jieba();
    expect(segmenterFor("bigrams")).toBeUndefined();
    expect(segmenterFor("auto")?.name).toBe(installed?.name);
    expect(installed?.name).toMatch(/^jieba \d/);
    const chinese = analyzer({ language: "mandarin", segmenter: installed });
    expect(written(chinese, "女士连衣裙 不锈钢保温杯")).toBe(
      "女士 连衣裙[连衣 衣裙] 不锈钢[不锈 锈钢] 保温杯[保温 温杯]",
    );
  });
});

describe("whatever the text", () => {
  const bits = "aB é ß 1 22 500 gb GB in x × - _ . , & + # / \" ' ’ ( < > ™ 鞋 运动 的 กา ガ ﾞ 𠮷 🙂 \u0301 \u00ad   ";
  const texts = fc.oneof(
    fc.string({ unit: fc.constantFrom(...bits, "l'", "dv7-", "1,000", "5毫升", "毫升"), maxLength: 30 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ maxLength: 60 }),
  );
  const analyzers = [english, german, french, analyzer({ language: "mandarin", segmenter: jieba() })];

  test("tokens lie in it, in order, a whole before its parts and around them", () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(...analyzers), (text, by) => {
        const tokens = by.analyze(text);
        let position = 0;
        let wholeUntil = 0;
        tokens.forEach((token, i) => {
          expect(token.start).toBeGreaterThanOrEqual(tokens[i - 1]?.start ?? 0);
          expect(token.end).toBeGreaterThan(token.start);
          expect(token.end).toBeLessThanOrEqual(text.length);
          expect(token.text.length).toBeGreaterThan(0);
          expect(token.position).toBe(position);
          if (token.wholeOf === 0) position++;
          else {
            // No whole in a whole.
            expect(i).toBeGreaterThanOrEqual(wholeUntil);
            wholeUntil = i + 1 + token.wholeOf;
            for (let part = i + 1; part < wholeUntil; part++) {
              expect(tokens[part]!.wholeOf).toBe(0);
              expect(tokens[part]!.end).toBeLessThanOrEqual(token.end);
            }
          }
        });
      }),
      { numRuns: 3000 },
    );
  });

  test("composed and decomposed it has the same tokens", () => {
    const terms = (by: Analyzer, text: string) =>
      by.analyze(text).map(({ text: one, kind, wholeOf }) => ({ one, kind, wholeOf }));
    fc.assert(
      fc.property(texts, fc.constantFrom(...analyzers), (text, by) => {
        expect(terms(by, text.normalize("NFD"))).toEqual(terms(by, text.normalize("NFC")));
      }),
      { numRuns: 2000 },
    );
  });

  test("a term has one kind", () => {
    const kinds = new Map<string, string>();
    fc.assert(
      fc.property(texts, (text) => {
        for (const { text: term, kind } of english.analyze(text)) {
          expect(kinds.get(term) ?? kind, term).toBe(kind);
          kinds.set(term, kind);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a term is cut at its limit, through no character, and alike ones alike", () => {
    for (const long of ["x".repeat(5000), `x${"𠮷".length > 1 ? "𝐀𐐀".repeat(200) : ""}`]) {
      const [token] = english.analyze(long);
      expect(token!.text.length).toBeLessThanOrEqual(limits.termLengthMax);
      expect(token!.text.isWellFormed()).toBe(true);
    }
  });

  test("a long text of signs is read in one pass", () => {
    for (const sign of [
      "<a",
      "&",
      "1.",
      "1,",
      "a.",
      "1x",
      "'",
      "a'",
      "l'",
      "-a",
      '1"',
      "10 x ",
      "x+",
      "1/",
      "a1/",
      "a1/b-",
    ]) {
      expect(english.analyze(sign.repeat(20_000)).length, sign).toBeGreaterThanOrEqual(0);
    }
  });
});
