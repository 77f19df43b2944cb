/**
 * What a ceiling on memory costs in quality: the same streams judged with room for all that the state would like to hold, and with half and a
 * quarter of it. As a program: `node bench/quality/ceiling.ts [SET…]`.
 */
import { completeConfig } from "../../src/config.ts";
import type { EventInput, MemoryReport } from "../../src/core/public.ts";
import { bytesInUse } from "../../src/core/state.ts";
import { evaluate } from "../../src/evaluate.ts";
import { recommendEval } from "../../src/recommend-eval.ts";
import { buildRooms } from "../../src/rooms.ts";
import { simulatedHistory } from "../../src/simulator/history.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { type Dataset, folderOf } from "../datasets/dataset.ts";
import { onlineRetail } from "../datasets/online-retail.ts";
import { trivago } from "../datasets/trivago.ts";
import { yoochoose } from "../datasets/yoochoose.ts";
import { type Cells, fixed } from "../table.ts";
import type { QualityReport } from "./report.ts";

/** Room beyond what the state takes without a shop, as a share of what this stream would take of it. */
const shares = [1, 0.5, 0.25];

interface Judged {
  readonly mrr: number;
  readonly ndcg: number;
  readonly hitRate: number;
}

interface Stream {
  readonly name: string;
  readonly load: () => Promise<Dataset | undefined>;
  readonly judge: (
    set: Dataset,
    options: { stateMaxBytes?: number; onFolded: (memory: MemoryReport) => void },
  ) => Promise<Judged>;
}

const lists: Stream["judge"] = async ({ events, from }, options) => {
  const { results } = await evaluate(events, { k: 10, ...(from === undefined ? {} : { from }), ...options });
  return results.find(({ ranker }) => ranker === "engine")!;
};

const next: Stream["judge"] = async ({ events, from }, options) => {
  const { results } = await recommendEval(events, { k: 20, ...(from === undefined ? {} : { from }), ...options });
  return results.find(({ recommender }) => recommender === "engine")!;
};

/** A shop of many who come once or twice, and some who stay. */
async function* generated(): AsyncGenerator<EventInput> {
  const shop = simulatedShop({ seed: 7, items: 1500, shoppers: 6000, startMs: 1_767_225_600_000 });
  const options = { visits: 16_000, sessionsPerDay: 800, candidates: 100, size: 20, seen: true };
  for (const event of simulatedHistory(shop, options)) yield { ...event };
}

const of = (name: string, load: (folder: string) => Promise<Dataset>) => async (): Promise<Dataset | undefined> => {
  const folder = folderOf(name);
  return folder === undefined ? undefined : load(folder);
};

const streams: readonly Stream[] = [
  { name: "generated", load: async () => ({ events: generated() }), judge: lists },
  { name: "trivago", load: of("trivago", trivago), judge: lists },
  { name: "online_retail", load: of("online_retail", onlineRetail), judge: next },
  { name: "yoochoose", load: of("yoochoose", yoochoose), judge: next },
];

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

export async function ceilingQuality(names: readonly string[] = []): Promise<QualityReport> {
  const emptyBytes = bytesInUse(buildRooms(completeConfig({})).states);
  const rows: Cells[] = [];
  for (const { name, load, judge } of streams) {
    if (names.length > 0 && !names.includes(name)) continue;
    let wantedBytes = Number.POSITIVE_INFINITY;
    for (const share of shares) {
      const set = await load();
      if (set === undefined) break;
      let memory: MemoryReport | undefined;
      const { mrr, ndcg, hitRate } = await judge(set, {
        ...(share < 1 && { stateMaxBytes: emptyBytes + share * wantedBytes }),
        onFolded: (report) => {
          memory = report;
        },
      });
      if (share === 1) wantedBytes = memory!.stateBytes - emptyBytes;
      const row = [
        ...[name, `${share * 100} %`, mebibytes(memory!.stateBytes - emptyBytes), `${memory!.level} (${memory!.step})`],
        ...[fixed(mrr), fixed(ndcg), fixed(hitRate)],
      ];
      console.error(row.join(" · "));
      rows.push(row);
    }
  }
  return {
    title: "A ceiling on memory: what it costs",
    about: "The engine, judged prequentially, with room for all of the state and for a part of it.",
    head: ["set", "room", "MiB beside what is fixed", "level at the end", "MRR", "NDCG", "hit rate"],
    rows,
    notes: ["Lists: NDCG@10; what comes next: NDCG@20. Fixed: weights and filters, 78 MiB."],
  };
}

if (import.meta.main) {
  const { rows } = await ceilingQuality(process.argv.slice(2));
  for (const row of rows) console.log(row.join(" | "));
}
