/**
 * A panel of learners, itself a model. Every member predicts each lesson before it learns it; the weights follow how well it did, on
 * each surface apart. The logit is a logarithmic opinion pool of the members' calibrated logits, so that explanations add up:
 *
 *     logit = a + b · Σ wₘ (aₘ + bₘ sₘ)
 *
 * with wₘ the fixed-share weights (panel-weights.ts), (aₘ, bₘ) each member's line and (a, b) that of the whole (panel-line.ts). In
 * lists that the engine ordered, members are judged by sₘ and what the place adds beyond its mean; what is predicted is without it.
 */
import { registers } from "../core/columns.ts";
import { type Contribution, type Explanation, type Lesson, verdict } from "../core/lesson.ts";
import type { Rows } from "../core/rows.ts";
import { copyState, prefixed, type StateBuffer, state } from "../core/state.ts";
import type { Family, Model } from "./model.ts";
import { type DutyName, PanelDuty, reason } from "./panel-duty.ts";
import { judgeChances, judgeShares, lineWidth, stepLine, sumsWidth } from "./panel-line.ts";
import { logitMax, PanelMixture } from "./panel-mixture.ts";
import { type LiveScore, LiveScores } from "./panel-scores.ts";
import { shareWeights } from "./panel-weights.ts";

export interface PanelOptions {
  readonly name?: string;
  /** Each makes a family as it is before its first lesson: one to work with, another when that must begin anew. */
  readonly families: readonly (() => Family)[];
  /** What is predicted: of each row whether it is chosen (the default), or of the list which one is. */
  readonly loss?: "pointwise" | "softmax";
  /**
   * Told of every lesson that weighs the members, before any of it is learned: `logits[i]` of the chance that row i is chosen where it
   * was shown, and of a choice `order[i]`, which puts the rows in the order that {@link Panel.predict} does. Good until it returns.
   */
  readonly onPredicted?: (lesson: Lesson, logits: Float64Array, order: Float64Array | undefined) => void;
}

export interface MemberReport extends LiveScore {
  readonly name: string;
  /** Name of its family. */
  readonly family: string;
  /** Over all surfaces. */
  readonly weight: number;
  /** On the surfaces that have weights of their own: their word rows, −1 for none. */
  readonly surfaces: readonly { readonly surface: number; readonly weight: number }[];
  readonly lessons: number;
  readonly state: DutyName;
  /** Why it is not simply on. */
  readonly reason?: string;
}

/** As a model, what it predicts is calibrated: `rows.surface` says for which surface. NaN where no member can be asked. */
export interface Panel extends Model {
  readonly families: readonly Family[];
  readonly members: readonly string[];
  /** Of what the panel itself predicted. */
  live(): LiveScore;
  report(): readonly MemberReport[];
  /** out[m][i]: calibrated logit of row i by member m alone; NaN where it is not heard. `whole`: gets what {@link predict} says. */
  predictMembers(rows: Rows, out: readonly Float64Array[], whole?: Float64Array): void;
  /** out[i]: variance of the logit of row i by the first member that has one; NaN where none has. */
  variance(rows: Rows, out: Float64Array): void;
  /** What the place adds to the logit in lists that the engine ordered. */
  placeBias(surface: number, position: number): number;
}

/** Where one member says more than `logitMax`, another that stays within this is the measure. */
const ordinaryMax = 25;
/** Surfaces not taught for so many lessons do not keep a learner on. */
const surfaceKeptLessons = 20_000;

