/**
 * Every learner of a panel beside the panel, on logs of real shops: each list of a slate, and each choice among the retrievers' candidates, is
 * judged before it is learned from.
 */
import { completeConfig } from "../../src/config.ts";
import type { OutcomeEvent } from "../../src/core/event.ts";
import type { List } from "../../src/core/list.ts";
import type { Request } from "../../src/core/request.ts";
import type { Rows } from "../../src/core/rows.ts";
import { pairedBootstrap } from "../../src/evaluation/bootstrap.ts";
import { logLoss } from "../../src/evaluation/metrics.ts";
import { Learning } from "../../src/learn.ts";
import type { Panel } from "../../src/models/panel.ts";
import { buildRooms, type Rooms } from "../../src/rooms.ts";
import { timeOrdered } from "../../src/time-ordered.ts";
import { type Dataset, folderOf } from "../datasets/dataset.ts";
import { onlineRetail } from "../datasets/online-retail.ts";
import { trivago } from "../datasets/trivago.ts";
import { yoochoose } from "../datasets/yoochoose.ts";
import { type Cells, fixed } from "../table.ts";
import type { QualityReport } from "./report.ts";

type Judging = (rooms: Rooms, from: number) => ListJudge | ChoiceJudge;

const sets: readonly (readonly [name: string, load: (folder: string) => Promise<Dataset>, judging: Judging])[] = [
  ["trivago", (folder) => trivago(folder), (rooms, from) => new ListJudge(rooms, from)],
  ["yoochoose", yoochoose, (rooms, from) => new ChoiceJudge(rooms, from)],
  ["online_retail", onlineRetail, (rooms, from) => new ChoiceJudge(rooms, from)],
];

/** Undefined when none of the sets is there. */
export async function learners(): Promise<QualityReport | undefined> {
  const rows: Cells[] = [];
  const verdicts: string[] = [];
  for (const [name, load, judging] of sets) {
    const folder = folderOf(name);
    if (folder === undefined) continue;
    const { events, from = Number.NEGATIVE_INFINITY } = await load(folder);
    const rooms = buildRooms(completeConfig({}));
    const learning = new Learning(rooms);
    const judge = judging(rooms, from);
    learning.observe(judge);
    for (const [offset, event] of (await timeOrdered(events)).entries()) learning.fold(event, offset);
    judge.close();
    rows.push(...judge.tally.rows(name));
    verdicts.push(`${name}: ${judge.tally.verdict()}`);
  }
  if (rows.length === 0) return undefined;
  return {
    title: "every learner beside the panel",
    about:
      "Before each list or choice is learned from. trivago: log-loss a row of click-out lists, MRR of the clicked. Others: log-loss a chosen item among the retrievers' candidates, where they hold it, and MRR of the best placed of the basket.",
    head: ["", "log-loss", "less of the panel", "MRR", "more of the panel"],
    rows,
    notes: ["Intervals: 95 %, bootstrap by shopper, of panel against learner.", ...verdicts],
  };
}

/** [learner] logits of rows: of the panel, then of its members. */
class Said {
  readonly names: readonly string[];
  readonly #panel: Panel;

  constructor(panel: Panel) {
    this.names = ["panel", ...panel.members];
    this.#panel = panel;
  }

  of(rows: Rows): Float64Array[] {
    const [whole, ...members] = this.names.map(() => new Float64Array(rows.count));
    this.#panel.predict(rows, whole!);
    this.#panel.predictMembers(rows, members);
    // Who is not heard is as good as the rest.
    return [whole!, ...members.map((own) => (Number.isNaN(own[0]) ? whole! : own))];
  }
}

/** Log-loss and reciprocal rank of every learner, list by list; a list weighs in log-loss by what is judged of it. */
class Tally {
  readonly #names: readonly string[];
  readonly #users: number[] = [];
  #judged = 0;
  /** [learner][list], sums over what is judged. */
  readonly #losses: number[][];
  readonly #reciprocalRanks: number[][];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#losses = names.map(() => []);
    this.#reciprocalRanks = names.map(() => []);
  }

  /** `judged`: rows, or chosen items. */
  add(
    user: number,
    judged: number,
    of: (r: number) => { readonly loss: number; readonly reciprocalRank: number },
  ): void {
    this.#users.push(user);
    this.#judged += judged;
    for (let r = 0; r < this.#names.length; r++) {
      const { loss, reciprocalRank } = of(r);
      this.#losses[r]!.push(loss);
      this.#reciprocalRanks[r]!.push(reciprocalRank);
    }
  }

  rows(set: string): Cells[] {
    const losses = this.#meanLosses();
    const less = this.#compared(losses, -1);
    const more = this.#compared(this.#reciprocalRanks, 1);
    return this.#names.map((name, r) => [
      `${set}: ${name}`,
      fixed(mean(losses[r]!)),
      less[r]!,
      fixed(mean(this.#reciprocalRanks[r]!)),
      more[r]!,
    ]);
  }

  /** The panel relative to the best single learner. */
  verdict(): string {
    const loss = this.#meanLosses().map(mean);
    const mrr = this.#reciprocalRanks.map(mean);
    const relative = (values: readonly number[], best: number): string => {
      const percent = 100 * (values[0]! / best - 1);
      return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(2)} %`;
    };
    return `log-loss of the panel ${relative(loss, Math.min(...loss.slice(1)))} off the best learner's, MRR ${relative(mrr, Math.max(...mrr.slice(1)))}; ${this.#users.length} scored.`;
  }

  /** So that their mean over the lists is that over all that is judged. */
  #meanLosses(): number[][] {
    const perList = this.#judged / this.#users.length;
    return this.#losses.map((own) => own.map((loss) => loss / perList));
  }

  #compared(values: readonly (readonly number[])[], sign: number): string[] {
    const pairs = values.slice(1).map((own) => ({ a: values[0]!, b: own }));
    return [
      "–",
      ...pairedBootstrap(this.#users, pairs).map(({ mean, low, high }) => {
        const [from, to] = sign < 0 ? [-high, -low] : [low, high];
        return `${fixed(sign * mean)} (${fixed(from)} to ${fixed(to)})`;
      }),
    ];
  }
}

