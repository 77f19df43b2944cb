/**
 * The rooms of one engine, built from its configuration by hand: who is handed what. All folded state is listed here, in the one
 * order in which snapshots hold it.
 */
import { Attribution } from "./attribution/attribution.ts";
import { Baskets } from "./attribution/baskets.ts";
import { LessonBudget } from "./attribution/lesson-budget.ts";
import { type Catalogue, itemCatalogue } from "./catalogue/catalogue.ts";
import type { Config } from "./config.ts";
import { type Actions, actions } from "./core/actions.ts";
import { Bounds } from "./core/bounds.ts";
import { dayMs } from "./core/clock.ts";
import { registers } from "./core/columns.ts";
import { LiveshelfError } from "./core/errors.ts";
import { ExpiringIds } from "./core/expiring-ids.ts";
import { IdTable } from "./core/id-table.ts";
import { type ItemNumber, noNumber } from "./core/item-numbers.ts";
import { limits } from "./core/limits.ts";
import type { List } from "./core/list.ts";
import { atOnce, type Pieces } from "./core/pieces.ts";
import { RecentIds } from "./core/recent-ids.ts";
import { contextPlaces } from "./core/request.ts";
import type { Pool } from "./core/retrieved.ts";
import type { ColumnSpec } from "./core/rows.ts";
import { laidOut, type State, state } from "./core/state.ts";
import { choiceCrosses, choicePrior, factorFields, listTerms, outcomeTerms } from "./defaults.ts";
import { Fates } from "./fates.ts";
import { affinity } from "./features/affinity.ts";
import { alsoBoughtStrength } from "./features/also-bought.ts";
import { asItWas } from "./features/as-it-was.ts";
import { callerOrder } from "./features/caller-order.ts";
import { context } from "./features/context.ts";
import type { Feature } from "./features/feature.ts";
import { type FeatureSet, featureSet } from "./features/feature-set.ts";
import { itemFields } from "./features/item-fields.ts";
import { itemStatistics } from "./features/item-statistics.ts";
import { ownTouches } from "./features/own-touches.ts";
import { place } from "./features/place.ts";
import { popularity } from "./features/popularity.ts";
import { type PreviousList, previousList } from "./features/previous-list.ts";
import { price } from "./features/price.ts";
import { queryItem } from "./features/query-item.ts";
import { recentItems, recentPlaces } from "./features/recent-items.ts";
import { retrieved } from "./features/retrieved.ts";
import { session } from "./features/session.ts";
import { shopper } from "./features/shopper.ts";
import { tagAffinity } from "./features/tag-affinity.ts";
import { textMatch } from "./features/text-match.ts";
import { touches } from "./features/touches.ts";
import { learnedFields, type NamedFields } from "./learned-fields.ts";
import { checkFeaturesLeftOut, keptFamilies } from "./left-out.ts";
import { callersOrder } from "./models/callers-order.ts";
import { choice } from "./models/choice.ts";
import { choiceNetwork } from "./models/choice-network.ts";
import { factorizationMachine } from "./models/factorization-machine.ts";
import { linear } from "./models/linear.ts";
import { matrixFactorization } from "./models/matrix-factorization.ts";
import { alone, type Family, type Model } from "./models/model.ts";
import { type OutcomeHeads, outcomeHeads } from "./models/outcome-heads.ts";
import { type Panel, panel } from "./models/panel.ts";
import { nearest } from "./nearest.ts";
import { type PastQueries, pastQueries } from "./past-queries.ts";
import { Quality } from "./quality/quality.ts";
import { alsoBought } from "./retrievers/also-bought.ts";
import { boughtNext } from "./retrievers/bought-next.ts";
import { CoVisits } from "./retrievers/co-visits.ts";
import { newArrivals } from "./retrievers/new-arrivals.ts";
import { ownItems } from "./retrievers/own-items.ts";
import { popular } from "./retrievers/popular.ts";
import type { Retriever } from "./retrievers/retriever.ts";
import { sessionNeighbours } from "./retrievers/session-neighbours.ts";
import { similarItems } from "./retrievers/similar-items.ts";
import { type SearchedText, searchedText } from "./searched-text.ts";
import { PendingErasures } from "./shoppers/pending-erasures.ts";
import { Shoppers } from "./shoppers/shoppers.ts";
import { trustLimitNames, trustLimits } from "./trust/limits.ts";
import { Trust } from "./trust/trust.ts";

