/** The rooms that learn from what shoppers searched and then chose: what a query means, and what a search box may be completed to. */
import type { Catalogue } from "./catalogue/catalogue.ts";
import { pathLevels } from "./catalogue/field-types.ts";
import type { Analyzer } from "./core/analyzer.ts";
import type { Bounds } from "./core/bounds.ts";
import type { ExpiringIds } from "./core/expiring-ids.ts";
import { type ItemWord, noWord } from "./core/item-numbers.ts";
import { queryOfWord } from "./core/request.ts";
import { type QueryFields, type QueryPlace, queryFields } from "./features/query-fields.ts";
import type { Shoppers } from "./shoppers/shoppers.ts";
import { Suggestions } from "./suggestions/suggestions.ts";
import { Understanding } from "./understanding.ts";

export interface PastQueries {
  /** A list feature. */
  readonly queryFields: QueryFields;
  readonly understanding: Understanding;
  readonly suggestions: Suggestions;
}

export interface PastQueriesOptions {
  readonly catalogue: Catalogue;
  readonly words: ExpiringIds;
  readonly shoppers: Shoppers;
  readonly analyzer: Analyzer;
  readonly bounds: Bounds;
  readonly suggestShoppersMin: number;
}

/** Where queries' meanings are read of the catalogue. */
export const queryPlace =
  (catalogue: Catalogue) =>
  (place: QueryPlace): ItemWord =>
    (place === "brand"
      ? catalogue.word("brand")
      : catalogue.pathWord("category", place === "category" ? "whole" : "broadest")) ?? noWord;

export function pastQueries(options: PastQueriesOptions): PastQueries {
  const { catalogue, words, shoppers, analyzer, bounds, suggestShoppersMin } = options;
  const queryText = (word: number): string | undefined => queryOfWord(words.id(word));
  const field = queryPlace(catalogue);
  const feature = queryFields({ analyzer, queryText, words, field, bounds });
  const isOffered = (item: number): boolean => catalogue.isKnown(item) && catalogue.isRecommendable(item);
  const ofField = { words, isOffered };
  return {
    queryFields: feature,
    understanding: new Understanding(feature, words, pathLevels),
    suggestions: new Suggestions({
      shoppersMin: suggestShoppersMin,
      ownerOf: (shopper) => shoppers.ownerOf(shopper),
      queryText,
      brand: { ...ofField, name: "brands", field: "brand", word: () => field("brand"), levels: (word) => [word] },
      category: {
        ...{ ...ofField, name: "categories", field: "category" },
        ...{ word: () => field("category"), levels: pathLevels },
      },
    }),
  };
}
