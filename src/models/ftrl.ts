/**
 * Logistic regression on hashed crosses of columns, learned by FTRL-proximal (McMahan et al. 2013, Algorithm 1):
 *
 *     wᵢ = 0 if |zᵢ| ≤ l1, else −(zᵢ − sgn(zᵢ)·l1) / ((beta + √nᵢ)/alpha + l2)
 *     σ  = (√(nᵢ + g²) − √nᵢ) / alpha;   zᵢ += g − σ·wᵢ;   nᵢ += g²
 *
 * The gradient of a row mixes the logistic loss of the single row with the softmax loss of its list, so that the chances stay
 * calibrated while the order is learned. The logit starts at the row's prior: what is not yet learned leaves things as they were.
 */
import { FixedBuffer, registers } from "../core/columns.ts";
import { type Explanation, type Lesson, verdict } from "../core/lesson.ts";
import { hashText, mix } from "../core/random.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import type { Model } from "./model.ts";

export interface FtrlOptions {
  readonly name?: string;
  readonly alpha?: number;
  readonly beta?: number;
  readonly l1?: number;
  readonly l2?: number;
  /** log₂ of the number of slots. */
  readonly bits?: number;
  /** Share of the softmax loss in the gradient, 0 to 1. */
  readonly listwise?: number;
  readonly columns: readonly ColumnSpec[];
  /** Crosses: names of one to three columns each. */
  readonly terms: readonly (readonly string[])[];
  /** Column whose value the logit starts at; and column whose value keeps all weights apart. */
  readonly prior?: string;
  readonly regime?: string;
}

/** No column; no code. */
const none = -1;
const noCode = -2147483648;
/** A reward weighs at most this many clicks. */
const rewardMax = 10;
/** Places beyond this share one bias. */
const placeMax = 49;
const biasAt = 0;
const lessonsAt = 2;

interface Group {
  count: number;
  readonly terms: Int32Array;
}

