/** Hotel search lists shown to real users, with every action (ACM RecSys Challenge 2019). A click-out names its list, so it is slate and click. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { EventInput } from "../../src/core/public.ts";
import { type Dataset, type Row, rows } from "./dataset.ts";

/** Halves of the users: parameters were chosen on `even` (md5(user) % 2 = 0). */
export type Users = "all" | "even" | "odd";

export async function trivago(folder: string, users: Users = "all"): Promise<Dataset> {
  return { events: events(folder, users) };
}

async function* events(folder: string, users: Users): AsyncGenerator<EventInput> {
  const prices = new Map<string, string>();
  let slates = 0;
  for await (const row of rows(join(folder, "events.csv.gz"))) {
    if (users !== "all" && half(row.user_id!) !== users) continue;
    const time = Number(row.timestamp) * 1000;
    const who = { user: row.user_id, session: row.session_id, time };
    const item = row.reference!;
    if (row.action_type === "clickout item" && row.impressions) {
      const items = row.impressions.split("|");
      yield* priceChanges(items, row.prices!.split("|"), prices, time);
      const slate = `s${++slates}`;
      yield { type: "slate", slate, surface: "search", query: row.city, items, ...who, context: context(row) };
      yield { type: "outcome", action: "click", item, slate, ...who };
    } else if (/^\d+$/.test(item) && row.action_type!.includes("item")) {
      yield { type: "outcome", action: "view", item, ...who };
    }
  }
}

function* priceChanges(items: readonly string[], given: readonly string[], prices: Map<string, string>, time: number) {
  for (const [i, item] of items.entries()) {
    const price = given[i];
    if (price === undefined || prices.get(item) === price) continue;
    prices.set(item, price);
    yield { type: "item", item, time, fields: { price: Number(price) } };
  }
}

const context = ({ device, platform, current_filters: filters }: Row) => ({
  device,
  platform,
  filters: filters || null,
});

function half(user: string): Users {
  return Number.parseInt(createHash("md5").update(user).digest("hex").at(-1)!, 16) % 2 === 0 ? "even" : "odd";
}
