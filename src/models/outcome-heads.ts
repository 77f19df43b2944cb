/**
 * What follows a choice: for each later outcome a head that says how likely it is once the item was chosen from a list. A cart or a
 * purchase comes minutes or days after the click, so a head cannot wait for what is true. It learns by the fake-negative-weighted loss
 * (Ktena et al. 2019, §4.2): every choice teaches “no” at once, and what comes teaches “yes” when it comes, with p the head's own chance:
 *
 *     weight of a “no” = (1 − p)(1 + p),  of a “yes” = 1 + p;   E[gradient] = (1 + p)(1 − p)(p − q), which is 0 at p = q
 *
 * whatever the delay. What is taken back teaches the gradient of its “yes” with the other sign, so that p ends at the share that
 * came and stayed. A head's logit starts at the shop's own decayed rate. It has a slow and a fast learner; the one that predicted
 * better so far speaks, once enough came, if it predicted better than the rate.
 */
import { FixedBuffer } from "../core/columns.ts";
import { type FollowUp, type LaterOutcome, laterOutcomes } from "../core/follow-up.ts";
import { verdict } from "../core/lesson.ts";
import type { HeadReport } from "../core/model-report.ts";
import { type ColumnSpec, Rows } from "../core/rows.ts";
import { type State, state } from "../core/state.ts";
import { ftrl } from "./ftrl.ts";
import type { Model } from "./model.ts";

export interface OutcomeHeadsOptions {
  /** Columns of the rows of lists. */
  readonly columns: readonly ColumnSpec[];
  /** Crosses of them, as in `ftrl.ts`; those of columns that are absent are left out. */
  readonly terms: readonly (readonly string[])[];
}

export interface OutcomeHeads {
  readonly state: readonly State[];
  learn(followUp: FollowUp): void;
  /** out[i]: chance of the outcome once the item of row i was chosen, 0 to 1. False: the same for all rows. Changes nothing. */
  chances(outcome: LaterOutcome, rows: Rows, out: Float64Array): boolean;
  report(): readonly HeadReport[];
}

/** A head of fewer outcomes says the shop's rate. */
const cameMin = 30;
/** Weight that a choice keeps with each choice after it. */
const keep = 0.9999;
/** Choices without the outcome that a new shop's rate starts with. */
const doubt = 20;
/** Learning rates of a head's learners: the slow one foresees weak differences, or with many columns that say nothing; the fast one strong ones. */
const alphas = [0.03, 0.15];
/** Outcomes of older choices may be more than the choices of late. */
const rateMax = 0.99;
/** Keeps the weight of what is taken back finite; its gradient is bounded by 1 all the same. */
const chanceMin = 1e-9;
const base = "base";
/** By head: choices and outcomes decayed, both in all, and of each learner how much log-loss it saves against the rate, decayed. */
const at = { choices: 0, came: 1, choicesEver: 2, cameEver: 3, saved: 4, width: 4 + alphas.length } as const;

