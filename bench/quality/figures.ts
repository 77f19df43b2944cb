/** What others reach on the same files and protocol, measured by the project in November 2026; columns as in the reports. */
import type { Cells } from "../table.ts";

/** MRR of all users, and log-loss a row. */
export const trivagoFigures: readonly (readonly [name: string, mrr: string, logLoss: string])[] = [
  ["shown order", "0.455", "–"],
  ["last touched first", "0.604", "–"],
  ["Vowpal Wabbit, defaults", "0.607", "0.125"],
  ["Vowpal Wabbit, best of 15 settings on this stream", "0.612", "0.122"],
  ["the same with 20 more crosses", "0.620", "–"],
];

/** Hit rate@20, MRR@20, and both of the clicks on items new to the session, in the same lists. */
export const yoochooseFigures: readonly Cells[] = [
  ["popularity", "0.152", "0.035", "–", "–"],
  ["item co-occurrence", "0.635", "0.326", "–", "–"],
  ["sequential rules", "0.618", "0.351", "0.493", "0.179"],
  ["co-visits", "0.656", "0.359", "–", "–"],
  ["VSKNN", "0.687", "0.364", "–", "–"],
  ["VSTAN", "0.690", "0.375", "0.540", "0.134"],
  ["VSTAN, live sessions as neighbours", "0.698", "0.378", "–", "–"],
];

/** NDCG@10 of all, of lists of items bought before only, of lists of new items only; hit rate@10. */
export const onlineRetailFigures: readonly Cells[] = [
  ["popularity of 7 days", "0.112", "0.378", "0.066", "0.488"],
  ["own frequency + popularity", "0.285", "0.392", "0.059", "0.730"],
  ["item-kNN, live", "0.246", "0.363", "0.075", "0.652"],
  ["TIFU-kNN", "0.281", "0.384", "0.048", "0.727"],
  ["a blend of three", "0.291", "0.414", "0.055", "0.735"],
];

/** NDCG@10 over the judged items: all queries with a positive. */
export const gradedGoods: readonly (readonly [name: string, ndcg: string])[] = [
  ["random", "0.588"],
  ["BM25, title", "0.769"],
  ["BM25, title + description + brand", "0.810"],
];

/** The same, tenths 5 and 6 of the queries. */
export const gradedFilms: readonly (readonly [name: string, ndcg: string])[] = [
  ["random", "0.270"],
  ["BM25, title + all", "0.874"],
  ["XGBoost, 21 features", "0.904"],
  ["LightGBM, 21 features", "0.908"],
];
