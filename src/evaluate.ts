/**
 * Prequential evaluation of list ranking: events are folded in time order; before a slate is learned from, every ranker orders its
 * items; when an outcome with a positive reward joins it, the orders are scored by where they had that item.
 */
import { type Config, completeConfig } from "./config.ts";
import { dayMs, stopwatchMs } from "./core/clock.ts";
import { DecayedSums } from "./core/decayed.ts";
import type { List } from "./core/list.ts";
import type { EventInput } from "./core/public.ts";
import { type Random, random, shuffle } from "./core/random.ts";
import type { Request } from "./core/request.ts";
import type { Rows } from "./core/rows.ts";
import { pairedBootstrap } from "./evaluation/bootstrap.ts";
import { logLoss } from "./evaluation/metrics.ts";
import { type FoldAllOptions, foldAll } from "./fold-all.ts";
import { Learning } from "./learn.ts";
import { buildRooms, type Rooms } from "./rooms.ts";
import { timeOrdered } from "./time-ordered.ts";
import { Value } from "./value.ts";

export interface EvaluateOptions extends FoldAllOptions {
  /** Length of the list that NDCG and hit rate look at. */
  readonly k: number;
  /** Slates from this time on are scored, Unix ms; all are learned from. */
  readonly from?: number;
  readonly config?: Readonly<Record<string, unknown>> | Partial<Config>;
}

export interface RankerResult {
  readonly ranker: string;
  readonly mrr: number;
  readonly ndcg: number;
  readonly hitRate: number;
  /** Over all items shown in scored slates, of the chance to be clicked; null for rankers that state none. */
  readonly logLoss: number | null;
  /** Predicted over observed clicks. */
  readonly calibration: number | null;
}

export interface Difference {
  readonly a: string;
  readonly b: string;
  readonly metric: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface EvaluateReport {
  readonly slates: number;
  readonly events: number;
  readonly seconds: number;
  readonly results: readonly RankerResult[];
  readonly differences: readonly Difference[];
}

/** A slate shown and not yet found in: the orders of all rankers, and the chances that the engine gave. */
interface Pending {
  readonly user: number;
  readonly items: Int32Array;
  /** [ranker][item] rank from 1. */
  readonly ranks: readonly Int32Array[];
  /** [engine, then the learners][item] chance to be clicked. */
  readonly chances: readonly Float64Array[];
  readonly chosen: Set<number>;
}

/** Slates kept for outcomes to come; the oldest leaves. */
const pendingMax = 200_000;
const popularityHalfLifeMs = 7 * dayMs;
const bootstrapMetrics = ["mrr", "ndcg", "hitRate"] as const;

export async function evaluate(
  events: Iterable<EventInput> | AsyncIterable<EventInput>,
  options: EvaluateOptions,
): Promise<EvaluateReport> {
  const ordered = await timeOrdered(events);
  const startedMs = stopwatchMs();
  const rooms = buildRooms(completeConfig(options.config ?? {}));
  const learning = new Learning(rooms);
  const judge = new SlateJudge(rooms, options);
  learning.observe(judge);
  foldAll(rooms, learning, ordered, options);
  const seconds = (stopwatchMs() - startedMs) / 1000;
  return { slates: judge.slates, events: ordered.length, seconds, ...judge.report() };
}

class SlateJudge {
  readonly #rooms: Rooms;
  readonly #k: number;
  readonly #from: number;
  readonly #chance: Random = random("evaluate");
  readonly #popularity = new DecayedSums("popularity", popularityHalfLifeMs);
  readonly #pending = new Map<string, Pending>();
  readonly #rankers: readonly string[];
  readonly #users: number[] = [];
  /** [ranker][scored slate] rank of the item to be found, from 1. */
  readonly #found: number[][];
  readonly #value: Value;
  #rows = 0;
  #observed = 0;
  /** [engine, then the learners] */
  readonly #losses: Float64Array;
  readonly #predicted: Float64Array;

  constructor(rooms: Rooms, { k, from = Number.NEGATIVE_INFINITY }: EvaluateOptions) {
    this.#rooms = rooms;
    this.#k = k;
    this.#from = from;
    const { members } = rooms.ranker;
    this.#value = new Value(rooms);
    this.#losses = new Float64Array(1 + members.length);
    this.#predicted = new Float64Array(1 + members.length);
    this.#rankers = ["engine", ...members, "callers-order", "popularity", "last-touched-first", "random"];
    this.#found = this.#rankers.map(() => []);
  }

  get slates(): number {
    return this.#users.length;
  }

