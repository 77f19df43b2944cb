/** The retrievers' candidates for a request: the union of each one's best, and what every retriever says of every candidate. */

import type { List } from "./core/list.ts";
import { Marks } from "./core/marks.ts";
import type { Request } from "./core/request.ts";
import { Found, type Pool, poolMax } from "./core/retrieved.ts";
import type { Rows } from "./core/rows.ts";
import { rankByMatch } from "./question.ts";
import type { Rooms } from "./rooms.ts";

/** How far down each retriever's list ranks are known: three times as far cost a twentieth of a recommendation's time and found nothing more (two shops' logs). */
const rankedMax = 120;
/** What is left to all else that a shopper might do, beside the best candidate's weight of 1: not even a lone candidate is certain. */
const elsewhere = 0.05;
/** The shopper's latest items are always candidates. */
const latestOwn = 10;

/** One retriever's list each; good until the next call. */
export const found: Found[] = [];

/**
 * Fills `pool` with at most `poolMax` candidates that `accepts` takes. With `mostNow`, asked once all are found, with no more than that:
 * each retriever's best. Answers how many were left out for it.
 */
export function retrieveCandidates(
  rooms: Rooms,
  request: Request,
  accepts: (item: number) => boolean,
  pool: Pool,
  mostNow: () => number = () => poolMax,
): number {
  ask(rooms, request, accepts);
  pool.clear();
  const most = Math.min(poolMax, mostNow());
  const { history } = request;
  for (let i = 0; i < Math.min(latestOwn, history.count) && pool.count < most; i++)
    if (accepts(history.item[i]!)) pool.push(history.item[i]!, Number.NaN, -1);
  rooms.retrievers.forEach(({ share }, r) => {
    const best = found[r]!;
    const count = Math.min(Math.ceil((share * most) / poolMax), best.count);
    for (let i = 0; i < count && pool.count < most; i++) pool.push(best.item[i]!, Number.NaN, -1);
  });
  describe(rooms, pool);
  if (most === poolMax) return 0;
  const leftOut = new Set<number>();
  rooms.retrievers.forEach(({ share }, r) => {
    const best = found[r]!;
    for (let i = 0; i < Math.min(share, best.count); i++)
      if (pool.indexOf(best.item[i]!) < 0) leftOut.add(best.item[i]!);
  });
  return leftOut.size;
}

/** Asks the retrievers about candidates that somebody else found: those already in `pool`. */
export function describeCandidates(rooms: Rooms, request: Request, pool: Pool): void {
  ask(rooms, request, () => true);
  describe(rooms, pool);
}

/** Retrievers find much the same: an item is asked about once for each request. */
const answered = new Marks();

function ask(rooms: Rooms, request: Request, takes: (item: number) => boolean): void {
  answered.clear();
  const accepts = (item: number): boolean => {
    const before = answered.get(item);
    if (before >= 0) return before === 1;
    const isTaken = takes(item);
    answered.set(item, isTaken ? 1 : 0);
    return isTaken;
  };
  rooms.retrievers.forEach((retriever, r) => {
    const best = (found[r] ??= new Found());
    best.clear();
    retriever.retrieve(request, rankedMax, accepts, best);
  });
}

function describe(rooms: Rooms, pool: Pool): void {
  rooms.retrievers.forEach((retriever, r) => {
    const best = found[r]!;
    const strength = pool.strength[r]!;
    const rank = pool.rank[r]!;
    pool.best[r] = best.count > 0 ? best.strength[0]! : 1;
    for (let i = 0; i < pool.count; i++) {
      strength[i] = pool.item[i]! < 0 ? 0 : retriever.strength(pool.item[i]!);
      rank[i] = 0;
    }
    for (let i = 0; i < best.count; i++) {
      const at = pool.indexOf(best.item[i]!);
      if (at >= 0) rank[at] = i + 1;
    }
  });
}

/**
 * Makes the pool a list whose match is the log-odds that the candidate is what the shopper turns to next, by the choice model:
 * logit(softmax share) = sᵢ − ln Σ_{j≠i} e^{sⱼ}. `logits` is scratch for as many as the pool has.
 */
export function matchByChoice(rooms: Rooms, pool: Pool, rows: Rows, logits: Float64Array, list: List): void {
  rooms.chooser.predict(rows, logits);
  matchByLogits(pool, logits, list);
}

/** The same of logits that the choice model gave. */
export function matchByLogits(pool: Pool, logits: Float64Array, list: List): void {
  for (let i = 0; i < pool.count; i++) {
    // A choice model that fails leaves the candidates in the order in which they were found.
    if (!Number.isFinite(logits[i]!)) for (let j = 0; j < pool.count; j++) logits[j] = -j / pool.count;
  }
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < pool.count; i++) max = Math.max(max, logits[i]!);
  let total = 0;
  for (let i = 0; i < pool.count; i++) total += Math.exp(logits[i]! - max);
  list.clear();
  list.recommended = true;
  for (let i = 0; i < pool.count; i++) {
    const others = Math.max(elsewhere, total - Math.exp(logits[i]! - max));
    list.push(pool.item[i]!, Math.fround(logits[i]! - max - Math.log(others)), -1);
  }
  rankByMatch(list);
}
