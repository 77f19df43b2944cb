/** A start in a new process, of a log of a million events since the beginning, a tenth of them slates of 20; the snapshot is 50,000 events old. */
import { join } from "node:path";
import { completeConfig } from "../../src/config.ts";
import { systemClock } from "../../src/core/clock.ts";
import { parseEvent } from "../../src/core/parse-event.ts";
import type { EventInput } from "../../src/core/public.ts";
import type { EventLog } from "../../src/event-logs/event-log.ts";
import { lmdbLog } from "../../src/event-logs/lmdb.ts";
import { foldInWorker } from "../../src/fold-worker.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { behaviour } from "./behaviour.ts";
import { type Benchmark, scaled } from "./benchmark.ts";
import { inChild } from "./processes.ts";

export interface Restarted {
  /** Since the process began. */
  readonly readyMs: number;
  readonly engineMs: number;
  readonly offset: number;
}

export const restart: Benchmark = {
  name: "restart",
  limitMs: 1_800_000,
  async run(setting) {
    const { folder } = setting;
    const shop = simulatedShop({ seed: 1, items: setting.isQuick ? 8000 : 40_000, shoppers: 20_000 });
    const stream = behaviour(shop, { views: 8 });
    const total = scaled(1_000_000, setting);
    const tail = scaled(50_000, setting);
    // Written without folding; the snapshot's worker is then the only one to fold.
    const write = async (from: number, to: number): Promise<void> => {
      const log = lmdbLog({ folder: join(folder, "log") });
      for (let start = from; start < to; start += 1000) {
        const count = Math.min(1000, to - start);
        await append(
          log,
          Array.from({ length: count }, (_, i) => shopEvent(start + i)),
        );
      }
      await log.close();
    };
    const shopEvent = (i: number): EventInput => (i < shop.items.length ? { ...shop.items[i]! } : stream.next().value);
    await write(0, total - tail);
    const foldAside = foldInWorker(completeConfig({ data: folder }));
    await foldAside({ offset: total - tail, isBase: false }, new AbortController().signal);
    await write(total - tail, total);
    const { readyMs, engineMs, offset } = await inChild<Restarted>({
      ...{ file: "restarted.ts", args: [folder], limitMs: 120_000 },
      execArgv: setting.profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${setting.profiles}`],
    });
    if (offset !== total) throw new Error(`restarted with ${offset} events, not ${total}`);
    return [
      { what: "restart, 1 M events, snapshot 50,000 old", value: readyMs / 1000, unit: "s", hold: 5, reach: 1 },
      { what: "restart, without the start of the process", value: engineMs / 1000, unit: "s" },
    ];
  },
};

async function append(log: EventLog, events: readonly EventInput[]): Promise<void> {
  log.append(events.map((event) => parseEvent(event, systemClock.nowMs())));
  await log.durable();
}
