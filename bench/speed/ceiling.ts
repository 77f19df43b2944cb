/**
 * Twenty million events with turnover, recorded by an engine with a data folder and snapshots under a ceiling of 1 GiB: what the process takes
 * must stay below it, whatever the shop would like to remember. As a program, with other numbers:
 * `node bench/speed/ceiling.ts [--events N] [--max SIZE] [--items N] [--users N] [--data DIR]`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { manualClock } from "../../src/core/clock.ts";
import type { EventInput } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { memoryBytes, sizeText } from "../../src/memory-size.ts";
import type { Benchmark, Measure } from "./benchmark.ts";
import { Turnover, turnoverStartMs } from "./turnover.ts";

const stretches = 40;
const days = 480;
const batch = 1000;
/** A list takes as long as a hundred other events, and memory for a minute only. */
const slateShare = 0.01;
/** Of one batch in so many: a list that is recommended, shown and logged. */
const servedEvery = 4;

interface CeilingRun {
  readonly data: string;
  readonly events: number;
  readonly max: string;
  readonly items: number;
  readonly users: number;
}

/** Kilobytes of a line of /proc/self/status, as bytes. */
function statusBytes(name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "latin1"));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}

async function run({ data, events, max, items, users }: CeilingRun): Promise<readonly Measure[]> {
  const clock = manualClock(turnoverStartMs);
  const shop = new Turnover({ items, users, eventsPerDay: (events - items) / days, slateShare });
  const shopNow = { nowMs: () => clock.nowMs() };
  const engine = await createEngine({
    ...{ data, clock: shopNow, memoryMax: max, tickMs: 0, choiceLessonsPerSecond: 0.03 },
    ...{ snapshotEvery: Math.max(50_000, Math.floor(events / 10)), logBytesMax: 2 ** 28 },
    onDiagnostic: (message) => console.log(message),
  });
  let anonMax = 0;
  let residentMax = 0;
  let longestMs = 0;
  let lastMs = performance.now();
  const look = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - 20);
    lastMs = nowMs;
    anonMax = Math.max(anonMax, statusBytes("RssAnon"));
    residentMax = Math.max(residentMax, statusBytes("VmRSS"));
  }, 20);
  const begunMs = performance.now();
  let stretchMs = begunMs;
  let told = 0;
  for (let done = 0; done < events; ) {
    const given: EventInput[] = [];
    for (let i = 0; i < batch && done < events; i++, done++) {
      const { receivedAt: _, ...event } = shop.next();
      given.push(event as EventInput);
    }
    clock.set(Math.max(clock.nowMs(), Math.floor(shop.nowMs)));
    await engine.record(given);
    if (done > items && (done / batch) % servedEvery === 0) engine.recommend(shop.recommendRequest());
    if (done < ((told + 1) * events) / stretches) continue;
    told++;
    const { memory, shoppers, items: held, openSlates, snapshotPauseMs } = engine.status();
    const rate = events / stretches / ((performance.now() - stretchMs) / 1000);
    stretchMs = performance.now();
    console.log(
      [
        `${(done / 1e6).toFixed(2)} M events, ${rate.toFixed(0)}/s`,
        `anonymous ${sizeText(statusBytes("RssAnon"))} (most ${sizeText(anonMax)}), resident ${sizeText(statusBytes("VmRSS"))}, high-water ${sizeText(statusBytes("VmHWM"))}`,
        `state ${sizeText(memory.stateBytes)} of ${sizeText(memory.stateMaxBytes ?? 0)}, free ${sizeText(memory.freeBytes)}, heap ${sizeText(process.memoryUsage().heapTotal)}`,
        `step ${memory.level} (${memory.step})`,
        `items ${held}, shoppers ${shoppers}, slates ${openSlates}, snapshot paused ${snapshotPauseMs.toFixed(0)} ms, longest pause ${longestMs.toFixed(0)} ms`,
      ].join(" · "),
    );
  }
  const seconds = (performance.now() - begunMs) / 1000;
  const { memory, counts } = engine.status();
  console.log(
    JSON.stringify({
      memory,
      counts: Object.fromEntries(Object.entries(counts).filter(([name]) => name.startsWith("ceiling"))),
    }),
  );
  clearInterval(look);
  await engine.close();
  const hold = memoryBytes(max, 0)! / 2 ** 30;
  const what = `ceiling of ${max}, ${events / 1e6} M events`;
  return [
    { what: `${what}: anonymous memory, most`, value: anonMax / 2 ** 30, unit: "GiB", hold },
    { what: `${what}: resident memory with pages of files, most`, value: residentMax / 2 ** 30, unit: "GiB" },
    {
      what: `${what}: resident memory by the kernel's count, most`,
      value: statusBytes("VmHWM") / 2 ** 30,
      unit: "GiB",
    },
    { what: `${what}: level at the end`, value: memory.level, unit: "" },
    { what: `${what}: events`, value: events / seconds, unit: "/s", isRate: true },
  ];
}

const shopOf = (events: number) => ({ items: Math.ceil(events / 250), users: Math.ceil(events / 40) });

export const ceiling: Benchmark = {
  name: "ceiling",
  limitMs: 7_200_000,
  async run({ isQuick, folder }) {
    const events = isQuick ? 400_000 : 20_000_000;
    return run({ data: folder, events, max: isQuick ? "384 MiB" : "1 GiB", ...shopOf(events) });
  },
};

if (import.meta.main) {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    options: { events: option, max: option, items: option, users: option, data: option },
  });
  const events = Number(values.events ?? 20_000_000);
  const shop = shopOf(events);
  const data = values.data ?? mkdtempSync(join(tmpdir(), "liveshelf-ceiling-"));
  const measures = await run({
    ...{ data, events, max: values.max ?? "1 GiB" },
    ...{ items: Number(values.items ?? shop.items), users: Number(values.users ?? shop.users) },
  });
  if (values.data === undefined) rmSync(data, { recursive: true, force: true });
  for (const { what, value, unit, hold } of measures) {
    if (hold !== undefined && value > hold) process.exitCode = 1;
    console.log(`${what}: ${value.toFixed(3)} ${unit}`);
  }
}
