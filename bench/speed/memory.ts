/** A million items (title of 60 characters, 8 fields) and a million shoppers with 20 events each: folded, without log. */
import { dayMs } from "../../src/core/clock.ts";
import type { ItemEvent, OutcomeEvent } from "../../src/core/event.ts";
import { type Random, random } from "../../src/core/random.ts";
import { type Benchmark, scaled } from "./benchmark.ts";
import { Fold } from "./fold.ts";

const startMs = Date.parse("2026-01-01T00:00Z");
const spanMs = 30 * dayMs;
const sessionsEach = 4;
const sessionEvents = 5;
const words = Array.from({ length: 4000 }, (_, i) => `w${(i * 7919).toString(36)}`);

export const memory: Benchmark = {
  name: "memory",
  limitMs: 3_600_000,
  async run(setting) {
    const items = scaled(1_000_000, setting);
    const shoppers = scaled(1_000_000, setting);
    // Lessons take time and no memory.
    const fold = new Fold({ choiceLessonsPerSecond: 0 });
    const chance = random("memory");
    const begunMs = performance.now();
    for (let row = 0; row < items; row++) fold.one(item(row, chance));
    // Shoppers take turns in an order that is not theirs, so that no table is walked in order.
    const step = 611_953;
    for (let turn = 0; turn < sessionsEach * shoppers; turn++) {
      const shopper = (turn * step) % shoppers;
      const atMs = startMs + Math.floor((turn / (sessionsEach * shoppers)) * spanMs);
      for (let i = 0; i < sessionEvents; i++) fold.one(outcome(shopper, turn, i, atMs, items, chance));
    }
    const seconds = (performance.now() - begunMs) / 1000;
    globalThis.gc?.();
    const gibibytes = (bytes: number): number => bytes / 2 ** 30;
    const { rss, heapUsed } = process.memoryUsage();
    const unit = "GiB";
    return [
      {
        what: "memory, 1 M items and 1 M shoppers with 20 events each",
        value: gibibytes(rss),
        unit,
        hold: 4,
        reach: 2,
      },
      { what: "memory: state", value: gibibytes(fold.stateBytes), unit },
      { what: "memory: JavaScript heap", value: gibibytes(heapUsed), unit },
      { what: "memory: at its highest", value: gibibytes(process.resourceUsage().maxRSS * 1024), unit },
      {
        what: "memory: events folded, without choice lessons",
        value: (items + 20 * shoppers) / seconds,
        unit: "/s",
        isRate: true,
      },
    ];
  },
};

function item(row: number, chance: Random): ItemEvent {
  let title = "";
  while (title.length < 60) title += `${words[chance.int(words.length)]} `;
  const department = chance.int(12);
  return {
    ...{ type: "item", item: `p-${row}`, time: startMs, receivedAt: startMs },
    fields: {
      title: title.slice(0, 60),
      brand: `brand ${chance.int(3000)}`,
      category: [`department ${department}`, `category ${department}-${chance.int(30)}`],
      price: chance.int(50_000) / 100,
      inStock: chance.next() > 0.05,
      rating: 1 + chance.int(41) / 10,
      colour: `colour ${chance.int(40)}`,
      weight: chance.int(20_000),
    },
  };
}

/** Shoppers keep to a few hundred items around a place of their own, some items are known to all. */
function outcome(shopper: number, turn: number, i: number, atMs: number, items: number, chance: Random): OutcomeEvent {
  const time = atMs + 5000 * i;
  const near = (shopper * 37 + chance.int(300)) % items;
  const row = chance.next() < 0.3 ? Math.floor(items * chance.next() ** 4) : near;
  const last = i === sessionEvents - 1;
  const action = last && shopper % 5 === 0 ? "purchase" : last && shopper % 5 === 1 ? "cart" : "view";
  return {
    ...{ type: "outcome", action, item: `p-${row}`, user: `u-${shopper}`, session: `v-${turn}`, time },
    ...{ receivedAt: time, ...(action === "purchase" ? { value: 20 } : {}) },
  };
}
