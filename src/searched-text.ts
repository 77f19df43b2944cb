/** The rooms that a search by text stands on: analysis, index, synonyms, the reading of queries, and the match model. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Catalogue } from "./catalogue/catalogue.ts";
import type { Config } from "./config.ts";
import type { Analyzer } from "./core/analyzer.ts";
import { LiveshelfError } from "./core/errors.ts";
import { laidOut, type State } from "./core/state.ts";
import type { TextMatcher } from "./core/text-query.ts";
import { LexicalIndex } from "./lexical/lexical-index.ts";
import { MatchModel } from "./lexical/match-model.ts";
import { shippedMatchWeights } from "./lexical/match-weights.ts";
import { type MatchWeights, parseMatchWeights } from "./lexical/match-weights-file.ts";
import { QueryPlanner } from "./lexical/query-planner.ts";
import { SideBySide } from "./lexical/side-by-side.ts";
import { Synonyms } from "./lexical/synonyms.ts";
import { slotOfField } from "./lexical/text-slots.ts";
import { analyzer } from "./text/analyzer.ts";
import { segmenterFor } from "./text/segmenter.ts";

export interface SearchedText {
  readonly analyzer: Analyzer;
  readonly lexical: LexicalIndex;
  readonly synonyms: Synonyms;
  readonly planner: QueryPlanner;
  readonly matcher: TextMatcher;
  /** Slot of a field's text, −1 for one that is not searched. */
  readonly searchedSlot: (field: string) => number;
  readonly states: readonly State[];
  /** What rows of match features depend on beside their columns. */
  readonly layout: readonly unknown[];
}

type Settings = Pick<Config, "language" | "segmenter" | "searchFields" | "matchWeights">;

/** Throws CONFIG_INVALID where the file of match weights cannot be read or holds none. */
export function searchedText(catalogue: Catalogue, settings: Settings): SearchedText {
  const { language, segmenter, searchFields } = settings;
  const text = analyzer({ language, segmenter: segmenterFor(segmenter) });
  const weightOf = (field: string): number => (Object.hasOwn(searchFields, field) ? searchFields[field]! : 1);
  const searchedSlot = (field: string): number => {
    const type = catalogue.fieldType(field);
    return type === undefined || weightOf(field) === 0 ? -1 : slotOfField(field, type);
  };
  const lexical = new LexicalIndex({ analyzer: text, slotOf: searchedSlot, weightOf });
  const synonyms = new Synonyms(text);
  const planner = new QueryPlanner({
    analyzer: text,
    dictionary: lexical.dictionary,
    documents: () => lexical.size,
    synonyms,
    beside: new SideBySide(lexical).beside,
  });
  const weights = matchWeights(settings.matchWeights);
  const matcher = new MatchModel({
    documents: lexical.documents,
    weights,
    number: (field) => catalogue.number(field),
  });
  const layout = [text.layout, searchFields];
  return {
    analyzer: text,
    lexical,
    synonyms,
    planner,
    matcher,
    searchedSlot,
    states: [laidOut(lexical.state, layout), synonyms.state],
    layout: [...layout, createHash("sha256").update(JSON.stringify(weights)).digest("hex")],
  };
}

function matchWeights(file: string | undefined): MatchWeights {
  if (file === undefined) return shippedMatchWeights;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `The file of match weights ${JSON.stringify(file)} cannot be read (${code}); train-ranker writes one.`;
    throw new LiveshelfError("CONFIG_INVALID", message, "/matchWeights");
  }
  return parseMatchWeights(text, file);
}
