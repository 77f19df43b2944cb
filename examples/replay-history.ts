/**
 * Would it have been better? A shop's history as event lines is imported into a data folder, and then asked about: how would the lists have been
 * ordered, what would have been recommended, each time before the engine learned what came of it.
 *
 *     node examples/replay-history.ts                       a small history made up by the simulator
 *     node examples/replay-history.ts history.jsonl         yours: one event a line, see docs/events.md
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "../src/evaluate.ts";
import { createEngine, type EventInput } from "../src/index.ts";
import { recommendEval } from "../src/recommend-eval.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { simulatedShoppers } from "../src/simulator/shoppers.ts";

const folder = mkdtempSync(join(tmpdir(), "liveshelf-history-"));
const file = process.argv[2] ?? madeUpHistory(join(folder, "history.jsonl"));
const events = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as EventInput);

// Import: what `liveshelf import history.jsonl --data shop` does. Events of the past carry their time.
const shop = await createEngine({ data: join(folder, "shop") });
const { accepted, rejected } = await shop.record(events);
console.log(`${accepted} events imported, ${rejected.length} refused`);
for (const { index, message, at } of rejected.slice(0, 5)) console.log(`  line ${index + 1} ${at ?? ""}: ${message}`);
const { items, shoppers, counts } = shop.status();
console.log(
  `${items} items, ${shoppers} shoppers, ${counts.lessons} lessons, ${counts.orphans} outcomes without a list`,
);
await shop.close();

// Lists: what `liveshelf evaluate history.jsonl` does.
const lists = await evaluate(events, { k: 10 });
console.log(`\n${lists.slates} lists scored`);
for (const { ranker, mrr, hitRate } of lists.results)
  console.log(`  ${ranker.padEnd(20)} MRR ${mrr.toFixed(3)}   within ten ${hitRate.toFixed(3)}`);
const against = lists.differences.find(({ b, metric }) => b === "callers-order" && metric === "mrr")!;
console.log(
  `  engine − shown order: ${against.mean.toFixed(3)} (95 %: ${against.low.toFixed(3)} … ${against.high.toFixed(3)})`,
);

// Recommendations: what `liveshelf recommend-eval history.jsonl` does.
const recommendations = await recommendEval(events, { k: 20 });
console.log(`\n${recommendations.outcomes} baskets scored`);
for (const { recommender, ndcg, new: fresh } of recommendations.results)
  console.log(`  ${recommender.padEnd(20)} NDCG ${ndcg.toFixed(3)}   of new items ${fresh.ndcg.toFixed(3)}`);

rmSync(folder, { recursive: true });

/** Lists in the shop's own order, and what simulated shoppers with tastes of their own did with them. */
function madeUpHistory(path: string): string {
  const simulated = simulatedShop({ seed: 3, items: 200, shoppers: 60 });
  const shoppers = simulatedShoppers(simulated);
  const lines: object[] = [...simulated.items];
  for (let visit = 0; visit < 800; visit++) {
    const { candidates, size, slate, slateEvent, respond } = shoppers.next();
    const shown = candidates.slice(0, size);
    lines.push(slateEvent(shown), ...respond(shown, slate));
  }
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}
