/**
 * A writer to be killed: records batch after batch of a seeded stream and says so as each is acknowledged.
 * Arguments: folder, first batch. It says the number of each batch once acknowledged, and when a snapshot begins and is written.
 */
import { pathToFileURL } from "node:url";
import { secondMs } from "../src/core/clock.ts";
import type { EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { createEngine } from "../src/engine.ts";

const startMs = Date.UTC(2026, 0, 1);
export const batchSize = 12;
export const crashSettings = { snapshotEvery: 60, tickMs: 0, lessonWaitMs: 20_000, dedupeHorizonMs: 1e12 } as const;

/** Event `i` of batch `b` has the id `b-i`, whoever makes it and whenever. */
export function batch(number: number): EventInput[] {
  const chance = random(`crash:${number}`);
  return Array.from({ length: batchSize }, (_, i) => {
    const common = { id: `${number}-${i}`, time: startMs + number * 7 * secondMs - chance.int(60 * secondMs) };
    const item = `p-${chance.int(80)}`;
    const who = { user: `u-${chance.int(20)}`, session: `v-${chance.int(60)}` };
    if (i === 0)
      return { ...common, type: "item", item, fields: { brand: `b-${chance.int(5)}`, price: chance.int(99) } };
    if (i === 1) {
      const items = Array.from({ length: 6 }, () => `p-${chance.int(80)}`);
      return { ...common, type: "slate", slate: `s-${number}`, ...who, items };
    }
    const action = ["click", "view", "purchase", "seen"][chance.int(4)];
    const slate = chance.int(2) === 0 ? { slate: `s-${number - chance.int(3)}` } : {};
    return { ...common, type: "outcome", action, item, ...who, ...slate };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [data, first] = [process.argv[2]!, Number(process.argv[3])];
  let nowMs = startMs + first * 7 * secondMs;
  const engine = await createEngine({ ...crashSettings, data, clock: { nowMs: () => nowMs } });
  const say = (text: string) => process.stdout.write(`${text}\n`);
  let snapshot: Promise<number> | undefined;
  for (let number = first; ; number++) {
    nowMs = startMs + number * 7 * secondMs;
    // An answer logs a slate by the engine itself.
    if (number % 3 === 0) engine.rank({ items: ["p-1", "p-2", "p-3"], user: `u-${number % 20}` });
    const { rejected } = await engine.record(batch(number));
    if (rejected.length > 0) throw new Error(JSON.stringify(rejected));
    say(String(number));
    if (number % 8 === 0) {
      snapshot = engine.snapshot();
      say("snapshot begins");
    }
    if (number % 8 === 5 && snapshot !== undefined) {
      await snapshot;
      say("snapshot written");
    }
  }
}
