/** What every policy promises, as checks that run on each implementation. */
import { expect } from "vitest";
import { type Random, random } from "../core/random.ts";
import type { Policy } from "./policy.ts";

/** One implementation; each call of `make` gives a new one, whose chance comes from `seed`. */
export interface Subject {
  readonly name: string;
  make(seed: number): Policy;
}

export interface Promised {
  readonly name: string;
  check(subject: Subject): void;
}
const promise = (name: string, check: Promised["check"]): Promised => ({ name, check });

interface Slate {
  readonly chosen: readonly number[];
  readonly propensity: readonly number[];
}

const unwritten = -7;

/** Asks a policy; fails if it writes beyond what it says it chose. */
export function choose(policy: Policy, scores: readonly number[], size: number, count = scores.length): Slate {
  const chosen = new Int32Array(scores.length + 5).fill(unwritten);
  const propensity = new Float64Array(scores.length + 5).fill(unwritten);
  const given = Float64Array.from(scores);
  const taken = policy.choose(given, count, size, chosen, propensity);
  expect([...given]).toEqual(scores);
  for (const rest of [chosen, propensity]) expect(new Set(rest.subarray(taken))).toEqual(new Set([unwritten]));
  return { chosen: [...chosen.subarray(0, taken)], propensity: [...propensity.subarray(0, taken)] };
}

/** Few different scores, so that many are equal. */
const someScores = (chance: Random, count: number): number[] =>
  Array.from({ length: count }, () => (chance.int(6) - 3) / 2);

export const promises: readonly Promised[] = [
  promise("a slate holds distinct candidates, as many as wanted or as there are", ({ make }) => {
    const policy = make(1);
    const chance = random("sizes");
    for (const count of [0, 1, 2, 7, 40, 512, 513, 5000]) {
      const scores = someScores(chance, count);
      for (const size of [0, 1, 3, 40, 1000]) {
        const { chosen, propensity } = choose(policy, scores, size);
        expect(chosen).toHaveLength(Math.min(size, count));
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen.every((i) => i >= 0 && i < count)).toBe(true);
        expect(propensity.every((p) => p > 0 && p <= 1)).toBe(true);
      }
    }
  }),

  promise("scores beyond the count are not looked at", ({ make }) => {
    const { chosen } = choose(make(1), [0, 0.1, 0.2, 9, 9], 5, 3);
    expect(chosen.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  }),

  promise("the same seed makes the same slates", ({ make }) => {
    const slates = [make(5), make(5)].map((policy) => {
      const chance = random("again");
      return Array.from({ length: 100 }, () => choose(policy, someScores(chance, 30), 10));
    });
    expect(slates[0]).toEqual(slates[1]);
  }),

  promise("propensities match observed frequencies, slot by slot given the slots above", ({ make }) => {
    const policy = make(2);
    const chance = random("frequencies");
    for (let n = 0; n < 5; n++) {
      const scores = someScores(chance, 5);
      const above = new Map<string, { times: number; of: Map<number, { times: number; propensity: number }> }>();
      for (let i = 0; i < 4000; i++) {
        const { chosen, propensity } = choose(policy, scores, 3);
        for (const [slot, candidate] of chosen.entries()) {
          const key = chosen.slice(0, slot).join();
          const seen = above.get(key) ?? above.set(key, { times: 0, of: new Map() }).get(key)!;
          const said = seen.of.get(candidate) ?? { times: 0, propensity: propensity[slot]! };
          seen.of.set(candidate, { ...said, times: said.times + 1 });
          seen.times++;
          expect(propensity[slot]).toBeCloseTo(said.propensity, 12);
        }
      }
      for (const { times, of } of above.values()) {
        for (const { times: chosen, propensity } of of.values()) {
          const error = Math.sqrt((propensity * (1 - propensity)) / times);
          expect(Math.abs(chosen / times - propensity)).toBeLessThanOrEqual(5 * error);
        }
      }
    }
  }),

  promise("scores that are no numbers fail no slate", ({ make }) => {
    const { POSITIVE_INFINITY: much, NEGATIVE_INFINITY: little } = Number;
    for (const scores of [[Number.NaN, 1, Number.NaN, 2], [much, much, 0, little, little], [Number.NaN]]) {
      const { chosen } = choose(make(3), scores, 10);
      expect(chosen.toSorted((a, b) => a - b)).toEqual([...scores.keys()]);
    }
  }),
];
