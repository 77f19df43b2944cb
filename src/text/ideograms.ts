/** Runs of characters that no spaces cut: words of a segmenter, or pairs of neighbours. */
import { characterEnd, isHan } from "./characters.ts";
import type { Segmenter } from "./segmenter.ts";
import type { Piece, TokenList } from "./token-list.ts";

/** The Chinese possessive stands between words and is one in none that shops sell: a run ends at it. */
const between = "的";

/**
 * Adds the tokens of `text` from `start` to `end`. Without a segmenter each two neighbours are a token, and a run of one is one: what is
 * asked for in the middle of a run is found. With one, words of three characters and more come whole and as the shorter words
 * inside them.
 */
export function addIdeograms(
  list: TokenList,
  text: string,
  start: number,
  end: number,
  segmenter: Segmenter | undefined,
): void {
  const run = text.slice(start, end);
  if (segmenter !== undefined && isHan(run)) {
    let at = start;
    for (const word of segmenter.cut(run)) {
      if (word !== between) addWord(list, text, at, at + word.length, segmenter);
      at += word.length;
    }
    return;
  }
  for (let from = start; from < end; ) {
    const cut = run.indexOf(between, from - start);
    const to = cut < 0 ? end : start + cut;
    // Behind a single character it makes a word with it more often than not: 美的 sells rice cookers.
    const isWord = cut >= 0 && characterEnd(text, from, end) === to;
    if (to > from) addPairs(list, text, from, isWord ? to + between.length : to);
    from = to + between.length;
  }
}

function addPairs(list: TokenList, text: string, start: number, end: number): void {
  let first = start;
  let second = characterEnd(text, start, end);
  if (second >= end) list.one(text.slice(start, end), start, end, "ideograms");
  while (second < end) {
    const third = characterEnd(text, second, end);
    list.one(text.slice(first, third), first, third, "ideograms");
    first = second;
    second = third;
  }
}

function addWord(list: TokenList, text: string, start: number, end: number, segmenter: Segmenter): void {
  const word = text.slice(start, end);
  const parts = end - start < 3 ? [] : partsOf(word, start, segmenter.within(word));
  if (parts.length < 2) list.one(word, start, end, "ideograms");
  else list.whole(word, start, end, parts, "ideograms");
}

/**
 * The shorter words where they stand in it; each character that none of them covers comes with its neighbour, so that a query read by its
 * parts finds them side by side only: 运动鞋 is 运动 and 动鞋, and no 运动 拖鞋.
 */
function partsOf(word: string, start: number, words: readonly string[]): Piece[] {
  const inside = new Set(words.filter((one) => one.length < word.length));
  const lengths = [...new Set([...inside].map((one) => one.length))].sort((a, b) => a - b);
  const parts: Piece[] = [];
  const add = (from: number, to: number): void => {
    parts.push({ text: word.slice(from, to), start: start + from, end: start + to });
  };
  let covered = 0;
  let before = 0;
  for (let i = 0; i < word.length; ) {
    const next = characterEnd(word, i, word.length);
    for (const length of lengths) {
      if (i + length > word.length || length <= next - i || !inside.has(word.slice(i, i + length))) continue;
      add(i, i + length);
      covered = Math.max(covered, i + length);
    }
    if (covered <= i) {
      if (i > 0) add(before, next);
      else add(i, characterEnd(word, next, word.length));
      covered = next;
    }
    before = i;
    i = next;
  }
  return parts;
}
