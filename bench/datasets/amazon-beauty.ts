/**
 * Reviews of beauty products, 2002–2014, to the day. The file orders a day's ties by item, which gives the answer away:
 * they are shuffled, by a hash.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { EventInput } from "../../src/core/public.ts";
import { type Dataset, rows } from "./dataset.ts";

interface Review {
  /** Unix seconds. */
  readonly at: number;
  readonly hash: string;
  readonly user: string;
  readonly item: string;
}

export async function amazonBeauty(folder: string): Promise<Dataset> {
  return { events: events(folder), from: Date.parse("2014-01-01T00:00Z") };
}

async function* events(folder: string): AsyncGenerator<EventInput> {
  const reviews: Review[] = [];
  for await (const { unix_time: at, user_id: user, item_id: item } of rows(join(folder, "events.csv.gz")))
    reviews.push({
      at: Number(at),
      hash: createHash("md5").update(`${user} ${item}`).digest("hex"),
      user: user!,
      item: item!,
    });
  reviews.sort((a, b) => a.at - b.at || (a.hash < b.hash ? -1 : 1));
  let day = Number.NaN;
  let place = 0;
  for (const { at, user, item } of reviews) {
    place = at === day ? place + 1 : 0;
    day = at;
    yield { type: "outcome", action: "view", item, user, session: user, time: at * 1000 + place };
  }
}
