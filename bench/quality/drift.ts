/**
 * Generated shops whose truth stays, drifts slowly or jumps: every learner of the panel and the panel itself, prequentially, over several seeds.
 * How long after the jump each is back where the best will be.
 */
import { type Cells, fixed } from "../table.ts";
import { type DriftKind, type Life, liveThrough, visitsPerDay } from "./drifting-shop.ts";
import type { QualityReport } from "./report.ts";

export interface DriftOptions {
  readonly seeds: readonly number[];
  readonly visits: number;
  readonly onProgress?: (done: string) => void;
}

const full: DriftOptions = { seeds: [1, 2, 3, 4, 5], visits: 12_000, onProgress: (done) => console.log(done) };

const kinds: Readonly<Record<DriftKind, string>> = { none: "stationary", slow: "slow", sudden: "sudden" };

/** Lists after which a list weighs half in what a learner is said to be at now. */
const halfLifeLists = 150;
/** Back is who stays within this of the level. */
const within = 1.05;
/** Lists after the jump of which nothing is said yet. */
const fewLists = 30;

/** Of one learner in one life. */
export interface LifeScore {
  readonly name: string;
  readonly logLoss: number;
  readonly mrr: number;
  readonly calibration: number;
  /** Lists that somebody clicked in, from the jump on, until it was back for good; +Infinity if never; NaN without a jump. */
  readonly recovery: number;
}

export function scoresOf(life: Life): LifeScore[] {
  const level = Math.min(
    ...life.told.map(({ expected }) => ratio(expected, life.entropy, lastQuarter(life), life.lists)),
  );
  return life.told.map(({ name, loss, expected, reciprocalRank, predicted, observed }) => ({
    name,
    logLoss: mean(loss, life.lists),
    mrr: mean(reciprocalRank, life.lists),
    calibration: predicted / observed,
    recovery: life.jumpAt < 0 ? Number.NaN : recovery(expected, life, within * level),
  }));
}

/** From the jump to the end three quarters of the way are left to come back in. */
const lastQuarter = ({ lists, jumpAt }: Life): number => Math.max(Math.floor(0.75 * lists), jumpAt);

/**
 * Lists after the jump up to the last one at which the learner was above `bound`. What counts is its decayed log-loss as expected of the truth,
 * over the decayed entropy of the truth: so neither luck nor that some lists are harder to know moves it.
 */
function recovery(expected: Float64Array, { lists, jumpAt, entropy }: Life, bound: number): number {
  const keep = 0.5 ** (1 / halfLifeLists);
  let loss = 0;
  let least = 0;
  let back = fewLists;
  for (let at = jumpAt; at < lists; at++) {
    if (Number.isNaN(expected[at]!)) continue;
    loss = keep * loss + expected[at]!;
    least = keep * least + entropy[at]!;
    if (at - jumpAt >= fewLists && loss > bound * least) back = at - jumpAt + 1;
  }
  return back < lists - jumpAt ? back : Number.POSITIVE_INFINITY;
}

export async function driftingShops({ seeds, visits, onProgress }: DriftOptions = full): Promise<QualityReport> {
  const lives = (Object.keys(kinds) as DriftKind[]).map((kind) => ({
    kind,
    scores: seeds.map((seed) => {
      const scores = scoresOf(liveThrough({ seed, drift: kind, visits }));
      onProgress?.(`${kinds[kind]}, seed ${seed}: log-loss of the panel ${fixed(scores[0]!.logLoss)}`);
      return scores;
    }),
  }));
  const names = lives[0]!.scores[0]!.map(({ name }) => name);
  const of = (r: number, { scores }: (typeof lives)[0], read: (score: LifeScore) => number): number[] =>
    scores.map((ofSeed) => read(ofSeed[r]!));
  const sudden = lives.find(({ kind }) => kind === "sudden")!;
  const rows = names.map((name, r): Cells => {
    const ofKinds = lives.flatMap((life) => [
      fixed(average(of(r, life, ({ logLoss }) => logLoss))),
      fixed(average(of(r, life, ({ mrr }) => mrr))),
    ]);
    const calibration = average(lives.flatMap((life) => of(r, life, (score) => score.calibration)));
    return [name, ...ofKinds, fixed(calibration, 3), recoveryText(of(r, sudden, (score) => score.recovery))];
  });
  return {
    title: "generated shops: what shoppers like stays, drifts slowly, or jumps",
    about: `${visits} lists of 20 in ${visits / visitsPerDay} days, a third of what the shop would list, in its order; scored are those that somebody clicked in, before they are learned from. Means over ${seeds.length} seeds; log-loss a row.`,
    head: [
      "",
      ...lives.flatMap(({ kind }) => [`${kinds[kind]}: log-loss`, "MRR"]),
      "calibration",
      `lists until back after the jump`,
    ],
    rows,
    notes: [
      ...lives.map((life) => {
        const loss = against(names, (r) => of(r, life, ({ logLoss }) => logLoss), "least");
        const mrr = against(names, (r) => of(r, life, (score) => score.mrr), "most");
        return `${kinds[life.kind]!.replace(/^./, (letter) => letter.toUpperCase())}: the panel's log-loss is ${loss}, its MRR ${mrr}.`;
      }),
      overAll(names, lives),
      `Back: log-loss expected of the truth over the truth's entropy, halved every ${halfLifeLists} lists, within 5 % of where the best learner is in the last quarter, and from then on; of the panel ${recoveriesOf(sudden.scores, 0)}, of ${fixedBest(names, sudden.scores)}.`,
      "Slow: item appeals, fashion and styles are Ornstein–Uhlenbeck processes of 5 days; sudden: all of them, and the shoppers' whole tastes, are drawn again in the middle.",
    ],
  };
}

