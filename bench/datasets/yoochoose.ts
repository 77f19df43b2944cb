/** Clicks of an online shop by session (RecSys Challenge 2015); the test part follows the training part in time. */
import { join } from "node:path";
import type { EventInput } from "../../src/core/public.ts";
import { type Dataset, rows } from "./dataset.ts";

interface Click {
  /** Unix seconds. */
  readonly at: number;
  readonly session: string;
  readonly item: string;
}

export async function yoochoose(folder: string): Promise<Dataset> {
  const train = await clicks(folder, "train");
  const test = await clicks(folder, "test");
  return { events: events({ train, test }), from: Math.trunc(test[0]!.at * 1000) };
}

async function clicks(folder: string, part: string): Promise<Click[]> {
  const found: Click[] = [];
  for await (const row of rows(join(folder, `${part}.tsv.gz`), "\t"))
    found.push({ at: Number(row.Time), session: row.SessionId!, item: row.ItemId! });
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return found.sort((a, b) => a.at - b.at || order(a.session, b.session) || order(a.item, b.item));
}

async function* events(parts: Readonly<Record<string, readonly Click[]>>): AsyncGenerator<EventInput> {
  for (const [part, found] of Object.entries(parts))
    for (const { at, session, item } of found)
      yield { type: "outcome", action: "view", item, session: `${part}-${session}`, time: Math.trunc(at * 1000) };
}