export function outcomeHeads({ columns, terms }: OutcomeHeadsOptions): OutcomeHeads {
  const kept = terms.filter((term) => term.every((name) => columns.some((column) => column.name === name)));
  const names = [...new Set(kept.flat())];
  const places = Int32Array.from(names, (name) => columns.findIndex((column) => column.name === name));
  const own: ColumnSpec[] = [...Array.from(places, (place) => columns[place]!), { name: base, kind: "number" }];
  const shape = { columns: own, terms: kept, prior: base, bits: 16, listwise: 0 };
  const heads: readonly (readonly Model[])[] = laterOutcomes.map((outcome) =>
    alphas.map((alpha, k) => ftrl({ ...shape, name: `${outcome}-head-${k}`, alpha })),
  );
  const sums = new FixedBuffer("sums", new Float64Array(heads.length * at.width));
  const read = new Rows(own.length);
  const single = { verdict: new Uint8Array(1), position: new Int32Array(1) };
  const logit = new Float64Array(1);

  /** The shop's rate, pulled towards 0 while choices are few; never 0 or 1, for a logit to start from. */
  const rateOf = (head: number): number => {
    const from = head * at.width;
    return Math.min(rateMax, (sums.array[from + at.came]! + 0.5) / (sums.array[from + at.choices]! + doubt));
  };

  /** The learner that saves most, if it saves anything and enough came; else undefined. */
  function speaker(head: number): Model | undefined {
    const from = head * at.width;
    if (sums.array[from + at.cameEver]! < cameMin) return undefined;
    let best = 0;
    let found: Model | undefined;
    for (let k = 0; k < alphas.length; k++) {
      const saved = sums.array[from + at.saved + k]!;
      if (saved > best) [best, found] = [saved, heads[head]![k]];
    }
    return found;
  }

  /** Copies the columns that heads read. */
  function readRows({ count, width, dense }: Rows): void {
    read.resize(count);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < places.length; k++) read.dense[i * own.length + k] = dense[i * width + places[k]!]!;
  }

  function startAt(value: number): void {
    for (let i = 0; i < read.count; i++) read.dense[i * own.length + places.length] = value;
  }

  /** Counts what came, and teaches it of the row that was read. */
  function teach(head: number, step: FollowUp["step"]): void {
    const from = head * at.width;
    const rate = rateOf(head);
    startAt(Math.log(rate / (1 - rate)));
    if (step === "chosen") {
      sums.array[from + at.choices] = sums.array[from + at.choices]! * keep + 1;
      sums.array[from + at.came]! *= keep;
      sums.array[from + at.choicesEver]!++;
    } else {
      const sign = step === "came" ? 1 : -1;
      sums.array[from + at.came] = Math.max(0, sums.array[from + at.came]! + sign);
      sums.array[from + at.cameEver]! += sign;
    }
    for (const [k, learner] of heads[head]!.entries()) teachLearner(learner, step, from + at.saved + k);
  }

  /** `saved`: where in the sums it stands what this learner saves. */
  function teachLearner(learner: Model, step: FollowUp["step"], saved: number): void {
    learner.predict(read, logit);
    const chance = 1 / (1 + Math.exp(-logit[0]!));
    const start = read.dense[places.length]!;
    let weight = 1 + chance;
    if (step === "chosen") {
      weight *= 1 - chance;
      sums.array[saved] = sums.array[saved]! * keep + softplus(start) - softplus(logit[0]!);
    } else {
      if (step === "takenBack") weight *= (1 - chance) / Math.max(chanceMin, chance);
      // A “no” becomes a “yes”, or the other way round: the log-loss changes by the logit.
      sums.array[saved]! += (step === "came" ? 1 : -1) * (logit[0]! - start);
    }
    single.verdict[0] = step === "came" ? verdict.chosen : verdict.passedOver;
    learner.learn({ ...single, rows: read, weight, isChoice: false, orderedByEngine: false, surface: -1 });
  }

  return {
    state: [state("model.outcome-heads", 1, [sums]), ...heads.flat().map((learner) => learner.state)],
    learn({ rows, step, outcome }) {
      readRows(rows);
      laterOutcomes.forEach((one, head) => {
        if (step === "chosen" || one === outcome) teach(head, step);
      });
    },
    chances(outcome, rows, out) {
      const head = laterOutcomes.indexOf(outcome);
      const rate = rateOf(head);
      const learner = speaker(head);
      if (learner === undefined) {
        out.fill(sums.array[head * at.width + at.cameEver]! > 0 ? rate : 0, 0, rows.count);
        return false;
      }
      readRows(rows);
      startAt(Math.log(rate / (1 - rate)));
      learner.predict(read, out);
      for (let i = 0; i < rows.count; i++) out[i] = 1 / (1 + Math.exp(-out[i]!));
      return true;
    },
    report: () =>
      laterOutcomes.map((outcome, head) => {
        const from = head * at.width;
        const came = sums.array[from + at.cameEver]!;
        const choices = sums.array[from + at.choicesEver]!;
        return { outcome, choices, came, rate: came > 0 ? rateOf(head) : 0, speaks: speaker(head) !== undefined };
      }),
  };
}

/** ln(1 + eˣ): the log-loss of a “no” at logit x. */
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
