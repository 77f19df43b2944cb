import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "../core/limits.ts";
import { analyzer } from "./analyzer.ts";
import { highlight } from "./highlight.ts";

const english = analyzer();
const marked = (text: string, terms: readonly string[], prefixes: readonly string[] = []): string | undefined =>
  highlight(english, text, new Set(terms), prefixes);

describe("highlighting", () => {
  test.each([
    ["Red scarf", ["scarf"], [], "Red <em>scarf</em>"],
    ["Red Scarf, red SCARF", ["scarf"], [], "Red <em>Scarf</em>, red <em>SCARF</em>"],
    ["Écharpe d'hiver", ["echarpe"], [], "<em>Écharpe</em> d&#39;hiver"],
    ["Red scarf", [], ["sca"], "Red <em>sca</em>rf"],
    ["Größe", [], ["gros"], "<em>Größe</em>"],
    ["HP dv7-1211ea laptop", ["dv71211ea"], [], "HP <em>dv7-1211ea</em> laptop"],
    ["HP dv7-1211ea laptop", ["dv7"], [], "HP <em>dv7</em>-1211ea laptop"],
    ["SSD 500 GB", ["500gb"], [], "SSD <em>500 GB</em>"],
    ["男士运动鞋", ["运动", "动鞋"], [], "男士<em>运动鞋</em>"],
    ["<b>Wool</b> & silk", ["wool"], [], "<em>Wool</em> &amp; silk"],
    ["Soft<br/>\n<br/>\n wool<ul><li>warm</li></ul> coat</p>", ["wool"], [], "Soft <em>wool</em> warm coat"],
    ["A <Oslo> wool  coat", ["wool"], [], "A &lt;Oslo&gt; <em>wool</em>  coat"],
    ['5 < 6 "wool"', ["wool"], [], "5 &lt; 6 &quot;<em>wool</em>&quot;"],
  ])("%j with %j and %j…: %j", (text, terms, prefixes, expected) => {
    expect(marked(text, terms, prefixes)).toBe(expected);
  });

  test("nothing for a text in which nothing matched", () => {
    expect(marked("Red scarf", ["blue"], ["car"])).toBeUndefined();
  });

  test("a text is read up to a length, and the cut is shown", () => {
    const cut = (length: number) => highlight(english, "Red scarf, blue scarf", new Set(["scarf"]), [], length);
    expect(cut(10)).toBe("Red <em>scarf</em>,…");
    expect(cut(6)).toBeUndefined();
    const long = `${"warm ".repeat(limits.slotTextMax / 5 + 10)}scarf`;
    expect(marked(long, ["scarf"])).toBeUndefined();
  });

  test("what is long or strange is marked in one pass", () => {
    expect(marked("<a".repeat(120_000), ["scarf"])).toBeUndefined();
    const snippet = marked("wool and silk ".repeat(100_000), ["wool", "silk"]);
    expect(snippet).toContain("<em>wool</em> and <em>silk</em>");
    expect(marked(`scarf a${"\u0301".repeat(60_000)}`, ["scarf"])).toMatch(/^<em>scarf<\/em> a/);
  });

  test("a long text is cut to where the most different words are, at words", () => {
    const filler = "soft and warm for every day of the year ".repeat(10);
    const text = `${filler}a scarf ${filler}a red wool scarf for you ${filler}`;
    const snippet = marked(text, ["red", "wool", "scarf"])!;
    expect(snippet).toContain("a <em>red</em> <em>wool</em> <em>scarf</em> for you");
    expect(snippet).toMatch(/^…\w+ .* \w+…$/);
    const shown = snippet.replaceAll(/<\/?em>/g, "");
    expect(shown.length).toBeGreaterThan(150);
    expect(shown.length).toBeLessThanOrEqual(202);
  });

  test("a long text without spaces is cut too", () => {
    const snippet = marked(`${"围巾羊毛".repeat(100)}手套${"围巾羊毛".repeat(100)}`, ["手套"])!;
    expect(snippet).toContain("<em>手套</em>");
    expect(snippet.length).toBeLessThan(220);
  });

  test("whatever the text, what is shown is of it, escaped, with marks in pairs", () => {
    const bits = [
      "red ",
      "scarf ",
      "Größe ",
      "<b>",
      "&",
      '"',
      "𠮷",
      "ﬁt ",
      "运动鞋",
      "'s ",
      "500 GB ",
      "\u0301",
      "x ".repeat(80),
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const html = marked(text, ["scarf", "运动", "500gb", "fit"], ["re", "gro"]);
        if (html === undefined) return;
        expect(html.isWellFormed()).toBe(true);
        expect(html.replaceAll(/<em>[^<]+<\/em>/g, "")).not.toMatch(/[<>"']/);
        const plain = html
          .replaceAll(/<\/?em>|…/g, "")
          .replaceAll("&lt;", "<")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        expect(text.replaceAll(/\s*(?:<b>\s*)+/g, " ")).toContain(plain);
      }),
      { numRuns: 1000 },
    );
  });
});
