/** Cutting Chinese into words, where a segmenter is installed; without one, pairs of characters are indexed. */
import { createRequire } from "node:module";
import { LiveshelfError } from "../core/errors.ts";

export interface Segmenter {
  /** Names the words that come out, release included: an index made with others is made anew. */
  readonly name: string;
  /** Words of a run of Chinese characters; joined they are the run. */
  cut(run: string): readonly string[];
  /** Shorter words of the dictionary inside a word, in any order; they may overlap. */
  within(word: string): readonly string[];
}

interface JiebaInstance {
  cut(text: string, guessesNewWords: boolean): string[];
  cutForSearch(text: string, guessesNewWords: boolean): string[];
}

/** What the setting `segmenter` may say. */
export const segmenterNames = ["auto", "jieba", "bigrams"] as const;

/**
 * The segmenter of a setting: `auto` is jieba where it is installed; none for `bigrams`. Throws CONFIG_INVALID where jieba is asked for and
 * not installed.
 */
export function segmenterFor(setting: (typeof segmenterNames)[number]): Segmenter | undefined {
  if (setting === "bigrams") return undefined;
  const installed = jieba();
  if (installed === undefined && setting === "jieba") {
    throw new LiveshelfError(
      "CONFIG_INVALID",
      '"segmenter" is "jieba", and the package @node-rs/jieba is not installed: run npm install @node-rs/jieba.',
      "/segmenter",
    );
  }
  return installed;
}

/**
 * `@node-rs/jieba`, or undefined where it is not installed. Its dictionary (0.4 s, 55 MB) is loaded when the first Chinese
 * text comes, so that shops without any do not pay for it. New words are not guessed: guesses depend on what stands beside, and
 * a query stands beside other words than a title.
 */
export function jieba(): Segmenter | undefined {
  // By require, as it is there or not, and the first Chinese text is folded in one go.
  const require = createRequire(import.meta.url);
  let Jieba: { withDict(dictionary: Uint8Array): JiebaInstance };
  let version: string;
  try {
    ({ Jieba } = require("@node-rs/jieba"));
    ({ version } = require("@node-rs/jieba/package.json"));
  } catch {
    return undefined;
  }
  let instance: JiebaInstance | undefined;
  const loaded = (): JiebaInstance => {
    instance ??= Jieba.withDict(require("@node-rs/jieba/dict").dict);
    return instance;
  };
  return {
    name: `jieba ${version}`,
    cut: (run) => loaded().cut(run, false),
    within: (word) => loaded().cutForSearch(word, false),
  };
}
