/**
 * Answers kept for a moment (`resultCacheMs`; off by default): the same question is answered the same until an event changes what its
 * answer read. Not state: it belongs to one process and can be empty at any time.
 */
import { limits } from "./core/limits.ts";
import type { Answer, RankRequest, RecommendRequest, SearchAnswer, SearchRequest } from "./core/public.ts";
import type { Changes } from "./learn.ts";

type Said = Omit<Answer, "slate"> & Pick<Partial<SearchAnswer>, "facets">;
type Question = RankRequest | RecommendRequest | SearchRequest;

interface Kept {
  readonly answer: Said;
  /** As of which it was answered. */
  readonly atMs: number;
  readonly common: number;
  /** −1 where nobody asked: what one shopper does changes nothing of it. */
  readonly personal: number;
}

export class ResultCache {
  readonly #keptMs: number;
  readonly #itemsMax: number;
  /** The one not asked for the longest first. */
  readonly #kept = new Map<string, Kept>();
  /** The sum of all {@link weight}. */
  #items = 0;

  /** `keptMs`: how old an answer may be, as things fade without events too. */
  constructor(keptMs: number, itemsMax: number = limits.cachedItemsMax) {
    this.#keptMs = keptMs;
    this.#itemsMax = itemsMax;
  }

  find(kind: string, question: Question, { common, personal }: Changes, nowMs: number): Said | undefined {
    const key = keyOf(kind, question);
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#drop(key, kept);
    const isSame = kept.common === common && (kept.personal < 0 || kept.personal === personal);
    const ageMs = nowMs - kept.atMs;
    // A clock that was put back makes nothing younger.
    if (!isSame || ageMs < 0 || ageMs > this.#keptMs) return undefined;
    this.#put(key, kept);
    return structuredClone(kept.answer);
  }

  keep(kind: string, question: Question, { common, personal }: Changes, atMs: number, answer: Said): void {
    // What was skipped for lack of time is not the answer.
    if (answer.skipped !== undefined) return;
    const isPersonal = question.consent !== false && (question.user !== undefined || question.session !== undefined);
    const kept = { answer: structuredClone(answer), atMs, common, personal: isPersonal ? personal : -1 };
    this.#put(keyOf(kind, question), kept);
    for (const [key, kept] of this.#kept) {
      if (this.#items <= this.#itemsMax) break;
      this.#drop(key, kept);
    }
  }

  #put(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#items += weight(key, kept);
  }

  #drop(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#items -= weight(key, kept);
  }
}

/** Items of the answer and values of its facets, and as many as its question is long for: one for each 64 code units. */
function weight(key: string, { answer }: Kept): number {
  let values = 0;
  for (const facet of Object.values(answer.facets ?? {})) values += "histogram" in facet ? 1 : facet.length;
  return answer.items.length + values + Math.ceil(key.length / 64);
}

/** All that an answer depends on but the state. */
function keyOf(kind: string, { timeoutMs: _, ...question }: Question): string {
  return `${kind} ${JSON.stringify(question)}`;
}
