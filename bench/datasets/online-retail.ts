/** One UK gift shop's invoices (UCI Online Retail II): purchases of known customers; a cancellation is a `return`. One invoice is one basket. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { EventInput } from "../../src/core/public.ts";
import { type Dataset, rows } from "./dataset.ts";

export async function onlineRetail(folder: string): Promise<Dataset> {
  // The last quarter.
  return { events: events(folder), from: Date.parse("2010-10-12T00:00Z") };
}

async function* events(folder: string): AsyncGenerator<EventInput> {
  const file = readdirSync(folder).find((name) => name.endsWith(".csv.gz"))!;
  const prices = new Map<string, number>();
  for await (const row of rows(join(folder, file))) {
    const item = row.StockCode!;
    const price = Number(row.UnitPrice);
    // Without a customer, bookkeeping codes such as POST, or without a price.
    if (!row.CustomerID || !/^\d+$/.test(item.slice(0, 5)) || price <= 0) continue;
    const time = Date.parse(`${row.InvoiceDate!.replace(" ", "T")}Z`);
    if (prices.get(item) !== price) {
      prices.set(item, price);
      yield { type: "item", item, time, fields: { title: row.Description, price } };
    }
    const quantity = Number(row.Quantity);
    yield {
      type: "outcome",
      action: quantity > 0 ? "purchase" : "return",
      item,
      user: row.CustomerID.split(".")[0],
      session: row.InvoiceNo,
      time,
      value: Number((Math.abs(quantity) * price).toFixed(2)),
    };
  }
}