/** Over the three kinds together. */
function overAll(
  names: readonly string[],
  lives: readonly { readonly scores: readonly (readonly LifeScore[])[] }[],
): string {
  const of =
    (read: (score: LifeScore) => number) =>
    (r: number): number[] =>
      lives[0]!.scores.map((_, seed) => average(lives.map(({ scores }) => read(scores[seed]![r]!))));
  const loss = against(
    names,
    of(({ logLoss }) => logLoss),
    "least",
  );
  return `All three: the panel's log-loss is ${loss}, its MRR ${against(
    names,
    of(({ mrr }) => mrr),
    "most",
  )}.`;
}

const mean = (values: Float64Array, count: number): number => {
  let sum = 0;
  let heard = 0;
  for (let i = 0; i < count; i++) {
    if (Number.isNaN(values[i]!)) continue;
    sum += values[i]!;
    heard++;
  }
  return sum / heard;
};

function ratio(expected: Float64Array, entropy: Float64Array, from: number, to: number): number {
  let loss = 0;
  let least = 0;
  for (let at = from; at < to; at++) {
    if (Number.isNaN(expected[at]!)) continue;
    loss += expected[at]!;
    least += entropy[at]!;
  }
  return least === 0 ? Number.POSITIVE_INFINITY : loss / least;
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const recoveryText = (values: readonly number[]): string => {
  const returned = values.filter(Number.isFinite);
  if (returned.length === values.length) return average(values).toFixed(0);
  return `${returned.length} of ${values.length} came back`;
};
const recoveriesOf = (scores: readonly (readonly LifeScore[])[], r: number): string =>
  scores.map((ofSeed) => (Number.isFinite(ofSeed[r]!.recovery) ? `${ofSeed[r]!.recovery}` : "never")).join(", ");

/** The learner with the shortest way back over all seeds, chosen afterwards. */
function fixedBest(names: readonly string[], scores: readonly (readonly LifeScore[])[]): string {
  const longest = Math.max(...scores.flat().map(({ recovery }) => (Number.isFinite(recovery) ? recovery : 0)));
  const way = (r: number): number => average(scores.map((ofSeed) => Math.min(2 * longest, ofSeed[r]!.recovery)));
  const best = names
    .map((_, r) => r)
    .slice(1)
    .sort((a, b) => way(a) - way(b))[0]!;
  return `the best single learner, ${names[best]!}, ${recoveriesOf(scores, best)}`;
}

/** 97.5 % points of Student's t by degrees of freedom, from 1; the normal's beyond. */
const studentsT = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The panel against the best single learner of these lives, chosen afterwards: relative, with an interval over the seeds. */
export function against(
  names: readonly string[],
  of: (r: number) => readonly number[],
  best: "least" | "most",
): string {
  const sign = best === "least" ? 1 : -1;
  const singles = names.map((_, r) => r).slice(1);
  const single = singles.sort((a, b) => sign * (average(of(a)) - average(of(b))))[0]!;
  const relative = of(0).map((value, seed) => 100 * (value / of(single)[seed]! - 1));
  const middle = average(relative);
  const variance = relative.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, relative.length - 1);
  const half = (studentsT[relative.length - 2] ?? 1.96) * Math.sqrt(variance / relative.length);
  return `${percent(middle)} (${percent(middle - half)} to ${percent(middle + half)}) off the best single learner's, ${names[single]!}`;
}

const percent = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)} %`;
