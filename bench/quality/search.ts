/**
 * Graded queries: how well are the judged items of a query ordered, and how many of the good ones does a search find? Shipped and learned
 * weights are measured through `engine.rank` with `ordered: false`, as any caller would.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, EventInput } from "../../src/core/public.ts";
import { ndcg } from "../../src/evaluation/metrics.ts";
import { catalogueRooms, type GradedLists, gradedLists } from "../../src/graded-lists.ts";
import { createEngine } from "../../src/index.ts";
import { scoreRows, trainMatchWeights } from "../../src/lexical/match-training.ts";
import type { MatchWeights } from "../../src/lexical/match-weights-file.ts";
import { column, crossValidated, differences, mean, ndcgOfEach, trainRanker } from "../../src/train-ranker.ts";
import { chorus } from "../datasets/chorus.ts";
import { folderOf, type GradedSet } from "../datasets/dataset.ts";
import { msrd, testTenths, trainTenths } from "../datasets/msrd.ts";
import { fixed } from "../table.ts";
import { gradedFilms, gradedGoods } from "./figures.ts";
import type { QualityReport } from "./report.ts";
import { jointWeights } from "./shipped-weights.ts";

const recallAt = 100;
const tenths = 10;
/** A grade that makes an item one to be found, where grades go to 3. */
const goodGrade = 2;
const measure = "NDCG@10 over the judged items, gain 2^grade − 1, queries without a positive left out";

export async function goodsSearch(folder: string): Promise<QualityReport> {
  const set = chorus(folder);
  const lists = gradedLists(await catalogueRooms(set.items), set.grades);
  const shipped = await withEngine(set.items, undefined, (engine) => ({
    ndcg: ranked(engine, lists),
    recall: recall(engine, lists, goodGrade),
  }));
  const { report, learned } = trainRanker(lists);
  const films = folderOf("msrd");
  const others = films === undefined ? undefined : await filmLists(msrd(films).of(trainTenths));
  const elsewhere = others && jointWeights({ goods: undefined, films: others });
  const unseen = ndcgOfEach(
    lists,
    crossValidated(lists, tenths, (goods) => jointWeights({ goods, films: others })),
  );
  const rankers = [
    { ranker: "BM25F", ndcg: ndcgOfEach(lists, column(lists, "bm25f")) },
    ...(elsewhere ? [{ ranker: "shipped, fitted without this set", ndcg: scored(lists, elsewhere) }] : []),
    { ranker: "shipped", ndcg: shipped.ndcg },
    { ranker: `learned, ${report.folds}-fold cross-validated`, ndcg: ndcgOfEach(lists, learned) },
  ];
  return {
    title: "chorus: graded queries on electronics",
    about: `${measure}; ${lists.queries.length} queries, ${lists.grades.length} grades, 0 to 3.`,
    ...tableOf(rankers, gradedGoods),
    notes: [
      intervals(lists, rankers),
      `A search of the whole catalogue finds ${fixed(shipped.recall, 3)} of the items graded ${goodGrade} and more among its first ${recallAt}.`,
      `The shipped weights have seen these queries. Fitted as they are, but with each tenth of these queries left out in turn, they reach ${fixed(mean(unseen))} on what was left out.`,
    ],
  };
}

