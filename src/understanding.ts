/** What does a query mean by the shop's own fields, as its clicks say? For boosts, for filters where it is nearly certain, and for people. */
import type { ExpiringIds } from "./core/expiring-ids.ts";
import type { Filters } from "./core/public.ts";
import type { Meaning, QueryFields, QueryPlace } from "./features/query-fields.ts";

/** A share above this, of so many clicks by so many shoppers, leaves no doubt. */
const certainShare = 0.9;
const certainClicks = 10;
const certainShoppers = 5;

/** A value that a query means. */
export type Intent = {
  /** How likely a click for the query falls on it, 0 to 1. */
  readonly share: number;
  /** Of late, for the whole query, on it; and by how many shoppers for the query at least, up to 32. */
  readonly clicks: number;
  readonly shoppers: number;
  /** Enough to leave all else out. */
  readonly isCertain: boolean;
} & (
  | { readonly field: "brand"; readonly value: string }
  /** From broad to narrow. */
  | { readonly field: "category"; readonly value: readonly string[] }
);

/** Narrow categories before broad ones. */
const told: readonly QueryPlace[] = ["category", "category-broad", "brand"];

export class Understanding {
  readonly #feature: QueryFields;
  readonly #words: ExpiringIds;
  readonly #levels: (word: string) => readonly string[];

  /** `levels`: of a category's word, from broad to narrow. */
  constructor(feature: QueryFields, words: ExpiringIds, levels: (word: string) => readonly string[]) {
    this.#feature = feature;
    this.#words = words;
    this.#levels = levels;
  }

  /** Categories, the narrow ones first, then brands; of each the likeliest first. None where nothing is known. */
  intent(query: string, atMs: number): readonly Intent[] {
    const meanings = this.#feature.meanings(query, atMs);
    const wholes = new Set(meanings.filter(({ place }) => place === "category").map(({ value }) => value));
    const intents: Intent[] = [];
    for (const place of told) {
      for (const meaning of meanings) {
        if (meaning.place !== place || (place === "category-broad" && wholes.has(meaning.value))) continue;
        const word = this.#words.id(meaning.value);
        if (word !== undefined) intents.push(this.#intent(meaning, word));
      }
    }
    return intents;
  }

  /** The filter that the query means, where that is nearly certain: its narrowest category, and its brand. */
  filter(query: string, atMs: number): Filters | undefined {
    const certain = this.intent(query, atMs).filter(({ isCertain }) => isCertain);
    const category = certain.find(({ field }) => field === "category");
    const brand = certain.find(({ field }) => field === "brand");
    if (category === undefined && brand === undefined) return undefined;
    return {
      ...(category && { category: { under: category.value } }),
      ...(brand && { brand: brand.value as string }),
    };
  }

  #intent({ place, share, clicks, shoppers }: Meaning, word: string): Intent {
    const isCertain = share > certainShare && clicks >= certainClicks && shoppers >= certainShoppers;
    const figures = { share, clicks, shoppers, isCertain };
    return place === "brand"
      ? { field: "brand", value: word, ...figures }
      : { field: "category", value: this.#levels(word), ...figures };
  }
}
