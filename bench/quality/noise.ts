/**
 * What bots do to the lists of a simulated shop, with and without quarantine. The same shoppers live through each run and do the same,
 * as all are shown the shop's own order; what differs is whether bots come, and whether suspects are taught from.
 */
import { completeConfig } from "../../src/config.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import { Learning } from "../../src/learn.ts";
import { Serving } from "../../src/rank.ts";
import { buildRooms, type Rooms } from "../../src/rooms.ts";
import { type BotKind, isBot } from "../../src/simulator/bots.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { simulatedShoppers, type Visit } from "../../src/simulator/shoppers.ts";
import { type Cells, fixed } from "../table.ts";
import type { QualityReport } from "./report.ts";

export interface NoiseRun {
  /** Share of all slates and outcomes that is the bots'. */
  readonly share: number;
  readonly kinds?: readonly BotKind[];
  readonly trustLimits?: Readonly<Record<string, number>>;
}

export interface NoiseResult {
  /** Clicks that the engine's order of a visit's candidates would get, of those that the best order would; mean over the later half. */
  readonly lists: number;
  /** The same where the candidates come in no order. */
  readonly unordered: number;
  /** Attraction of what is recommended, of that of the most attractive items; mean over the same visits. */
  readonly recommended: number;
  /** Real shoppers who came, and who ever were suspects. */
  readonly shoppers: number;
  readonly wronged: number;
  /** Outcomes of bots, and those of them that were held; the same of shoppers. */
  readonly botOutcomes: number;
  readonly botHeld: number;
  readonly realOutcomes: number;
  readonly realHeld: number;
}

export interface NoiseSize {
  readonly visits: number;
  /** Every so manieth visit of the later half is asked for. */
  readonly every: number;
  readonly items: number;
  readonly shoppers: number;
}

const size: NoiseSize = { visits: 6000, every: 4, items: 600, shoppers: 400 };
const recommendedItems = 12;
const seeds = [1, 2, 3, 4, 5];
const share = 0.2;
const unfiltered = { all: 0 };

/** Lives through the same visits of shoppers, with these bots among them. */
export function lifeWithBots(seed: number, { share, kinds, trustLimits = {} }: NoiseRun, of = size): NoiseResult {
  const shop = simulatedShop({ seed, items: of.items, shoppers: of.shoppers });
  const people = simulatedShoppers(shop, { bots: { share, ...(kinds === undefined ? {} : { kinds }) } });
  const rooms = buildRooms(completeConfig({ trustLimits }));
  const learning = new Learning(rooms);
  const serving = new Serving(rooms);
  let offset = 0;
  // A moment later: what is said of its own time is heeded.
  const fold = (event: object & { time: number }): void =>
    learning.fold({ ...event, receivedAt: event.time + 1 } as unknown as LoggedEvent, offset++);
  for (const item of shop.items) fold(item);

  const came = new Set<string>();
  const wronged = new Set<string>();
  const held = { bots: 0, people: 0 };
  const outcomes = { bots: 0, people: 0 };
  const sums = { lists: 0, unordered: 0, recommended: 0, asked: 0 };
  const ask = (visit: Visit): void => {
    const { user, atMs, candidates } = visit;
    const best = shop.truth.bestClickRate(user, candidates, visit.size, atMs);
    const quality = (ordered: boolean): number => {
      const items = ordered ? candidates : candidates.toSorted();
      const ranked = ids(serving.rank({ ...asker(visit), items, ordered, size: visit.size }, atMs));
      return shop.truth.clickRate(user, ranked, atMs) / best;
    };
    sums.lists += quality(true);
    sums.unordered += quality(false);
    const chosen = ids(serving.recommend({ user, session: visit.session, size: recommendedItems }, atMs));
    const attraction = (item: string): number => shop.truth.attraction(user, item, atMs);
    const top = shop.truth.bestOrder(user, shop.ownOrder(undefined, atMs), atMs).slice(0, recommendedItems);
    sums.recommended += sum(chosen.map(attraction)) / sum(top.map(attraction));
    sums.asked++;
  };
  for (let visits = 0; visits < of.visits; ) {
    const visit = people.next();
    if (visit.bot === undefined) {
      came.add(visit.user);
      if (visits >= of.visits / 2 && visits % of.every === 0) ask(visit);
      visits++;
    }
    const shown = visit.candidates.slice(0, visit.size);
    fold(visit.slateEvent(shown));
    for (const outcome of visit.respond(shown)) {
      const whose = isBot(outcome.user) ? "bots" : "people";
      fold(outcome);
      outcomes[whose]++;
      if (!isSuspect(rooms, outcome.user)) continue;
      held[whose]++;
      if (whose === "people") wronged.add(outcome.user);
    }
  }
  return {
    lists: sums.lists / sums.asked,
    unordered: sums.unordered / sums.asked,
    recommended: sums.recommended / sums.asked,
    shoppers: came.size,
    wronged: wronged.size,
    botOutcomes: outcomes.bots,
    botHeld: held.bots,
    realOutcomes: outcomes.people,
    realHeld: held.people,
  };
}

