/** What a search box may be completed to: the shop's queries, a shopper's own, and the brands and categories that are in stock. */
import type { Fact } from "../core/fact.ts";
import { atOnce, type Pieces } from "../core/pieces.ts";
import type { State } from "../core/state.ts";
import { FieldValues, type FieldValuesOptions } from "./field-values.ts";
import { OwnQueries } from "./own-queries.ts";
import { ShopQueries, type ShopQueriesOptions } from "./shop-queries.ts";

export interface SuggestionsOptions extends ShopQueriesOptions {
  readonly brand: FieldValuesOptions;
  readonly category: FieldValuesOptions;
  /** Text of a query's word row, as it was normalised; undefined where it has none. */
  queryText(word: number): string | undefined;
}

export class Suggestions {
  readonly state: readonly State[];
  readonly queries: ShopQueries;
  readonly own = new OwnQueries();
  readonly brands: FieldValues;
  readonly categories: FieldValues;
  readonly #queryText: SuggestionsOptions["queryText"];

  constructor({ brand, category, queryText, ...options }: SuggestionsOptions) {
    this.queries = new ShopQueries(options);
    this.brands = new FieldValues(brand);
    this.categories = new FieldValues(category);
    this.#queryText = queryText;
    this.state = [this.queries.state, this.own.state, this.brands.state, this.categories.state];
  }

  /** Folds an event; of an item's, what the catalogue already has. */
  fold({ type, isChoice, query, item, fields, shopper, atMs, clockMs }: Fact): void {
    if (type === "item") {
      this.brands.count(item, fields, clockMs);
      this.categories.count(item, fields, clockMs);
    }
    if (!isChoice) return;
    this.brands.choose(item, atMs);
    this.categories.choose(item, atMs);
    const text = query < 0 ? undefined : this.#queryText(query);
    if (text === undefined) return;
    const asked = this.queries.choose(text, shopper, atMs, clockMs);
    if (asked >= 0) this.own.add(shopper, this.queries.key(asked));
  }

  /** Makes what the first look would have to make: after a start, so that no request waits for it. */
  prepare(): void {
    atOnce(this.preparing());
  }

  /** As {@link prepare}, in pieces; nothing may be folded meanwhile. */
  *preparing(): Pieces<void> {
    for (const one of [this.queries, this.brands, this.categories]) yield* one.preparing();
  }

  /** Shoppers who must have chosen something for a query before others see it; no folded state. */
  set shoppersMin(count: number) {
    this.queries.shoppersMin = count;
  }

  /** The item was removed, or its row is freed. */
  forgetItem(item: number, clockMs: number): void {
    this.brands.forgetItem(item, clockMs);
    this.categories.forgetItem(item, clockMs);
  }

  join(from: number, to: number): void {
    for (const key of this.own.of(from)) {
      const query = this.queries.rowOf(key);
      if (query >= 0) this.queries.join(query, from, to);
    }
    this.own.join(from, to);
  }

  forget(shopper: number): void {
    this.own.forget(shopper);
    this.queries.forgetShopper(shopper);
  }
}
