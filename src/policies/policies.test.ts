import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { random } from "../core/random.ts";
import { greedy } from "./greedy.ts";
import { choose, promises, type Subject } from "./policy.check.ts";

const subjects: readonly Subject[] = [{ name: "greedy", make: () => greedy }];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, check } of promises) test(name, () => check(subject));
  });
}

test("every file of the folder is a policy that is checked here, or part of one", () => {
  const parts = ["policies.test", "policy", "policy.check"];
  const files = readdirSync(import.meta.dirname).map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual([...parts, ...subjects.map(({ name }) => name)].sort());
  for (const { name, make } of subjects) expect(make(1).name).toBe(name);
});

describe("greedy", () => {
  test("takes the highest scores, of equals the earlier candidate, and is certain of it", () => {
    expect(choose(greedy, [0.5, 2, -1, 2, 0.5], 4)).toEqual({ chosen: [1, 3, 0, 4], propensity: [1, 1, 1, 1] });
    const chance = random("greedy");
    for (let n = 0; n < 300; n++) {
      const scores = Array.from({ length: chance.int(60) }, () => chance.int(8));
      // A selection one by one: the best of those that are left.
      const left = new Set(scores.keys());
      const expected = scores.slice(0, 20).map(() => {
        const best = [...left].reduce((a, b) => (scores[b]! > scores[a]! ? b : a));
        left.delete(best);
        return best;
      });
      expect(choose(greedy, scores, 20).chosen).toEqual(expected);
    }
  });
});