const isSuspect = ({ shoppers, trust }: Rooms, user: string): boolean =>
  trust.isSuspect(shoppers.find(user, undefined));
const ids = ({ answer }: ReturnType<Serving["rank"]>): string[] => answer.items.map(({ item }) => item);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

function asker({ user, session, surface, query, category, context: { device } }: Visit) {
  const context = category === undefined ? { device } : { device, category: [...category] };
  return { user, session, surface, context, ...(query === undefined ? {} : { query }) };
}

/** The simulated shop with a fifth of its traffic from bots, five seeds. */
export async function noise(): Promise<QualityReport> {
  const runs: readonly (readonly [name: string, run: NoiseRun])[] = [
    ["no bots, all are taught from", { share: 0, trustLimits: unfiltered }],
    ["no bots, suspects in quarantine", { share: 0 }],
    ["bots, all are taught from", { share, trustLimits: unfiltered }],
    ["bots, suspects in quarantine", { share }],
  ];
  const results = runs.map(([, run]) => seeds.map((seed) => lifeWithBots(seed, run)));
  const [clean, cleanFiltered, noisy, filtered] = results as [
    NoiseResult[],
    NoiseResult[],
    NoiseResult[],
    NoiseResult[],
  ];
  const loss = (of: readonly NoiseResult[], read: (result: NoiseResult) => number): number[] =>
    of.map((result, s) => read(clean[s]!) - read(result));
  const left = (read: (result: NoiseResult) => number): string =>
    `${((100 * mean(loss(filtered, read))) / mean(loss(noisy, read))).toFixed(0)} %`;
  const rows: Cells[] = runs.map(([name], r) => [
    name,
    ...(["lists", "unordered", "recommended"] as const).flatMap((column) => [
      fixed(mean(results[r]!.map((result) => result[column]))),
      r === 0 ? "–" : interval(loss(results[r]!, (result) => result[column])),
    ]),
    percent(sum(results[r]!.map(({ botHeld }) => botHeld)), sum(results[r]!.map(({ botOutcomes }) => botOutcomes))),
    percent(sum(results[r]!.map(({ wronged }) => wronged)), sum(results[r]!.map(({ shoppers }) => shoppers))),
  ]);
  const wronged = [cleanFiltered, filtered].map((of) => sum(of.map(({ realHeld }) => realHeld)));
  return {
    title: "A simulated shop with bots",
    about: `${size.items} items, ${size.shoppers} shoppers, ${size.visits} visits in their own order; 20 % of slates and outcomes are of crawlers, click farms and repeaters; ${seeds.length} seeds. Scored is the later half: clicks that the engine's order of 60 candidates would get, of those of the best order, where they come in the shop's order and in none; and the attraction of ${recommendedItems} recommended items, of that of the most attractive.`,
    head: [
      "",
      "lists",
      "lost",
      "lists in no order",
      "lost",
      "recommended",
      "lost",
      "bots' outcomes held",
      "shoppers ever suspected",
    ],
    rows,
    notes: [
      `Quarantine leaves ${left(({ unordered }) => unordered)} of what bots cost lists in no order, and ${left(({ recommended }) => recommended)} of what they cost recommendations.`,
      `Outcomes of shoppers held: ${wronged[0]} without bots, ${wronged[1]} with them, of ${sum(clean.map(({ realOutcomes }) => realOutcomes))}.`,
      "Intervals: mean ± 2 standard errors over the seeds, each against the same seed without bots.",
    ],
  };
}

function interval(values: readonly number[]): string {
  const centre = mean(values);
  const variance = sum(values.map((value) => (value - centre) ** 2)) / Math.max(1, values.length - 1);
  return `${centre.toFixed(4)} ± ${(2 * Math.sqrt(variance / values.length)).toFixed(4)}`;
}

const percent = (part: number, whole: number): string => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(2)} %`);
