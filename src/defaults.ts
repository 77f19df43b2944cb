/** The default ranker: which features a shop starts with, and which of their columns are crossed. Chosen by measurement: see docs/ranking.md. */

import { contextPlaces } from "./core/request.ts";
import { numberPlaces, wordPlaces } from "./features/item-fields.ts";
import { queryPlaces } from "./features/query-fields.ts";
import { recentPlaces } from "./features/recent-items.ts";
import type { ChoiceOptions } from "./models/choice.ts";

const each = (count: number, term: (k: number) => string): string[] => Array.from({ length: count }, (_, k) => term(k));

/** Crosses of columns, written `a * b`. A term of a column that is absent is left out. */
export const listTerms: readonly (readonly string[])[] = [
  // The order that the caller gave, and how far to trust it.
  "order",
  "order-bucket * previous-overlap",
  "order-bucket * last-in-list",
  "order-bucket * touch-rank",
  ...each(contextPlaces, (k) => `order-bucket * context-${k}`),
  "match-rank",
  "match-share",
  // What the shopper did with the item.
  "touch-rank-session",
  "touch-rank-unclicked",
  "touch-ago",
  "touch-age",
  "touch-count-session",
  "touch-rank * touch-action",
  "touch-rank * run",
  "touch-rank * session-length",
  "touch-rank * last-action",
  "touch-rank * touched-since",
  "touch-rank * also-bought",
  "touch-rank * price-decile",
  "touch-rank * item",
  "clicks-before * touch-session",
  // Where it stands relative to what the shopper touched, and in the list before.
  "place-to-last * gap",
  "place-to-last * state",
  "place-to-last * price-decile-to-last",
  "place-to-last-here",
  "place-to-furthest * previous-overlap",
  "place-to-furthest * previous-to-clicked",
  "previous-place * previous-overlap",
  "previous-to-clicked",
  "previous-to-clicked * previous-overlap",
  "place-to-previous-clicked * previous-overlap",
  "previous-clicked * lists-so-far",
  // Price.
  "price-decile",
  "price-to-mean",
  ...each(contextPlaces, (k) => `price-decile * context-${k}`),
  "price-decile * query",
  "price-decile-to-last",
  "price-to-last * last-action",
  "price-to-last * touch-rank",
  "price-to-habit",
  // The item, for everybody and for this query.
  "item-views",
  "item-views * gap",
  "item-attraction",
  "item-click-rate",
  "also-bought",
  "query-item-rate",
  "item",
  "query",
  "query * item",
  // How its texts answer the query, and what the query means by the shop's own fields.
  "text-share",
  "text-coverage",
  "text-title",
  "text-exactness",
  "text-phrase",
  "text-literalness",
  ...queryPlaces.map((place) => `query-${place}`),
  // Its fields, and the shopper's taste for them.
  ...each(wordPlaces, (k) => `field-${k}`),
  ...each(wordPlaces, (k) => `field-${k} * query`),
  ...each(wordPlaces, (k) => `affinity-${k}`),
  ...each(wordPlaces, (k) => `affinity-session-${k}`),
  "tag-affinity",
  "tag-affinity-session",
  ...each(numberPlaces, (k) => `number-${k}`),
].map((term) => term.split(" * "));

/** Columns that factorisation machines cross with each other; one that is absent is left out. */
export const factorFields: readonly string[] = [
  // Who asks, where, and after what.
  "shopper",
  "query",
  "surface",
  ...each(contextPlaces, (k) => `context-${k}`),
  ...each(recentPlaces, (k) => `recent-${k}`),
  "last-action",
  "gap",
  "state",
  "previous-overlap",
  "last-in-list",
  // The item, its fields and its price, and the shopper's taste for them.
  "item",
  ...each(wordPlaces, (k) => `field-${k}`),
  ...each(4, (k) => `affinity-${k}`),
  "tag-affinity",
  "item-attraction",
  "price-decile",
  "price-to-habit",
  "price-decile-to-last",
  // Where it stands, and what the shopper did with it.
  "match-rank",
  "order-bucket",
  "touch-rank",
  "touch-action",
  "place-to-last",
  "place-to-last-here",
  "previous-place",
];

/** What the chance of a cart, a purchase or a dislike is made of, once an item was chosen: few, as few choices lead there. */
export const outcomeTerms: readonly (readonly string[])[] = [
  "item",
  "query",
  "surface",
  "last-action",
  "session-length",
  "price-decile",
  "price-to-mean",
  "price-to-habit",
  "item-attraction",
  "touch-rank",
  "touch-action",
  "touch-count",
  ...each(wordPlaces, (k) => `field-${k}`),
  ...each(wordPlaces, (k) => `affinity-${k}`),
  ...each(wordPlaces, (k) => `affinity-session-${k}`),
  ...each(contextPlaces, (k) => `context-${k}`),
].map((term) => [term]);

/**
 * What the choice model believes before the first choice: for items new to the shopper, and for those turned to before. Rounded from
 * what was learned on three shops' past; a shop's own choices soon outweigh it.
 */
export const choicePrior: ChoiceOptions["prior"] = {
  one: [0, 1],
  "popular.strength": [1.5, 0.5],
  "trending.strength": [1, 0.5],
  "also-bought.strength": [2.5, 0.5],
  "also-bought.rank": [1, 0],
  "bought-next.rank": [1, 0.3],
  "own-items.strength": [0, 3],
  "session-neighbours.strength": [1.5, 0.3],
  "session-neighbours.rank": [0.7, 0],
  "items-ago": [0, 0.7],
  "trend-7d-30d": [0.4, 0.5],
  "repeat-share": [0, 0.6],
  "age-days": [-0.5, -0.3],
  "known-items": [0.4, -0.4],
  "known-items-inverse": [-0.4, 0.4],
  repeater: [-0.4, 0.4],
  "share-30d": [0, 0.4],
  "share-1y": [0, 0.4],
};

/** What is said of a candidate counts more or less by how much is known of the shopper and how long they were away, and with what else is said of it. */
const said = [
  "popular.strength",
  "trending.strength",
  "also-bought.strength",
  "also-bought.rank",
  "bought-next.strength",
  "bought-next.rank",
  "session-neighbours.strength",
  "session-neighbours.rank",
  "own-items.strength",
  "items-ago",
  "trend-1d-7d",
  "repeat-share",
  "age-days",
];
const found = [
  "also-bought.strength",
  "bought-next.strength",
  "session-neighbours.strength",
  "popular.strength",
  "trending.strength",
];

/** Products of columns that the choice model learns from too; an absent column's are left out. */
export const choiceCrosses: NonNullable<ChoiceOptions["crosses"]> = [
  ...["known-items", "gap"].flatMap((shopper) => said.map((column) => [column, shopper] as const)),
  ...found.flatMap((column, i) => found.slice(i).map((other) => [column, other] as const)),
];
