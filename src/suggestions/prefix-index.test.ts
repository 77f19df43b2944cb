import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/random.ts";
import { beginsWith, foldedText, wordStarts } from "./folded-text.ts";
import { type IsBetter, PrefixIndex } from "./prefix-index.ts";

interface Entry {
  readonly key: string;
  readonly row: number;
}

/** The same by looking at everything. */
class SlowIndex {
  entries: Entry[] = [];
  readonly isBetter: IsBetter;
  constructor(isBetter: IsBetter) {
    this.isBetter = isBetter;
  }
  add(key: string, row: number): void {
    this.remove(key, row);
    this.entries.push({ key, row });
  }
  remove(key: string, row: number): void {
    this.entries = this.entries.filter((one) => one.key !== key || one.row !== row);
  }
  best(prefix: string, limit: number, accepts: (row: number) => boolean): number[] {
    const rows = new Set(this.entries.filter(({ key }) => key.startsWith(prefix)).map(({ row }) => row));
    return [...rows]
      .filter(accepts)
      .sort((a, b) => (this.isBetter(a, b) ? -1 : 1))
      .slice(0, limit);
  }
  near(prefix: string): string[] {
    const prefixes = new Set(this.entries.flatMap(({ key }) => Array.from(key, (_, i) => key.slice(0, i + 1))));
    return [...prefixes].filter((one) => one !== prefix && one !== "" && isOneEdit(prefix, one)).sort();
  }
}

/** By trying every edit of `from` that there is. */
function isOneEdit(from: string, to: string): boolean {
  for (let i = 0; i < from.length; i++) {
    const [head, tail] = [from.slice(0, i), from.slice(i + 1)];
    if (tail !== "" && head + tail[0] + from[i] + tail.slice(1) === to) return true;
    if (i === 0) continue;
    if (head + tail === to || head + to[i] + tail === to || head + to[i] + from[i] + tail === to) return true;
  }
  return false;
}

const word = fc.stringMatching(/^[ab]{0,3}( [abc]{1,2})?$/);

test("it finds what looking at everything finds, whatever came, rose and went before", () => {
  const step = fc.record({
    verb: fc.constantFrom("add", "add", "add", "remove", "rise", "fall", "ask"),
    key: word,
    row: fc.nat(30),
    more: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.array(word, { maxLength: 300 }), (steps, first) => {
      const score = new Map<number, number>();
      const isBetter: IsBetter = (a, b) => {
        const more = (score.get(a) ?? 0) - (score.get(b) ?? 0);
        return more > 0 || (more === 0 && a < b);
      };
      const [fast, slow] = [new PrefixIndex(isBetter), new SlowIndex(isBetter)];
      const entries = new Map(first.map((key, i) => [`${key} ${i % 40}`, { key, row: i % 40 }]));
      fast.fill([...entries.values()]);
      for (const { key, row } of entries.values()) slow.add(key, row);
      for (const { verb, key, row, more } of steps) {
        if (verb === "add") {
          fast.put(key, row);
          slow.add(key, row);
        } else if (verb === "remove") {
          fast.remove(key, row);
          slow.remove(key, row);
        } else if (verb === "rise") {
          score.set(row, (score.get(row) ?? 0) + more);
          for (const one of slow.entries) if (one.row === row) fast.put(one.key, row);
        } else if (verb === "fall") {
          score.set(row, (score.get(row) ?? 0) - more);
          for (const one of slow.entries) if (one.row === row) fast.sink(one.key, row);
        }
        expect([...fast.rows(key)].sort()).toEqual(slow.best(key, 999, () => true).sort());
        const accepts = (one: number): boolean => one % 7 !== more;
        expect(fast.best(key, 1 + (row % 6), accepts)).toEqual(slow.best(key, 1 + (row % 6), accepts));
      }
      expect(fast.size).toBe(slow.entries.length);
    }),
    { numRuns: 200 },
  );
});

test("blocks that are halved and emptied lose nothing", () => {
  const chance = random("blocks");
  const score = Array.from({ length: 3000 }, () => chance.int(50));
  const isBetter: IsBetter = (a, b) => score[a]! > score[b]! || (score[a] === score[b] && a < b);
  const [fast, slow] = [new PrefixIndex(isBetter), new SlowIndex(isBetter)];
  const keys = score.map(() => chance.int(2000).toString(36));
  for (let row = 0; row < 3000; row++) {
    fast.put(keys[row]!, row);
    slow.entries.push({ key: keys[row]!, row });
    score[row]! += 50;
    fast.put(keys[row]!, row);
  }
  const agree = (): void => {
    for (const prefix of ["", "1", "a", "1a", "zz"])
      expect(fast.best(prefix, 10, (row) => row % 3 > 0)).toEqual(slow.best(prefix, 10, (row) => row % 3 > 0));
  };
  agree();
  for (let i = 0; i < 400; i++) {
    const row = chance.int(3000);
    score[row]! += chance.int(300);
    fast.put(keys[row]!, row);
    const [key, other] = [chance.int(2000).toString(36), 3000 + i];
    score.push(chance.int(400));
    fast.put(key, other);
    slow.entries.push({ key, row: other });
    keys.push(key);
    if (i % 8 === 0) agree();
  }
  for (let row = 0; row < 3400; row++) if (row % 5 > 0) fast.remove(keys[row]!, row);
  slow.entries = slow.entries.filter(({ row }) => row % 5 === 0);
  agree();
  expect(fast.size).toBe(680);
});

test("near what was typed is what one edit makes, but for the first letter", () => {
  const text = fc.stringMatching(/^[abc]{1,5}$/);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), text, (keys, typed) => {
      const isBetter: IsBetter = (a, b) => a < b;
      const [fast, slow] = [new PrefixIndex(isBetter), new SlowIndex(isBetter)];
      keys.forEach((key, row) => {
        fast.put(key, row);
        slow.add(key, row);
      });
      expect(fast.near(typed).sort()).toEqual(slow.near(typed));
    }),
    { numRuns: 500 },
  );
});

test("an index without entries has nothing to say", () => {
  const index = new PrefixIndex((a, b) => a < b);
  expect(index.best("", 3, () => true)).toEqual([]);
  expect(index.near("abcd")).toEqual([]);
  index.remove("a", 1);
  index.put("a", 1);
  index.remove("a", 1);
  expect(index.has("")).toBe(false);
});

test("texts are compared without case, accents, width and punctuation", () => {
  for (const [one, other] of [
    ["Écharpe  Rouge", "echarpe rouge"],
    ["ＳＯＮＹ", "sony"],
    ["women's", "Womens"],
    ["AT&T", "at t"],
    ["  -red-", "red "],
  ])
    expect(foldedText(one!)).toBe(foldedText(other!));
  expect(foldedText("red ")).toBe("red ");
});

test("a text is found by the beginning of each of its words, and of each ideogram", () => {
  expect(wordStarts("red silk scarf")).toEqual(["red silk scarf", "silk scarf", "scarf"]);
  expect(wordStarts(foldedText("Nike运动鞋"))).toEqual(["nike运动鞋", "运动鞋", "动鞋", "鞋"]);
  expect(wordStarts("a b c d e f g h i j")).toHaveLength(8);
  expect(beginsWith("red silk scarf", "silk s")).toBe(true);
  // The word that was typed is whole.
  expect(beginsWith("red silk scarf", "scarf ")).toBe(true);
  expect(beginsWith("red scarfs", "scarf ")).toBe(false);
});

test("folding a folded text changes nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => foldedText(foldedText(text)) === foldedText(text)));
});
