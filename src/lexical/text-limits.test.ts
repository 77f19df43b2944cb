/** What is indexed of texts at each limit, and one past it. */
import { expect, test } from "vitest";
import type { Fields } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import { LexicalIndex } from "./lexical-index.ts";
import { slotOf, splitter } from "./slow-index.check.ts";

function indexOf(...items: readonly Fields[]): LexicalIndex {
  const index = new LexicalIndex({ analyzer: splitter, slotOf });
  items.forEach((fields, item) => void index.fold(item, fields, () => fields));
  return index;
}
const isFound = (index: LexicalIndex, text: string): boolean => index.dictionary.find(text) >= 0;

test("slotTermsMax: what comes after so many terms of a slot is not found", () => {
  const words = Array.from({ length: limits.slotTermsMax + 1 }, (_, n) => `w${n}`);
  const index = indexOf({ title: words.join(" ") }, { description: words.map((one) => `d${one}`).join(" ") });
  expect(index.dictionary.size).toBe(2 * limits.slotTermsMax);
  for (const slot of ["w", "dw"]) {
    expect(isFound(index, `${slot}${limits.slotTermsMax - 1}`)).toBe(true);
    expect(isFound(index, `${slot}${limits.slotTermsMax}`)).toBe(false);
  }
});

test("itemTermsMax: further different terms of an item are not found, those of its title and brand first", () => {
  const words = (of: string): string => Array.from({ length: 2000 }, (_, n) => `${of}${n}`).join(" ");
  const index = indexOf({ description: `${words("d")} d0`, title: words("t"), brand: "acme", model: "t7" });
  expect(index.dictionary.size).toBe(limits.itemTermsMax);
  const last = limits.itemTermsMax - 2001 - 1;
  expect(["t1999", "acme", "t7", `d${last}`, `d${last + 1}`].map((one) => isFound(index, one))).toEqual([
    ...[true, true, true, true],
    false,
  ]);
});

test("itemTextMax: what an item's texts hold beyond it is not found", () => {
  const most = limits.slotTextMax;
  const long = (first: string): string => `${first} ${"x ".repeat(most)}`;
  const index = indexOf({ title: long("a"), brand: long("b"), tags: long("c"), model: "d" });
  expect(limits.itemTextMax).toBe(3 * most);
  expect(["a", "b", "c", "d"].map((one) => isFound(index, one))).toEqual([true, true, true, false]);
});

test("of Chinese, a quarter as much is read", () => {
  const index = indexOf({ title: `${"鞋".repeat(limits.slotTextMax / 4 - 3)} 运动 围巾` });
  expect(["运动", "围巾", "围"].map((one) => isFound(index, one))).toEqual([true, false, false]);
});

test("slotTextMax: a word that ends there is found, one that begins there is not", () => {
  const filler = (length: number): string => `${"x".repeat(99)} `.repeat(Math.ceil(length / 100)).slice(0, length);
  const index = indexOf({ title: `${filler(limits.slotTextMax - 5)} last next` });
  expect([isFound(index, "last"), isFound(index, "next")]).toEqual([true, false]);
  const several = indexOf({ tags: [filler(limits.slotTextMax - 4), "last", "next"] });
  expect([isFound(several, "last"), isFound(several, "next")]).toEqual([true, false]);
});

test("termLengthMax: a longer word is found by its beginning, even one that is cut within a character", () => {
  const at = "x".repeat(limits.termLengthMax);
  const index = indexOf({ title: `${at} ${at}y` }, { title: `${at.slice(1)}😀` });
  expect(index.dictionary.size).toBe(2);
  expect(index.dictionary.documents(index.dictionary.find(`${at}z`))).toBe(1);
  expect(isFound(index, `${at.slice(1)}😀`)).toBe(true);
});

test("termsMax: further terms are not found until others have gone", () => {
  const changed = limits as { termsMax: number };
  const before = limits.termsMax;
  changed.termsMax = 3;
  try {
    const index = indexOf({ title: "a b" }, { title: "c d" });
    expect(["a", "b", "c", "d"].map((one) => isFound(index, one))).toEqual([true, true, true, false]);
    index.forget(0);
    index.fold(2, { title: "d e" }, () => ({ title: "d e" }));
    expect(["c", "d", "e"].map((one) => isFound(index, one))).toEqual([true, true, true]);
  } finally {
    changed.termsMax = before;
  }
});