  slate(id: string, request: Request, list: List, items: Int32Array, rows: Rows): void {
    if (request.atMs < this.#from || list.count === 0) return;
    const { count } = list;
    const { ranker } = this.#rooms;
    const logits = new Float64Array(count);
    ranker.predict(rows, logits);
    const byMember = ranker.members.map(() => new Float64Array(count));
    ranker.predictMembers(rows, byMember);
    const worth = this.#value.read(list, rows) ? (i: number): number => this.#value.worth(i) : undefined;
    const engine = ranks(count, (i) => (worth === undefined ? logits[i]! : chanceOf(logits[i]!) * worth(i)));
    const touched = (i: number): number => {
      const entry = request.history.indexOf(list.item[i]!);
      return entry < 0 ? Number.NEGATIVE_INFINITY : -entry;
    };
    const shuffled = shuffle(
      Array.from({ length: count }, (_, i) => i),
      this.#chance,
    );
    const callers = ranks(count, (i) => (list.order[i]! >= 0 ? -list.order[i]! : 0));
    if (this.#pending.size >= pendingMax) this.#pending.delete(this.#pending.keys().next().value!);
    this.#pending.set(id, {
      user: request.shopper,
      items: items.slice(0, count),
      ranks: [
        engine,
        ...byMember.map((own) => ranks(count, (i) => own[i]!)),
        callers,
        ranks(count, (i) => (list.item[i]! < 0 ? 0 : this.#popularity.at(list.item[i]!, request.atMs))),
        ranks(count, touched),
        ranks(count, (i) => shuffled[i]!),
      ],
      chances: [logits, ...byMember].map((own) => own.map(chanceOf)),
      chosen: new Set(),
    });
  }

  outcome(_event: unknown, item: number, isChoice: boolean, { atMs }: Request): void {
    if (isChoice) this.#popularity.add(item, 1, atMs);
  }

  joined(slate: string, item: number, reward: number): void {
    const pending = this.#pending.get(slate);
    if (pending === undefined || reward <= 0) return;
    const at = pending.items.indexOf(item);
    if (at < 0 || pending.chosen.has(at)) return;
    if (pending.chosen.size === 0) {
      this.#users.push(pending.user);
      pending.ranks.forEach((rank, r) => void this.#found[r]!.push(rank[at]!));
      this.#rows += pending.items.length;
      pending.chances.forEach((chances, r) => {
        for (const chance of chances) {
          this.#losses[r]! += logLoss(chance, 0);
          this.#predicted[r]! += chance;
        }
      });
    }
    pending.chosen.add(at);
    this.#observed++;
    pending.chances.forEach((chances, r) => {
      this.#losses[r]! += logLoss(chances[at]!, 1) - logLoss(chances[at]!, 0);
    });
  }

  report(): Pick<EvaluateReport, "results" | "differences"> {
    const values = this.#rankers.map((_, r) => ({
      mrr: Float64Array.from(this.#found[r]!, (rank) => 1 / rank),
      ndcg: Float64Array.from(this.#found[r]!, (rank) => (rank <= this.#k ? 1 / Math.log2(1 + rank) : 0)),
      hitRate: Float64Array.from(this.#found[r]!, (rank) => (rank <= this.#k ? 1 : 0)),
    }));
    const results = this.#rankers.map((ranker, r) => {
      const hasChances = r < this.#losses.length && this.#rows > 0;
      return {
        ranker,
        mrr: mean(values[r]!.mrr),
        ndcg: mean(values[r]!.ndcg),
        hitRate: mean(values[r]!.hitRate),
        logLoss: hasChances ? this.#losses[r]! / this.#rows : null,
        calibration: hasChances ? this.#predicted[r]! / this.#observed : null,
      };
    });
    const others = this.#rankers.slice(1).map((b, i) => ({ b, r: i + 1 }));
    const compared = others.flatMap(({ b, r }) => bootstrapMetrics.map((metric) => ({ b, r, metric })));
    const intervals = pairedBootstrap(
      this.#users,
      compared.map(({ r, metric }) => ({ a: values[0]![metric], b: values[r]![metric] })),
    );
    return { results, differences: compared.map(({ b, metric }, i) => ({ a: "engine", b, metric, ...intervals[i]! })) };
  }
}

const chanceOf = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Rank from 1 of each of `count` items by `value`, the largest first; ties keep the given order. */
function ranks(count: number, value: (i: number) => number): Int32Array {
  const values = Float64Array.from({ length: count }, (_, i) => value(i));
  const order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) =>
    values[a] === values[b] ? a - b : values[b]! - values[a]!,
  );
  const rank = new Int32Array(count);
  order.forEach((i, place) => {
    rank[i] = place + 1;
  });
  return rank;
}

const mean = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
