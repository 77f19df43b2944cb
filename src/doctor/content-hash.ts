/** A hash of what an event says, the same whatever the order of its keys: two lanes of 32 bits, so that among millions none are alike by chance. */
import { hashText, mix, mixPair } from "../core/random.ts";
import type { SeenEvent } from "./seen.ts";

/** `a` has 31 bits: both together are a key of a table. */
export interface ContentHash {
  a: number;
  b: number;
}

const firstSeed = 0x811c9dc5;
const secondSeed = 0x5bd1e995;

/** What an event is called and when it arrived is not what it says. */
const aside: ReadonlySet<string> = new Set(["id", "receivedAt"]);
const none: ReadonlySet<string> = new Set();

export function contentHash(event: unknown, into: ContentHash): ContentHash {
  into.a = lane(event, firstSeed, aside) & 0x7fffffff;
  into.b = lane(event, secondSeed, aside);
  return into;
}

function lane(value: unknown, seed: number, without: ReadonlySet<string>): number {
  if (typeof value === "string") return hashText(value, seed);
  if (typeof value !== "object" || value === null) return hashText(String(value), seed + 1);
  let hash = seed;
  if (Array.isArray(value)) {
    for (const one of value) hash = Math.imul(hash ^ lane(one, seed, none), 0x01000193);
    return mix(hash + value.length);
  }
  for (const key in value) {
    if (without.has(key)) continue;
    const inner = lane((value as Record<string, unknown>)[key], seed, none);
    // A sum does not mind the order of the keys.
    hash = (hash + mix(hashText(key, seed) ^ Math.imul(inner, 0x9e3779b1))) | 0;
  }
  return mix(hash);
}

const value = new Float64Array(1);
const valueBits = new Int32Array(value.buffer);

/** The same for an outcome whose ids are all followed, by their rows, in a fraction of the time; false for any other event. */
export function outcomeHash({ event, item, user, session }: SeenEvent, into: ContentHash): boolean {
  if (event.type !== "outcome" || item < 0) return false;
  if ((user < 0 && event.user !== undefined) || (session < 0 && event.session !== undefined)) return false;
  value[0] = event.value ?? Number.NaN;
  const word = hashText(event.action) ^ (event.slate === undefined ? 0 : Math.imul(hashText(event.slate), 31));
  const far = Math.floor(event.time / 2 ** 32);
  into.a = chain(firstSeed, item, user, session, event.time | 0, far, word) & 0x7fffffff;
  into.b = chain(secondSeed, word, far, event.time | 0, session, user, item);
  return true;
}

function chain(seed: number, a: number, b: number, c: number, d: number, e: number, f: number): number {
  let hash = mixPair(mix(seed ^ a), b);
  hash = mixPair(hash, c);
  hash = mixPair(hash, d);
  hash = mixPair(hash, e);
  hash = mixPair(hash, f);
  return mixPair(mixPair(hash, valueBits[0]!), valueBits[1]!);
}
