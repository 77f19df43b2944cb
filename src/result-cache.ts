/**
 * Answers kept for a moment (`resultCacheMs`; off by default): the same question is answered the same until an event changes what its
 * answer read. Not state: it belongs to one process and can be empty at any time.
 */
import { limits } from "./core/limits.ts";
import type { Answer, RankRequest, RecommendRequest } from "./core/public.ts";
import type { Changes } from "./learn.ts";

type Said = Omit<Answer, "slate">;
type Question = RankRequest | RecommendRequest;

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
  /** Items of the answers kept, and one for each answer. */
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
    if (!isSame || nowMs - kept.atMs > this.#keptMs) return undefined;
    this.#put(key, kept);
    return kept.answer;
  }

  keep(kind: string, question: Question, { common, personal }: Changes, atMs: number, answer: Said): void {
    // What was skipped for lack of time is not the answer.
    if (answer.skipped !== undefined) return;
    const isPersonal = question.consent !== false && (question.user !== undefined || question.session !== undefined);
    this.#put(keyOf(kind, question), { answer, atMs, common, personal: isPersonal ? personal : -1 });
    for (const [key, kept] of this.#kept) {
      if (this.#items <= this.#itemsMax) break;
      this.#drop(key, kept);
    }
  }

  #put(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#items += kept.answer.items.length + 1;
  }

  #drop(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#items -= kept.answer.items.length + 1;
  }
}

/** All that an answer depends on but the state. */
function keyOf(kind: string, { timeoutMs: _, ...question }: Question): string {
  return `${kind} ${JSON.stringify(question)}`;
}
