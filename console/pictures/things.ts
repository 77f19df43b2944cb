/**
 * Which drawing stands for an item, and in which colour: by the words of its title, tags and category.
 *
 * The drawings and words are in things.json. A drawing is 120 × 120 and stands on the line y = 108: a list of paths from back to front, how
 * each is painted and its outline; the first of kind `a` is the body that a pattern is laid on. Paints: `a` the item's colour, `b` darker,
 * `c` lighter, `m` metal, `g` wood, `w` pale, `k` dark; lower case filled, upper case a line. Words are words, or beginnings of them, in
 * English, German and Chinese; more telling things first: a phone case is a phone, a lamp shade a lamp.
 */
import type { Fields } from "../../src/core/event.ts";

export type Shape = readonly (readonly [paint: string, path: string])[];

/** What things.json holds. */
export interface Drawings {
  readonly things: Readonly<Record<string, { readonly words: string; readonly paths: Shape }>>;
  /** #rrggbb → the words that name it. */
  readonly colours: Readonly<Record<string, string>>;
}

/** Of items that name no colour. */
const unnamed = ["#3d6a8f", "#b5523b", "#5c7f4c", "#c99a3b", "#6d5a8c", "#2f7f7a", "#a85a74", "#5d646b"];
/** What a thing comes in that no word names. */
const otherwise = "box";

export interface Look {
  /** A name in {@link Drawings.things}. */
  readonly thing: string;
  /** #rrggbb */
  readonly colour: string;
  /** 0–5: which pattern, if any. */
  readonly pattern: number;
  /** Width and height, about 1: no two of a kind are quite alike. */
  readonly stretch: readonly [x: number, y: number];
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
const textsOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : "";
const isIdeographic = (word: string): boolean => /\p{Script=Han}/u.test(word);

/** How items look, by these drawings: the same for the same item, always. */
export function looks({ things, colours }: Drawings): (item: string, fields: Fields | undefined) => Look {
  const byWord = new Map<string, string>();
  const byIdeographs: [word: string, thing: string][] = [];
  for (const [thing, { words }] of Object.entries(things)) {
    for (const word of words.toLowerCase().split(" ")) {
      if (isIdeographic(word)) byIdeographs.push([word, thing]);
      else if (word && !byWord.has(word)) byWord.set(word, thing);
    }
  }
  // Longer first: 笔记本电脑 before 笔.
  byIdeographs.sort((a, b) => b[0].length - a[0].length);
  const byColourWord = new Map(
    Object.entries(colours).flatMap(([colour, words]) => words.split(" ").map((word) => [word, colour] as const)),
  );

  function thingIn(text: string): string | undefined {
    const ideographic = isIdeographic(text) ? byIdeographs.find(([word]) => text.includes(word))?.[1] : undefined;
    if (ideographic) return ideographic;
    // In a title the thing itself stands last: “Kitchen lamp”, “Lampe, rot” aside.
    for (const word of wordsOf(text).reverse()) {
      for (const ending of ["", "s", "es", "n", "en"]) {
        const found = word.endsWith(ending) && byWord.get(word.slice(0, word.length - ending.length));
        if (found) return found;
      }
    }
    return undefined;
  }

  function colourIn(text: string): string | undefined {
    for (const word of wordsOf(text)) {
      const found = byColourWord.get(word);
      if (found) return found;
    }
    if (!isIdeographic(text)) return undefined;
    for (const [word, colour] of byColourWord) if (isIdeographic(word) && text.includes(word)) return colour;
    return undefined;
  }

  return (item, fields) => {
    // A brand may be a word, too: Apple sells no apples. And 蓝牙, Bluetooth, is no blue.
    const title = textsOf(fields?.title).replace(textsOf(fields?.brand), "").replaceAll("蓝牙", "");
    const texts = [title, textsOf(fields?.category), textsOf(fields?.tags)];
    // What it comes with is not what it is.
    const bare = title.split(/ (?:with|mit) /i, 1);
    const hash = hashOf(item);
    return {
      thing: first([...bare, ...texts], thingIn) ?? otherwise,
      colour: first([textsOf(fields?.colour ?? fields?.color), ...texts], colourIn) ?? unnamed[hash % unnamed.length]!,
      pattern: (hash >>> 8) % 6,
      stretch: [0.9 + ((hash >>> 12) % 16) / 100, 0.88 + ((hash >>> 17) % 16) / 100],
    };
  };
}

function first<T>(texts: readonly string[], find: (text: string) => T | undefined): T | undefined {
  for (const text of texts) {
    const found = text && find(text);
    if (found) return found;
  }
  return undefined;
}
