import { expect, test } from "vitest";
import { completeConfig, foldedConfig } from "./config.ts";
import { foldsAlike } from "./restore.ts";

test("a setting that was not there yet counts as its default, one that is gone as another", () => {
  const config = completeConfig({});
  const saved = JSON.parse(foldedConfig(config)) as [string, unknown][];
  const under = (list: unknown) => JSON.stringify(list);
  const without = under(saved.filter(([name]) => name !== "seed"));
  expect(foldsAlike(without, config)).toBe(true);
  expect(foldsAlike(without, { ...config, seed: 2 })).toBe(false);
  expect(foldsAlike(under(saved.toReversed()), config)).toBe(true);
  expect(foldsAlike(under([...saved, ["gone", 1]]), config)).toBe(false);
});