export async function filmsSearch(folder: string): Promise<QualityReport> {
  const set = msrd(folder);
  const train = await filmLists(set.of(trainTenths));
  const lists = await filmLists(set.of(testTenths));
  const learned = trainMatchWeights(train, train.columns);
  const shipped = await withEngine(set.items, undefined, (engine) => ranked(engine, lists));
  const byEngine = await withEngine(set.items, learned, (engine) => ({
    ndcg: ranked(engine, lists),
    recall: recall(engine, lists, 1),
  }));
  const goods = folderOf("chorus");
  const elsewhere = goods && jointWeights({ goods: await goodsLists(goods), films: undefined });
  const rankers = [
    { ranker: "BM25F", ndcg: ndcgOfEach(lists, column(lists, "bm25f")) },
    ...(elsewhere ? [{ ranker: "shipped, fitted without this set", ndcg: scored(lists, elsewhere) }] : []),
    { ranker: "shipped", ndcg: shipped },
    { ranker: "learned", ndcg: byEngine.ndcg },
  ];
  return {
    title: "msrd: graded queries on films",
    about: `${measure}; learned from tenths 0–4 of the queries (${train.queries.length}), tested on 5 and 6 (${lists.queries.length}).`,
    ...tableOf(rankers, gradedFilms),
    notes: [
      intervals(lists, rankers),
      `A search of the whole catalogue finds ${fixed(byEngine.recall, 3)} of the films graded 1 among its first ${recallAt}.`,
      "The shipped weights are fitted on an eighth of the training queries, without years and votes; the learned ones have these.",
    ],
  };
}

const filmLists = async (set: GradedSet): Promise<GradedLists> =>
  gradedLists(await catalogueRooms(set.items), set.grades);

async function goodsLists(folder: string): Promise<GradedLists> {
  const set = chorus(folder);
  return gradedLists(await catalogueRooms(set.items), set.grades);
}

const scored = (lists: GradedLists, weights: MatchWeights): Float64Array =>
  ndcgOfEach(lists, scoreRows(weights, lists, lists.columns));

interface Ranker {
  readonly ranker: string;
  readonly ndcg: Float64Array;
}

function tableOf(rankers: readonly Ranker[], others: readonly (readonly [string, string])[]) {
  return {
    head: ["", "NDCG@10"],
    rows: [
      ...rankers.map(({ ranker, ndcg: each }) => [ranker, fixed(mean(each))]),
      ...others.map(([name, figure]) => [`*${name}*`, figure]),
    ],
  };
}

function intervals(lists: GradedLists, rankers: readonly Ranker[]): string {
  const said = differences(lists.queries, rankers)
    .filter(({ b }) => b === "BM25F")
    .map(({ a, mean: by, low, high }) => `${a} ${signed(by)} (${signed(low)} to ${signed(high)})`);
  return `Over BM25F, paired: ${said.join("; ")} (95 % intervals, bootstrap by query).`;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;

async function withEngine<T>(
  items: readonly EventInput[],
  weights: MatchWeights | undefined,
  then: (engine: Engine) => T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "match-weights-"));
  const file = join(folder, "weights.json");
  if (weights !== undefined) writeFileSync(file, JSON.stringify(weights));
  const engine = await createEngine(weights === undefined ? {} : { matchWeights: file });
  try {
    await engine.record(items);
    return then(engine);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true });
  }
}

/** [list] NDCG@10 of the engine's order. */
function ranked(engine: Engine, { queries, starts, items, grades }: GradedLists): Float64Array {
  return Float64Array.from(queries, (query, list) => {
    const from = starts[list]!;
    const own = items.slice(from, starts[list + 1]!);
    const answer = engine.rank({ query, items: own, ordered: false, observe: false });
    const found = answer.items.map(({ item }) => grades[from + own.indexOf(item)]!);
    return ndcg(found, found, { k: 10, gain: "exponential" });
  });
}

/** Mean over queries of the share of items of this grade and more that the first hundred of a search hold. */
function recall(engine: Engine, { queries, starts, items, grades }: GradedLists, from: number): number {
  const shares = queries.flatMap((query, list) => {
    const good = new Set<string>();
    for (let row = starts[list]!; row < starts[list + 1]!; row++) if (grades[row]! >= from) good.add(items[row]!);
    if (good.size === 0) return [];
    const { items: found } = engine.search({ query, size: recallAt, observe: false });
    return [found.filter(({ item }) => good.has(item)).length / good.size];
  });
  return mean(Float64Array.from(shares));
}
