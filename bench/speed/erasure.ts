/**
 * A hundred of ten thousand shoppers are erased from a log of 200,000 events: how long until log, snapshots and state are without them, and
 * that they are: the state is that of a clean fold of the log without their events, and no file holds their ids.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { completeConfig } from "../../src/config.ts";
import { systemClock } from "../../src/core/clock.ts";
import type { ErasedEvent, LoggedEvent } from "../../src/core/event.ts";
import { parseEvent } from "../../src/core/parse-event.ts";
import { checksum } from "../../src/core/state.ts";
import { createEngine } from "../../src/engine.ts";
import type { EventLog } from "../../src/event-logs/event-log.ts";
import { lmdbLog } from "../../src/event-logs/lmdb.ts";
import { memoryLog } from "../../src/event-logs/memory.ts";
import { foldUp } from "../../src/fold-up.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { behaviour } from "./behaviour.ts";
import { type Benchmark, scaled } from "./benchmark.ts";

/** Found by a search for bytes: none is the beginning of another. */
const idOf = (user: string): string => `shopper-${user}-of-many.`;
const erasedEvent: ErasedEvent = { type: "erased", time: 0, receivedAt: 0 };

export const erasure: Benchmark = {
  name: "erasure",
  limitMs: 1_200_000,
  async run(setting) {
    const { folder } = setting;
    const shoppers = scaled(10_000, setting);
    const shop = simulatedShop({ seed: 1, items: scaled(4000, setting), shoppers });
    const stream = behaviour(shop, { views: 8 });
    const events = Array.from({ length: scaled(200_000, setting) }, (_, i): LoggedEvent => {
      const event = i < shop.items.length ? { ...shop.items[i]! } : stream.next().value;
      const named = "user" in event ? { ...event, user: idOf(event.user as string) } : event;
      return parseEvent(named, systemClock.nowMs());
    });
    const met = [...new Set(events.flatMap((event) => ("user" in event ? [event.user!] : [])))];
    const asked = scaled(100, setting);
    const gone = new Set(met.filter((_, n) => n % Math.floor(met.length / asked) === 0).slice(0, asked));
    const log = lmdbLog({ folder: join(folder, "log") });
    await write(log, events);
    await log.close();
    const config = completeConfig({ data: folder, tickMs: 0, eraseAfterMs: 1000 });
    const engine = await createEngine(config);
    await engine.snapshot();
    for (const user of gone) await engine.erase(user);
    while (engine.status().erasures.pending > 0) await wait(20);
    const { erasures, rebuild } = engine.status();
    if (erasures.failure !== undefined) throw new Error(erasures.failure);
    const theirs = (event: LoggedEvent): boolean => "user" in event && gone.has(event.user ?? "");
    const left = [...events.map((event) => (theirs(event) ? erasedEvent : event)), ...[...gone].map(() => erasedEvent)];
    const twin = memoryLog();
    await write(twin, left);
    const { rooms } = await foldUp(config, undefined, twin);
    if (checksum(rooms.states) !== engine.checksum()) throw new Error("the state is not that of a fold without them");
    await engine.snapshot();
    await engine.close();
    const found = filesWith(folder, gone);
    if (found.length > 0) throw new Error(`ids are left in ${found.join(", ")}`);
    const count = `${gone.size} of ${shoppers.toLocaleString("en")} shoppers, ${erasures.events.toLocaleString("en")} of ${events.length.toLocaleString("en")} events`;
    return [
      {
        what: `erasure, ${count}: until log, snapshots and state are without them`,
        value: erasures.seconds,
        unit: "s",
      },
      {
        what: "erasure, for each million events of the log",
        value: (erasures.seconds * 1e6) / events.length,
        unit: "s",
      },
      { what: "erasure, the longest step of it on the serving thread", value: rebuild!.pauseMs!, unit: "ms", hold: 50 },
    ];
  },
};

async function write(log: EventLog, events: readonly LoggedEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += 1000) {
    log.append(events.slice(start, start + 1000));
    await log.durable();
  }
}

function filesWith(folder: string, ids: ReadonlySet<string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return [...ids].some((id) => bytes.includes(id));
    });
}