/** Lists as they were shown: is each row chosen? */
class ListJudge {
  readonly tally: Tally;
  readonly #said: Said;
  readonly #from: number;
  /** By slate, until something is chosen from it; trivago's click-outs come at once. */
  readonly #open = new Map<string, { user: number; items: Int32Array; logits: Float64Array[] }>();

  constructor(rooms: Rooms, from: number) {
    this.#said = new Said(rooms.ranker);
    this.tally = new Tally(this.#said.names);
    this.#from = from;
  }

  slate(id: string, { atMs, shopper }: Request, { count }: List, items: Int32Array, rows: Rows): void {
    if (atMs < this.#from || count === 0) return;
    this.#open.set(id, { user: shopper, items: items.slice(0, count), logits: this.#said.of(rows) });
  }

  joined(slate: string, item: number, reward: number): void {
    const open = this.#open.get(slate);
    const at = open === undefined ? -1 : open.items.indexOf(item);
    if (open === undefined || at < 0 || reward <= 0) return;
    this.#open.delete(slate);
    this.tally.add(open.user, open.items.length, (r) => {
      const logits = open.logits[r]!;
      let loss = 0;
      for (const [i, logit] of logits.entries()) loss += logLoss(1 / (1 + Math.exp(-logit)), i === at ? 1 : 0);
      return { loss, reciprocalRank: 1 / rankOf(at, logits) };
    });
  }

  close(): void {}
}

/** Choices among the retrievers' candidates: which is it? All that is chosen at one instant is one basket. */
class ChoiceJudge {
  readonly tally: Tally;
  readonly #said: Said;
  readonly #from: number;
  #atMs = Number.NaN;
  /** Of this instant, by shopper. */
  readonly #chosen = new Map<number, Set<number>>();
  readonly #open = new Map<number, { items: Int32Array; logits: Float64Array[] }>();

  constructor(rooms: Rooms, from: number) {
    this.#said = new Said(rooms.chooser);
    this.tally = new Tally(this.#said.names);
    this.#from = from;
  }

  outcome(_event: OutcomeEvent, item: number, isChoice: boolean, { atMs, shopper }: Request): void {
    if (atMs !== this.#atMs) this.close();
    this.#atMs = atMs;
    if (!isChoice || atMs < this.#from) return;
    const items = this.#chosen.get(shopper);
    if (items === undefined) this.#chosen.set(shopper, new Set([item]));
    else items.add(item);
  }

  choice({ shopper, atMs }: Request, pool: List, rows: Rows): void {
    if (atMs < this.#from || pool.count === 0) return;
    this.#open.set(shopper, { items: pool.item.slice(0, pool.count), logits: this.#said.of(rows) });
  }

  close(): void {
    for (const [shopper, { items, logits }] of this.#open) {
      const chosen = this.#chosen.get(shopper);
      const places = [...items.keys()].filter((i) => chosen?.has(items[i]!));
      if (places.length === 0) continue;
      this.tally.add(shopper, places.length, (r) => {
        const own = logits[r]!;
        const largest = Math.max(...own);
        const total = own.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
        const share = (at: number): number => Math.exp(own[at]! - largest) / total;
        return {
          loss: places.reduce((sum, at) => sum + logLoss(share(at), 1), 0),
          reciprocalRank: 1 / Math.min(...places.map((at) => rankOf(at, own))),
        };
      });
    }
    this.#open.clear();
    this.#chosen.clear();
  }
}

/** From 1; ties keep the given order. */
function rankOf(row: number, logits: Float64Array): number {
  let rank = 1;
  for (const [i, logit] of logits.entries()) if (logit > logits[row]! || (logit === logits[row] && i < row)) rank++;
  return rank;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
