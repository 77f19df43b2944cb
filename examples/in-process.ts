/**
 * Liveshelf inside your own program: no server, no network. Run it from the repository:
 *
 *     node examples/in-process.ts
 *
 * In a project of yours, `import { createEngine } from "liveshelf"`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngine } from "../src/index.ts";

// The folder holds the event log and snapshots. Without `data`, everything is kept in memory and forgotten at the end.
const folder = mkdtempSync(join(tmpdir(), "liveshelf-example-"));
const data = join(folder, "shop");
const shop = await createEngine({ data });

// The catalogue. Fields merge: send again what changes.
await shop.record([
  { type: "item", item: "p-1", fields: { title: "Red wool scarf", brand: "Acme", price: 19.9 } },
  { type: "item", item: "p-4", fields: { title: "Green silk scarf", brand: "Lumen", price: 49 } },
  { type: "item", item: "p-7", fields: { title: "Blue wool scarf", brand: "Acme", price: 24.5 } },
]);

// Your list, in your order. Nothing is learned yet, so it stays as it is.
const ask = { items: ["p-1", "p-4", "p-7"], user: "u-1", session: "v-1", surface: "category" };
const before = shop.rank(ask);
console.log("before:", before.items.map(({ item }) => item).join(" "));

// The shopper clicks the last one. `record` resolves when the event is on disk; the next answer knows it already.
await shop.record({ type: "outcome", action: "click", item: "p-7", user: "u-1", session: "v-1", slate: before.slate });
const after = shop.rank({ ...ask, explain: true });
console.log("after: ", after.items.map(({ item }) => item).join(" "));

// Why? The largest reason for each item.
for (const { item, reasons = [] } of after.items) console.log(`  ${item}: ${reasons[0]?.text ?? "nothing yet"}`);

await shop.close();

// Open the folder again: what was learned is there.
const again = await createEngine({ data });
console.log(
  "later: ",
  again
    .rank(ask)
    .items.map(({ item }) => item)
    .join(" "),
);
await again.close();
rmSync(folder, { recursive: true });
