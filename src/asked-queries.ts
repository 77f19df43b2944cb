/**
 * What shoppers asked since the server started, and how that went: a bounded count in memory, no folded state. A query is shown once enough
 * different shoppers asked it, by the same minimum as suggestions; what may name a person is not even kept.
 */
import { limits } from "./core/limits.ts";
import { hashText } from "./core/random.ts";
import { normalQuery } from "./core/request.ts";
import type { QueriesReport, QueryReport, QueryResult } from "./core/search-desk.ts";
import type { Relaxed } from "./core/text-query.ts";
import { isUnsafe } from "./suggestions/unsafe.ts";

/** So few matches are hardly a choice. */
const fewMax = 3;

interface Asked {
  asked: number;
  poor: number;
  last: QueryResult;
  total: number;
  atMs: number;
  /** Hashes of those who asked, until they are enough for any minimum; undefined from then on. */
  shoppers: Set<number> | undefined;
}

/** What is noted of an answer; `filtered`: few matches are what was wanted. */
export interface Noted {
  readonly query: string;
  readonly shopper: string | undefined;
  readonly total: number;
  readonly relaxed: Relaxed | undefined;
  readonly filtered: boolean;
  readonly atMs: number;
}

export class AskedQueries {
  /** The one asked longest ago first. */
  readonly #queries = new Map<string, Asked>();
  readonly #shoppersMin: () => number;

  constructor(shoppersMin: () => number) {
    this.#shoppersMin = shoppersMin;
  }

  note({ query, shopper, total, relaxed, filtered, atMs }: Noted): void {
    const text = normalQuery(query);
    const known = this.#queries.get(text);
    if (known === undefined && isUnsafe(text)) return;
    const one = known ?? { asked: 0, poor: 0, last: "found", total: 0, atMs, shoppers: new Set() };
    one.asked++;
    one.last = resultOf(total, relaxed, filtered);
    if (one.last !== "found") one.poor++;
    one.total = total;
    one.atMs = atMs;
    if (shopper !== undefined) one.shoppers?.add(hashText(shopper));
    if (one.shoppers !== undefined && one.shoppers.size >= limits.suggestShoppersMax) one.shoppers = undefined;
    this.#queries.delete(text);
    this.#queries.set(text, one);
    if (this.#queries.size <= limits.askedQueriesMax) return;
    for (const oldest of this.#queries.keys()) {
      this.#queries.delete(oldest);
      break;
    }
  }

  report(size: number, onlyPoor: boolean): QueriesReport {
    const shown: QueryReport[] = [];
    let withheld = 0;
    for (const [query, one] of this.#queries) {
      if (onlyPoor && one.poor === 0) continue;
      if (!this.#isShown(one)) withheld++;
      else {
        const { asked, poor, last, total, atMs } = one;
        shown.push({ query, asked, poor, last, total, at: new Date(atMs).toISOString() });
      }
    }
    const often = onlyPoor ? "poor" : "asked";
    shown.sort((a, b) => b[often] - a[often] || (a.query < b.query ? -1 : 1));
    return { queries: shown.slice(0, size), withheld };
  }

  /** A shopper is erased: what is left of one who asked is what enough others asked too. */
  forget(ids: readonly string[]): void {
    const hashes = ids.map((id) => hashText(id));
    for (const [query, one] of this.#queries) {
      for (const hash of hashes) one.shoppers?.delete(hash);
      if (!this.#isShown(one)) this.#queries.delete(query);
    }
  }

  #isShown({ shoppers }: Asked): boolean {
    return shoppers === undefined || shoppers.size >= this.#shoppersMin();
  }
}

function resultOf(total: number, relaxed: Relaxed | undefined, filtered: boolean): QueryResult {
  if (relaxed !== undefined) return relaxed.rung === "category" || relaxed.rung === "popular" ? "nothing" : "loosened";
  if (filtered || total > fewMax) return "found";
  return total === 0 ? "nothing" : "few";
}