export function ftrl(options: FtrlOptions): Model {
  const { name = "ftrl", alpha = 0.05, beta = 1, l1 = 0, l2 = 0, bits = 20, listwise = 0.3, columns } = options;
  const size = 1 << bits;
  const mask = size - 1;
  const z = new FixedBuffer("z", new Float64Array(size));
  const n = new FixedBuffer("n", new Float64Array(size));
  /** One more slot, whose weight stays 0, for terms that are left out. */
  const w = new FixedBuffer("w", new Float64Array(size + 1));
  /** z and n of the bias, lessons. */
  const fixed = registers("registers", 3);
  const at = (column: string): number => {
    const index = columns.findIndex((spec) => spec.name === column);
    if (index < 0)
      throw new RangeError(`There is no column "${column}" among ${columns.map((spec) => spec.name).join(", ")}.`);
    return index;
  };
  const width = options.terms.length;
  // A term's shared columns are hashed first, once for all rows of a request; at most three columns in all.
  const isShared = (column: number): boolean => columns[column]!.isShared === true;
  const terms = options.terms.map((term) => term.map(at));
  const sharedColumns = terms.map((term) => term.filter(isShared));
  const ownColumns = terms.map((term) => term.filter((column) => !isShared(column)));
  const [first, second, third] = [0, 1, 2].map((i) => Int32Array.from(ownColumns, (own) => own[i] ?? none)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  /** Code of a column that leaves out the terms made of it. */
  const silent = Int32Array.from(columns, (column) => column.silent ?? noCode);
  const salt = Int32Array.from(options.terms, (term) => hashText(term.join(" × ")));
  const prior = options.prior === undefined ? -1 : at(options.prior);
  const regime = options.regime === undefined ? -1 : at(options.regime);
  const codes = new Int32Array(columns.length);
  /** Columns that any term is made of, and the regime. */
  const used = Int32Array.from(new Set([...terms.flat(), ...(regime < 0 ? [] : [regime])]));
  /** [term] hash of its shared part. */
  const shared = new Int32Array(width);
  /** [number of own columns] the terms that their shared part does not leave out. */
  const active = [0, 1, 2, 3].map((): Group => ({ count: 0, terms: new Int32Array(width) }));
  const placeSalt = hashText("place");
  let slots = new Int32Array(64 * width);
  let logits = new Float64Array(64);
  let gradients = new Float64Array(64);

  const biasWeight = (): number => -fixed.array[biasAt]! / ((beta + Math.sqrt(fixed.array[biasAt + 1]!)) / alpha);

  const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & mask;

  /** Of the row whose codes are set: hashes what is shared, and sorts out the terms that it leaves out. */
  function hashShared(): void {
    const kept = regime < 0 ? 0 : Math.imul(codes[regime]! + 1, 0x9e3779b1);
    for (const group of active) group.count = 0;
    for (let t = 0; t < width; t++) {
      let hash = salt[t]! ^ kept;
      let isLeftOut = false;
      for (const column of sharedColumns[t]!) {
        hash = step(hash, codes[column]!);
        if (codes[column] === silent[column]) isLeftOut = true;
      }
      shared[t] = hash;
      if (isLeftOut) continue;
      const group = active[ownColumns[t]!.length]!;
      group.terms[group.count++] = t;
    }
  }

  /** Fills the slots of the row whose codes are set, from `to` on; returns the sum of their weights. */
  function scoreRow(to: number): number {
    const weights = w.array;
    const [none, one, two, three] = active as [Group, Group, Group, Group];
    slots.fill(size, to, to + width);
    let sum = 0;
    for (let k = 0; k < none.count; k++) {
      const t = none.terms[k]!;
      sum += weights[(slots[to + t] = slotOf(shared[t]!))]!;
    }
    for (let k = 0; k < one.count; k++) {
      const t = one.terms[k]!;
      const a = codes[first[t]!]!;
      if (a !== silent[first[t]!]) sum += weights[(slots[to + t] = slotOf(step(shared[t]!, a)))]!;
    }
    for (let k = 0; k < two.count; k++) {
      const t = two.terms[k]!;
      const a = codes[first[t]!]!;
      const b = codes[second[t]!]!;
      if (a === silent[first[t]!] || b === silent[second[t]!]) continue;
      sum += weights[(slots[to + t] = slotOf(step(step(shared[t]!, a), b)))]!;
    }
    for (let k = 0; k < three.count; k++) {
      const t = three.terms[k]!;
      const a = codes[first[t]!]!;
      const b = codes[second[t]!]!;
      const c = codes[third[t]!]!;
      if (a === silent[first[t]!] || b === silent[second[t]!] || c === silent[third[t]!]) continue;
      sum += weights[(slots[to + t] = slotOf(step(step(step(shared[t]!, a), b), c)))]!;
    }
    return sum;
  }

  /** Finds the slots of all rows, and their logits. */
  function score(rows: Rows, out: Float64Array): void {
    const { dense, count } = rows;
    if (count === 0) return;
    if (slots.length < count * width) slots = new Int32Array(count * width * 2);
    const bias = biasWeight();
    let hashed = noCode;
    for (let i = 0; i < count; i++) {
      const row = i * rows.width;
      for (let k = 0; k < used.length; k++) codes[used[k]!] = dense[row + used[k]!]!;
      // A list may mix regimes: items with the lister's relevance and without.
      if (i === 0 || (regime >= 0 && codes[regime] !== hashed)) {
        hashShared();
        hashed = regime < 0 ? 0 : codes[regime]!;
      }
      out[i] = bias + (prior < 0 ? 0 : dense[row + prior]!) + scoreRow(i * width);
    }
  }

  function update(slot: number, gradient: number): void {
    if (slot === size) return;
    const zs = z.array;
    const ns = n.array;
    const before = Math.sqrt(ns[slot]!);
    const after = Math.sqrt(ns[slot]! + gradient * gradient);
    const moved = zs[slot]! + gradient - ((after - before) / alpha) * w.array[slot]!;
    zs[slot] = moved;
    ns[slot] = ns[slot]! + gradient * gradient;
    const shrunk = moved > l1 ? moved - l1 : moved < -l1 ? moved + l1 : 0;
    w.array[slot] = shrunk === 0 ? 0 : -shrunk / ((beta + after) / alpha + l2);
  }

  function updateBias(gradient: number): void {
    const [bz, bn] = fixed.array as unknown as [number, number];
    const sigma = (Math.sqrt(bn + gradient * gradient) - Math.sqrt(bn)) / alpha;
    const weight = biasWeight();
    fixed.array[biasAt] = bz + gradient - sigma * weight;
    fixed.array[biasAt + 1] = bn + gradient * gradient;
  }

  const placeSlot = (surface: number, position: number): number =>
    mix(step(step(placeSalt, surface), Math.min(position, placeMax))) & mask;

  return {
    name,
    state: state(`model.${name}`, 1, [z, n, w, fixed]),
    get lessons() {
      return fixed.array[lessonsAt]!;
    },
    predict: score,
    placeBias: (surface, position) => w.array[placeSlot(surface, position)]!,
    learn(lesson: Lesson) {
      const { rows, weight, orderedByEngine, surface, position } = lesson;
      const verdicts = lesson.verdict;
      if (weight === 0) return;
      fixed.array[lessonsAt]!++;
      const { count } = rows;
      if (logits.length < count) {
        logits = new Float64Array(count * 2);
        gradients = new Float64Array(count * 2);
      }
      score(rows, logits);
      if (orderedByEngine)
        for (let i = 0; i < count; i++) logits[i] = logits[i]! + w.array[placeSlot(surface, position[i]!)]!;
      const share = lesson.isChoice ? listwise * Math.min(rewardMax, lesson.reward ?? 1) : 0;
      softmaxGradients(logits, verdicts, count, share * weight, gradients);
      for (let i = 0; i < count; i++) {
        const isTaught = !lesson.isWorthMore && (verdicts[i] === verdict.chosen || verdicts[i] === verdict.passedOver);
        const chosen = verdicts[i] === verdict.chosen ? 1 : 0;
        const pointwise = isTaught ? (1 - listwise) * weight * (1 / (1 + Math.exp(-logits[i]!)) - chosen) : 0;
        const gradient = gradients[i]! + pointwise;
        if (gradient === 0) continue;
        if (pointwise !== 0) updateBias(pointwise);
        for (let t = i * width; t < (i + 1) * width; t++) update(slots[t]!, gradient);
        if (orderedByEngine) update(placeSlot(surface, position[i]!), gradient);
      }
    },
    explain(rows: Rows, row: number): Explanation {
      const from = row * rows.width;
      for (let k = 0; k < used.length; k++) codes[used[k]!] = rows.dense[from + used[k]!]!;
      hashShared();
      scoreRow(0);
      const contributions = options.terms.map((term, t) => ({ feature: term.join(" × "), value: w.array[slots[t]!]! }));
      if (prior >= 0) contributions.unshift({ feature: options.prior!, value: rows.dense[row * rows.width + prior]! });
      return { bias: biasWeight(), contributions };
    },
  };
}

/** One code into a hash; codes are integers, exact in 32-bit floats. */
function step(hash: number, code: number): number {
  hash = Math.imul(hash ^ code, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * out[i] = scale · (softmax over the list − 1 for the chosen), the gradient of the list-wise loss −log softmax; 0 where
 * `scale` is 0 and for rows chosen before, which no longer compete. Several chosen share the mass.
 */
function softmaxGradients(
  logits: Float64Array,
  verdicts: Uint8Array,
  count: number,
  scale: number,
  out: Float64Array,
): void {
  let max = Number.NEGATIVE_INFINITY;
  let chosen = 0;
  for (let i = 0; i < count; i++) {
    out[i] = 0;
    if (verdicts[i] === verdict.chosenBefore) continue;
    if (logits[i]! > max) max = logits[i]!;
    if (verdicts[i] === verdict.chosen) chosen++;
  }
  if (scale === 0 || chosen === 0) return;
  let total = 0;
  for (let i = 0; i < count; i++) if (verdicts[i] !== verdict.chosenBefore) total += Math.exp(logits[i]! - max);
  for (let i = 0; i < count; i++) {
    if (verdicts[i] === verdict.chosenBefore) continue;
    const share = Math.exp(logits[i]! - max) / total;
    out[i] = scale * (share - (verdicts[i] === verdict.chosen ? 1 / chosen : 0));
  }
}