/** Registers of the engine itself. */
export const engineAt = { clockMs: 0, events: 1, refusedIds: 2 } as const;

export interface Rooms extends Omit<SearchedText, "states" | "layout">, PastQueries {
  readonly config: Config;
  readonly actions: Actions;
  readonly items: ExpiringIds;
  /** Field values, queries, surfaces, context values: one table of words. */
  readonly words: ExpiringIds;
  readonly contextKeys: IdTable;
  readonly recentIds: RecentIds;
  /** What all of it may take while memory is scarce. */
  readonly bounds: Bounds;
  readonly registers: Float64Array;
  readonly shoppers: Shoppers;
  readonly erasures: PendingErasures;
  readonly trust: Trust;
  readonly catalogue: Catalogue;
  readonly price: () => ItemNumber;
  readonly learnedFields: NamedFields;
  readonly previousList: PreviousList;
  /** What the ranker sees of a list, and the choice model of the retrievers' candidates. */
  readonly listFeatures: FeatureSet<List>;
  readonly choiceFeatures: FeatureSet<Pool>;
  readonly retrievers: readonly Retriever[];
  readonly attribution: Attribution;
  readonly baskets: Baskets;
  readonly lessonBudget: LessonBudget;
  readonly fates: Fates;
  readonly ranker: Panel;
  /** Answers when the ranker fails (a stage without a fallback is an answer that fails). */
  readonly fallback: Model;
  readonly chooser: Panel;
  /** What follows a choice. */
  readonly outcomeHeads: OutcomeHeads;
  readonly quality: Quality;
  /** What everybody turns to. */
  readonly popular: Retriever;
  /** All folded state, in the order of snapshots. */
  readonly states: readonly State[];
}

function checkTrustLimits(given: Config["trustLimits"]): void {
  for (const [name, limit] of Object.entries(given)) {
    if (trustLimitNames.includes(name) && limit >= 0) continue;
    const wrong = trustLimitNames.includes(name)
      ? `"${name}" must be a number from 0`
      : `there is no rule "${name}"; the nearest is "${nearest(name, trustLimitNames)}"`;
    throw new LiveshelfError("CONFIG_INVALID", `In "trustLimits" ${wrong}.`, `/trustLimits/${name}`);
  }
}

/** Starting weights of the columns that are there. */
function keptPrior(columns: readonly ColumnSpec[]): typeof choicePrior {
  return Object.fromEntries(
    Object.entries(choicePrior).filter(([name]) => columns.some((column) => column.name === name)),
  );
}

/** Each is made in a piece of its own. */
function* made(families: readonly (() => Family)[]): Pieces<readonly (() => Family)[]> {
  const all: (() => Family)[] = [];
  for (const make of families) {
    const family = make();
    all.push(() => family);
    yield;
  }
  return all;
}

/** Throws CONFIG_INVALID where `withoutFeatures`, `withoutLearners` or `trustLimits` name what is not there, or all there is. */
export const buildRooms = (config: Config): Rooms => atOnce(buildingRooms(config));