export function panel({ name = "panel", loss = "pointwise", families: makers, onPredicted }: PanelOptions): Panel {
  const isShares = loss === "softmax";
  const judge = isShares ? judgeShares : judgeChances;
  const families = makers.map((make) => make());
  const members = families.flatMap((family) => family.members);
  const width = members.length;
  /** [member] its family, and its place there. */
  const familyOf = families.flatMap((family, f) => family.members.map(() => f));
  const memberIn = families.flatMap((family) => family.members.map((_, m) => m));
  const mixture = new PanelMixture(width);
  const { surfaces } = mixture;
  const duty = new PanelDuty(
    familyOf,
    families.map((family) => family.cost),
  );
  /** Of each member, and last of the panel itself. */
  const scores = new LiveScores(width + 1);
  const lessons = registers("lessons", 1);
  // A family's next version is the panel's: versions only rise, so their sum does.
  const version = families.reduce((sum, family) => sum + family.state.version, 1);
  const own: readonly StateBuffer[] = [lessons, ...mixture.buffers, ...duty.buffers, ...scores.buffers];

  /** [member] logits as its family says them. */
  let said: Float64Array[] = [];
  /** [family] the same arrays. */
  let saidBy: Float64Array[][] = [];
  let pooled = new Float64Array(0);
  /** For {@link PanelOptions.onPredicted}. */
  let stated = new Float64Array(0);
  let ordered = new Float64Array(0);
  /** [member] as of the last lesson. */
  const isHeard = new Uint8Array(width);
  /** [member] the largest absolute logit of the lesson. */
  const sizes = new Float64Array(width);
  const losses = new Float64Array(width);
  const allLosses = new Float64Array(width);
  const sums = new Float64Array(sumsWidth);
  /** [family] 1 where what it predicted of the lesson is not what it would say now. */
  const isAnew = new Uint8Array(families.length);

  function ask(rows: Rows): void {
    if (pooled.length < rows.count || said.length === 0) {
      const length = Math.max(64, rows.count * 2);
      said = members.map(() => new Float64Array(length));
      saidBy = families.map((_, f) => said.filter((_, m) => familyOf[m] === f));
      pooled = new Float64Array(length);
      stated = new Float64Array(onPredicted === undefined ? 0 : length);
      ordered = new Float64Array(onPredicted === undefined ? 0 : length);
    }
    for (let f = 0; f < families.length; f++) if (duty.isWorking(f)) families[f]!.predict(rows, saidBy[f]!);
  }

  /** out[i] = a + b · Σ wₘ (aₘ + bₘ sₘ) of what was said of the rows. */
  function mix({ surface, count }: Rows, out: Float64Array): void {
    const slot = surfaces.find(surface);
    mixture.pool(slot, said, count, out);
    alongWhole(slot, out, count, out);
  }

  function alongWhole(slot: number, xs: Float64Array, count: number, out: Float64Array): void {
    const offset = mixture.wholeOffset(slot);
    const slope = mixture.wholeSlope(slot);
    for (let i = 0; i < count; i++) out[i] = offset + slope * xs[i]!;
  }

  const weightOf = (family: number): number =>
    mixture.largestWeight((member) => familyOf[member] === family, lessons.array[0]! - surfaceKeptLessons);

  /** Settles who is heard; a line that nobody looked after for long is soon outweighed. */
  function hear(): void {
    let hasChanged = false;
    for (let m = 0; m < width; m++) {
      isHeard[m] = duty.isHeard(m) ? 1 : 0;
      // Who was heard has a weight, however small.
      const was = mixture.weight(0, m) > 0 ? 1 : 0;
      if (isHeard[m] === was) continue;
      hasChanged = true;
      if (was === 0) mixture.loosen(m);
    }
    if (hasChanged) mixture.reweigh(isHeard);
  }

  /** Puts aside who says what is no number or what no other would, and hears again who came to sense. */
  function listen(count: number, lesson: number): void {
    let ordinary = 0;
    for (let m = 0; m < width; m++) {
      const family = familyOf[m]!;
      const isAside = !duty.isHeard(m);
      if (isAside && !(duty.isWorking(family) && duty.isDueBack(m, lesson))) continue;
      const largest = largestOf(said[m]!, count);
      sizes[m] = largest;
      if (isAside && largest <= logitMax) duty.comeBack(m, lesson);
      else if (isAside && duty.isAside(family)) beginAnew(family, lesson);
      else if (isAside) duty.waitOn(m, lesson);
      else if (!Number.isFinite(largest)) duty.putAside(m, reason.noNumber, lesson);
      else if (largest < ordinaryMax) ordinary++;
    }
    for (let m = 0; m < width; m++) {
      if (!duty.isHeard(m)) continue;
      if (duty.strike(m, ordinary > 0 && sizes[m]! > logitMax)) duty.putAside(m, reason.exploded, lesson);
    }
    hear();
  }

  /** A family of which every member is put aside. */
  function beginAnew(family: number, lesson: number): void {
    copyState(makers[family]!().state, families[family]!.state);
    isAnew[family] = 1;
    for (let m = 0; m < width; m++) {
      if (familyOf[m] !== family) continue;
      mixture.forget(m);
      scores.forget(m);
      duty.comeBack(m, lesson);
      said[m]!.fill(0);
    }
  }

  /** Adds to what a member said of the lesson's rows what the place adds to it beyond its mean: of this, the truth was seen. */
  function addPlaces(member: number, slot: number, { rows: { count }, surface, position }: Lesson): void {
    const family = families[familyOf[member]!]!;
    if (family.placeBias === undefined || count === 0) return;
    const logits = said[member]!;
    const inFamily = memberIn[member]!;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const bias = within(family.placeBias(surface, position[i]!, inFamily));
      sum += bias;
      logits[i] = logits[i]! + bias;
    }
    const mean = mixture.placeMean(slot, member, sum / count);
    for (let i = 0; i < count; i++) logits[i] = logits[i]! - mean;
  }

  /** Teaches weights, lines and live scores by what was said before the lesson. `judged`: rows, or of shares lists. */
  function weigh(lesson: Lesson, judged: number, chosen: number): void {
    const { weight } = lesson;
    const verdicts = lesson.verdict;
    const { count } = lesson.rows;
    const slot = mixture.slotToTeach(lesson.surface, lessons.array[0]!);
    const { weights, lines, wholeLines } = mixture;
    const isOrdered = onPredicted !== undefined && lesson.isChoice;
    if (isOrdered && lesson.orderedByEngine) mixture.pool(slot, said, count, ordered);
    for (let m = 0; m < width && lesson.orderedByEngine; m++) if (isHeard[m] === 1) addPlaces(m, slot, lesson);
    // The whole as it stood, before its members' weights and lines move: the surface's own, then that of all surfaces.
    mixture.pool(slot, said, count, pooled);
    if (onPredicted !== undefined) {
      alongWhole(slot, pooled, count, stated);
      onPredicted(lesson, stated, isOrdered ? (lesson.orderedByEngine ? ordered : pooled) : undefined);
    }
    const wholeLoss = judge(wholeLines, slot * lineWidth, pooled, verdicts, count, sums);
    scores.note(width, judged, wholeLoss, isShares ? 0 : sums[0]! + chosen, chosen);
    stepLine(wholeLines, slot * lineWidth, sums, judged, weight, isShares);
    mixture.pool(0, said, count, pooled);
    judge(wholeLines, 0, pooled, verdicts, count, sums);
    stepLine(wholeLines, 0, sums, judged, weight, isShares);
    for (let m = 0; m < width; m++) {
      if (isHeard[m] === 0) continue;
      const line = mixture.lineAt(slot, m);
      losses[m] = judge(lines, line, said[m]!, verdicts, count, sums);
      scores.note(m, judged, losses[m]!, isShares ? 0 : sums[0]! + chosen, chosen);
      stepLine(lines, line, sums, judged, weight, isShares);
      const lineOfAll = mixture.lineAt(0, m);
      allLosses[m] = judge(lines, lineOfAll, said[m]!, verdicts, count, sums);
      stepLine(lines, lineOfAll, sums, judged, weight, isShares);
    }
    shareWeights(weights, slot * width, losses, isHeard, weight);
    shareWeights(weights, 0, allLosses, isHeard, weight);
  }

  function weighAsTaught(lesson: Lesson): void {
    if (lesson.isWorthMore) return;
    let chosen = 0;
    let passedOver = 0;
    for (let i = 0; i < lesson.rows.count; i++) {
      if (lesson.verdict[i] === verdict.chosen) chosen++;
      else if (lesson.verdict[i] === verdict.passedOver) passedOver++;
    }
    const judged = isShares ? Math.min(1, chosen) : chosen + passedOver;
    if (judged > 0 && isHeard.includes(1)) weigh(lesson, judged, chosen);
  }

  return {
    name,
    families,
    members,
    state: state(`model.${name}`, version, [...own, ...families.flatMap((family) => prefixed(family.state))]),
    get lessons() {
      return lessons.array[0]!;
    },
    predict(rows, out) {
      ask(rows);
      mix(rows, out);
    },
    learn(lesson) {
      if (lesson.weight === 0) return;
      const number = ++lessons.array[0]!;
      isAnew.fill(0);
      ask(lesson.rows);
      listen(lesson.rows.count, number);
      weighAsTaught(lesson);
      for (let f = 0; f < families.length; f++) if (duty.isWorking(f)) families[f]!.learn(lesson, isAnew[f] === 0);
      if (duty.look(number, weightOf)) hear();
    },
    explain(rows, row): Explanation {
      const slot = surfaces.find(rows.surface);
      const parts = new Map<string, number>();
      let bias = 0;
      let heard = 0;
      for (let m = 0; m < width; m++) {
        const weight = mixture.weight(slot, m);
        if (weight === 0) continue;
        const told = families[familyOf[m]!]!.explain(rows, row, memberIn[m]!);
        const offset = mixture.offset(slot, m);
        const slope = mixture.slope(slot, m);
        const logit = offset + slope * told.contributions.reduce((sum, { value }) => sum + value, told.bias);
        if (Number.isNaN(logit)) continue;
        heard += weight;
        const part = weight * Math.min(1, logitMax / Math.abs(logit));
        bias += part * (offset + slope * told.bias);
        for (const { feature, value } of told.contributions)
          parts.set(feature, (parts.get(feature) ?? 0) + part * slope * value);
      }
      const scale = mixture.wholeSlope(slot) / (heard === 0 ? 1 : heard);
      const contributions = [...parts].map(([feature, value]): Contribution => ({ feature, value: value * scale }));
      return { bias: mixture.wholeOffset(slot) + bias * scale, contributions };
    },
    live: () => scores.score(width),
    report: () =>
      members.map((member, m) => ({
        name: member,
        family: families[familyOf[m]!]!.name,
        weight: mixture.weight(0, m),
        surfaces: surfaces.all().map(({ slot, surface }) => ({ surface, weight: mixture.weight(slot, m) })),
        lessons: families[familyOf[m]!]!.lessons,
        ...scores.score(m),
        ...duty.describe(m),
      })),
    predictMembers(rows, out, whole) {
      ask(rows);
      if (whole !== undefined) mix(rows, whole);
      const slot = surfaces.find(rows.surface);
      for (let m = 0; m < width; m++) {
        const offset = duty.isHeard(m) ? mixture.offset(slot, m) : Number.NaN;
        const slope = mixture.slope(slot, m);
        for (let i = 0; i < rows.count; i++) out[m]![i] = offset + slope * said[m]![i]!;
      }
    },
    variance(rows, out) {
      const f = families.findIndex((family, at) => family.variance !== undefined && duty.isWorking(at));
      if (f < 0) {
        out.fill(Number.NaN, 0, rows.count);
        return;
      }
      families[f]!.variance!(rows, out);
      // As if all members were as unsure as this one, and of the same: a pool that says less has less to be unsure of.
      const slot = surfaces.find(rows.surface);
      let slope = 0;
      for (let m = 0; m < width; m++) slope += mixture.weight(slot, m) * mixture.slope(slot, m);
      const scale = (mixture.wholeSlope(slot) * slope) ** 2;
      for (let i = 0; i < rows.count; i++) out[i] = scale * out[i]!;
    },
    placeBias(surface, position) {
      const slot = surfaces.find(surface);
      let sum = 0;
      let heard = 0;
      for (let m = 0; m < width; m++) {
        const { placeBias } = families[familyOf[m]!]!;
        const weight = mixture.weight(slot, m);
        if (placeBias === undefined || weight === 0) continue;
        heard += weight;
        sum += weight * mixture.slope(slot, m) * placeBias(surface, position, memberIn[m]!);
      }
      return heard === 0 ? 0 : (mixture.wholeSlope(slot) * sum) / heard;
    },
  };
}

/** What a place may add to what is judged; 0 where it is no number. */
const within = (bias: number): number => Math.max(-logitMax, Math.min(logitMax, bias)) || 0;

/** Largest absolute value; NaN or Infinity where one is no number. */
function largestOf(values: Float64Array, count: number): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isNaN(size)) return size;
    if (size > largest) largest = size;
  }
  return largest;
}
