/**
 * `suggest` in process, one after another: queries that are typed letter by letter, of a shop with 100,000 queries that enough shoppers
 * chose something for and 40,000 items; for nobody in particular and for shoppers with a past. And what a choice costs the fold.
 */
import { completeConfig } from "../../src/config.ts";
import { stopwatchMs } from "../../src/core/clock.ts";
import { bareFact } from "../../src/core/fact.ts";
import { History } from "../../src/core/history.ts";
import type { SuggestRequest } from "../../src/core/public.ts";
import { random } from "../../src/core/random.ts";
import { queryWord } from "../../src/core/request.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { buildRooms, type Rooms } from "../../src/rooms.ts";
import { suggestingOver } from "../../src/suggest.ts";
import { type Benchmark, type Measure, percentile, type Setting, scaled, threadMs } from "./benchmark.ts";
import { Fold } from "./fold.ts";
import { profiled } from "./profile.ts";
import { generatedTitles } from "./text-shop.ts";

const startMs = Date.UTC(2026, 0, 1);
const shoppersOfQuery = 3;
const shoppers = 5000;

/** Rooms with items, and with so many queries that each led three shoppers to a choice. */
function pastOf(itemCount: number, queryCount: number): { rooms: Rooms; queries: string[]; foldMs: number } {
  const rooms = buildRooms(completeConfig({}));
  const chance = random("past");
  const titles = [...generatedTitles(itemCount)];
  const words = [...new Set(titles.join(" ").split(" "))];
  const brands = words.filter((_, i) => i % 7 === 3).slice(0, 1500);
  const category = (i: number): string[] => [words[i % 12]!, words[i % 80]!, words[(i * 7) % 400]!];
  const fold = new Fold({}, rooms);
  fold.all(
    titles.map((title, i) => {
      const brand = brands[Math.floor(chance.exponential() * 100) % brands.length]!;
      return { type: "item", item: `p-${i}`, fields: { title, brand, category: category(chance.int(400)), price: 10 } };
    }),
  );
  const texts = new Set<string>();
  while (texts.size < queryCount) {
    const title = titles[chance.int(itemCount)]!.split(" ");
    const from = chance.int(title.length);
    texts.add(title.slice(from, from + 1 + chance.int(4)).join(" "));
  }
  const queries = [...texts];
  const history = new History();
  rooms.words.nowMs = startMs;
  const beforeMs = threadMs();
  let choices = 0;
  for (const text of queries) {
    const query = rooms.words.intern(queryWord(text));
    for (let s = 0; s < shoppersOfQuery; s++) {
      const atMs = startMs + choices++;
      const [item, shopper] = [chance.int(itemCount), rooms.shoppers.intern(`u-${chance.int(shoppers)}`, undefined)];
      const said = { item, shopper, query, action: 1, isChoice: true, history };
      const fact = { ...bareFact, type: "outcome" as const, offset: choices, atMs, clockMs: atMs, ...said };
      rooms.suggestions.fold(fact);
      rooms.queryFields.fold!(fact);
      rooms.shoppers.touch(shopper, item, 1, atMs);
    }
  }
  return { rooms, queries, foldMs: (threadMs() - beforeMs) / choices };
}

function timesOf(rooms: Rooms, requests: readonly SuggestRequest[]): [p50: number, p99: number] {
  const suggesting = suggestingOver(rooms);
  const took = new Float64Array(requests.length);
  for (let i = -requests.length / 4; i < requests.length; i++) {
    const request = requests[Math.abs(Math.floor(i))]!;
    const fromMs = stopwatchMs();
    suggesting.suggest(request, startMs + 1e7);
    if (i >= 0) took[Math.floor(i)] = stopwatchMs() - fromMs;
  }
  took.sort();
  return [percentile(took, 0.5), percentile(took, 0.99)];
}

export const completions: Benchmark = {
  name: "completions",
  limitMs: 300_000,
  async run(setting: Setting) {
    const [items, queries] = [scaled(40_000, setting), scaled(100_000, setting)];
    const past = pastOf(items, queries);
    const chance = random("typed");
    const count = scaled(8000, setting);
    const typed = (more: () => object, q = (text: string): string => text): SuggestRequest[] =>
      Array.from({ length: count }, () => {
        const text = past.queries[chance.int(queries)]!;
        return { q: q(text.slice(0, 1 + chance.int(text.length))), ...more() };
      });
    const wrong = (text: string): string => `${text.slice(0, 3)}x${text.slice(4)}`;
    const beforeMs = threadMs();
    past.rooms.suggestions.prepare();
    const preparedMs = threadMs() - beforeMs;
    const kinds: readonly (readonly [what: string, requests: SuggestRequest[], isHeld: boolean])[] = [
      ["for nobody in particular", typed(() => ({})), true],
      ["for shoppers with a past", typed(() => ({ user: `u-${chance.int(shoppers)}` })), true],
      [
        "one letter",
        Array.from({ length: count }, () => ({ q: past.queries[chance.int(queries)]!.slice(0, 1) })),
        true,
      ],
      ["a wrong fourth letter", typed(() => ({}), wrong), false],
    ];
    const measures: Measure[] = [
      { what: "choice for a query, folded", value: past.foldMs, unit: "ms" },
      { what: "completions made ready after a start", value: preparedMs, unit: "ms" },
      { what: "bytes a query", value: Math.round(bytesInUse(past.rooms.suggestions.state) / queries), unit: "" },
    ];
    for (const [what, requests, isHeld] of kinds) {
      const [p50, p99] = await profiled(setting, "suggest", () => timesOf(past.rooms, requests));
      measures.push({ what: `suggest, ${what}, p50`, value: p50, unit: "ms", ...(isHeld && { hold: 1, reach: 0.2 }) });
      measures.push({ what: `suggest, ${what}, p99`, value: p99, unit: "ms" });
    }
    return measures;
  },
};