/** {@link buildRooms} in pieces. `onChecked` is called when nothing is left that could be wrong with the configuration. */
export function* buildingRooms(config: Config, onChecked: () => void = () => {}): Pieces<Rooms> {
  const bounds = new Bounds();
  const items = new ExpiringIds({
    name: "items",
    capacity: limits.itemsMax,
    ceiling: { bounds, of: "items", count: "ceilingItems" },
    keeps: (item) => catalogue.isKnown(item),
    forget(item) {
      catalogue.forgetItem(item);
      for (const feature of features) feature.forgetItem?.(item);
      for (const retriever of retrievers) retriever.forgetItem?.(item);
      trust.forgetItem(item);
      attribution.sales.forgetItem(item);
      searched.lexical.forget(item);
      queries.suggestions.forgetItem(item, items.nowMs);
      quality.forgetItem(item);
    },
  });
  const words = new ExpiringIds({
    name: "words",
    capacity: limits.wordsMax,
    ceiling: { bounds, of: "words", count: "ceilingWords" },
    keeps: (word) => catalogue.refersTo(word),
    forget: (word) => quality.forgetWord(word),
  });
  const contextKeys = new IdTable("context-keys", contextPlaces);
  const recentIds = new RecentIds("recent-ids", config.dedupeHorizonMs, limits.dedupeIdsMax, bounds);
  const engineRegisters = registers("registers", Object.keys(engineAt).length);
  yield;
  const shoppers = new Shoppers(config.shopperExpiryMs, items, bounds);
  const erasures = new PendingErasures();
  checkTrustLimits(config.trustLimits);
  const trust = new Trust(trustLimits(config.trustLimits), {
    events: limits.quarantineEventsMax,
    bytes: limits.quarantineBytesMax,
    eventsOfOne: limits.quarantineOfOneMax,
  });
  yield;
  const catalogue = itemCatalogue(words);
  const searched = searchedText(catalogue, config);
  const { suggestShoppersMin } = config;
  const queries = pastQueries({ catalogue, words, shoppers, analyzer: searched.analyzer, bounds, suggestShoppersMin });
  yield;
  const priceOf = (): ItemNumber => catalogue.number("price") ?? noNumber;
  const fields = learnedFields(catalogue, config.learnFields);
  const coVisits = new CoVisits(items, bounds);
  const mostPopular = popular({ name: "popular", halfLifeMs: 30 * dayMs, share: 20, text: "popular in the shop" });
  const retrievers: readonly Retriever[] = [
    alsoBought(coVisits),
    boughtNext(coVisits),
    sessionNeighbours(items, limits.touchesMax, (row, shopper) => shoppers.isSame(row, shopper)),
    similarItems(coVisits),
    ownItems(),
    mostPopular,
    popular({ name: "trending", halfLifeMs: dayMs, share: 20, text: "many turn to it right now" }),
    newArrivals(),
  ];
  yield;
  const previous = previousList(items);
  const isKept = (feature: { readonly name: string }): boolean => !config.withoutFeatures.includes(feature.name);
  const ofLists: Feature<List>[] = [
    asItWas(),
    callerOrder(),
    price(priceOf),
    touches(),
    place(),
    session(),
    previous,
    itemStatistics((item) => catalogue.firstSeenAtMs(item)),
    queryItem(words, items, bounds),
    queries.queryFields,
    textMatch(searched.matcher),
    alsoBoughtStrength(coVisits),
    context(words),
    itemFields(fields, items, words),
    affinity(fields),
    tagAffinity(fields),
    recentItems(shoppers, items),
  ];
  const ofChoices: Feature<Pool>[] = [
    shopper(),
    retrieved(retrievers.map((retriever) => retriever.name)),
    popularity(),
    ownTouches(),
  ];
  checkFeaturesLeftOut(
    config.withoutFeatures,
    [...ofLists, ...ofChoices].map((feature) => feature.name),
  );
  const listFeatures = featureSet(ofLists.filter(isKept));
  const choiceFeatures = featureSet(ofChoices.filter(isKept));
  const quality = new Quality(listFeatures.columns);
  const attribution = new Attribution({
    width: listFeatures.columns.length,
    waitMs: config.lessonWaitMs,
    windowMs: config.attributionWindowMs,
    slatesMax: limits.slatesMax,
    rowsMax: limits.rowsMax,
    salesMax: limits.salesMax,
    bounds,
  });
  const lessonBudget = new LessonBudget(config.choiceLessonsPerSecond);
  const baskets = new Baskets(choiceFeatures.columns.length, items);
  const fates = new Fates({
    ...{ attribution, trust, baskets, lessonBudget },
    events: () => engineRegisters.array[engineAt.events]!,
    refusedIds: () => engineRegisters.array[engineAt.refusedIds]!,
  });
  const fallback = callersOrder(listFeatures.columns, "prior");
  const hasColumns = (term: readonly string[]): boolean =>
    term.every((name) => listFeatures.columns.some((column) => column.name === name));
  const linearLearners = () =>
    linear({
      columns: listFeatures.columns,
      terms: listTerms.filter(hasColumns),
      prior: "prior",
      regime: "regime",
      bits: Math.log2(limits.rankerWeightsMax),
    });
  const factorLearner = () =>
    alone(
      factorizationMachine({
        columns: listFeatures.columns,
        fields: factorFields,
        isFieldWeighted: false,
        prior: "prior",
        capacity: limits.embeddingsMax,
        bounds,
      }),
      4,
    );
  const pairLearner = () =>
    alone(
      matrixFactorization({
        columns: listFeatures.columns,
        shopper: "shopper",
        recent: Array.from({ length: recentPlaces }, (_, k) => `recent-${k}`),
        item: "item",
        prior: "prior",
        capacity: limits.embeddingsMax,
        bounds,
      }),
    );
  const ofChooser = {
    columns: choiceFeatures.columns,
    repeated: "repeated",
    prior: keptPrior(choiceFeatures.columns),
  };
  const families = keptFamilies(config.withoutLearners, {
    lists: {
      linear: linearLearners,
      fm: factorLearner,
      "matrix-factorization": hasColumns(["shopper", "item"]) ? pairLearner : undefined,
    },
    choices: {
      "choice-plain": () => alone(choice({ ...ofChooser, name: "choice-plain" })),
      choice: () => alone(choice({ ...ofChooser, crosses: choiceCrosses })),
      "choice-network": () => alone(choiceNetwork(ofChooser)),
    },
  });
  onChecked();
  yield;
  const ranker = panel({ families: yield* made(families.lists), onPredicted: quality.judge });
  const chooser = panel({ name: "choices", loss: "softmax", families: yield* made(families.choices) });
  yield;
  const heads = outcomeHeads({ columns: listFeatures.columns, terms: outcomeTerms });
  // Rows of features are kept and learned from by place: with other columns they mean something else.
  const listLayout = [listFeatures.columns, config.learnFields ?? null, searched.layout];
  const rankerLayout = [...listLayout, listTerms, factorFields, ranker.members];
  const features: readonly Feature<never>[] = [...listFeatures.features, ...choiceFeatures.features];
  shoppers.listen([
    {
      join(from, to) {
        trust.join(from, to);
        for (const feature of features) feature.join?.(from, to);
        attribution.slates.joinShopper(from, to);
        attribution.sales.joinShopper(from, to);
        queries.suggestions.join(from, to);
      },
      forget(row) {
        trust.forget(row);
        for (const feature of features) feature.forget?.(row);
        attribution.slates.forgetShopper(row);
        attribution.sales.forgetShopper(row);
        queries.suggestions.forget(row);
      },
    },
  ]);
  return {
    ...searched,
    ...queries,
    config,
    actions: actions(config.rewards),
    items,
    words,
    contextKeys,
    recentIds,
    bounds,
    registers: engineRegisters.array,
    shoppers,
    erasures,
    trust,
    catalogue,
    price: priceOf,
    learnedFields: fields,
    previousList: previous,
    listFeatures,
    choiceFeatures,
    retrievers,
    attribution,
    baskets,
    lessonBudget,
    fates,
    ranker,
    fallback,
    chooser,
    outcomeHeads: heads,
    quality,
    popular: mostPopular,
    states: [
      state("engine", 1, [engineRegisters]),
      items.state,
      words.state,
      contextKeys.state,
      bounds.state,
      recentIds.state,
      recentIds.offsets,
      fates.state,
      shoppers.state,
      erasures.state,
      ...trust.state,
      catalogue.state,
      ...searched.states,
      ...queries.suggestions.state,
      ...features.map((feature) => feature.state),
      ...retrievers.map((retriever) => retriever.state),
      ...attribution.state.map((one) => laidOut(one, listLayout)),
      attribution.surfaces.state,
      laidOut(baskets.state, choiceFeatures.columns),
      lessonBudget.state,
      laidOut(ranker.state, rankerLayout),
      laidOut(chooser.state, [choiceFeatures.columns, choiceCrosses, chooser.members]),
      ...heads.state.map((one) => laidOut(one, [...listLayout, outcomeTerms])),
      // Judged is what the ranker said: another one would have said something else.
      laidOut(quality.state, [...rankerLayout, ranker.state.version]),
    ],
  };
}
