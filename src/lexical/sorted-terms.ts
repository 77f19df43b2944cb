/**
 * Terms in order of a key, for looking up by how it begins. Runs of at most {@link runMax} in a list of runs: an insert moves one run's
 * tail, and a run that is full halves, so that no change costs more than a few microseconds however many there are.
 */
import type { Pieces } from "../core/pieces.ts";

const runMax = 1024;
/** Keys are dealt out by so many of their first code units before they are sorted, so that no sort is long. */
const dealtBy = 3;
const dealtAtOnce = 2000;

interface Run {
  readonly keys: string[];
  readonly terms: number[];
}

/** Sorts after every folded word that begins alike: a noncharacter, which no text keeps. */
const last = "\uffff";

export class SortedTerms {
  #runs: Run[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#runs = [];
    this.#size = 0;
  }

  /** In place of all there is, in any order; each key once. In pieces; nothing may be looked up or changed meanwhile. */
  *filling(keys: readonly string[], terms: readonly number[]): Pieces<void> {
    this.clear();
    const dealt = new Map<string, number[]>();
    for (let i = 0; i < keys.length; i++) {
      if (i % dealtAtOnce === 0) yield;
      const beginning = keys[i]!.slice(0, dealtBy);
      const alike = dealt.get(beginning);
      if (alike === undefined) dealt.set(beginning, [i]);
      else alike.push(i);
    }
    let run: Run | undefined;
    let sorted = 0;
    for (const beginning of [...dealt.keys()].sort()) {
      const alike = dealt.get(beginning)!.sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
      for (const i of alike) {
        if (run === undefined || run.keys.length === runMax >> 1) this.#runs.push((run = { keys: [], terms: [] }));
        run.keys.push(keys[i]!);
        run.terms.push(terms[i]!);
      }
      if ((sorted += alike.length) < dealtAtOnce) continue;
      sorted = 0;
      yield;
    }
    this.#size = keys.length;
  }

  add(key: string, term: number): void {
    if (this.#runs.length === 0) this.#runs.push({ keys: [], terms: [] });
    const r = Math.min(this.#runOf(key), this.#runs.length - 1);
    const run = this.#runs[r]!;
    const at = firstFrom(run.keys, key);
    run.keys.splice(at, 0, key);
    run.terms.splice(at, 0, term);
    this.#size++;
    if (run.keys.length < runMax) return;
    const half = runMax >> 1;
    this.#runs.splice(r + 1, 0, { keys: run.keys.splice(half), terms: run.terms.splice(half) });
  }

  remove(key: string): void {
    const r = this.#runOf(key);
    const run = this.#runs[r];
    const at = run === undefined ? 0 : firstFrom(run.keys, key);
    if (run?.keys[at] !== key) return;
    run.keys.splice(at, 1);
    run.terms.splice(at, 1);
    this.#size--;
    if (run.keys.length === 0) this.#runs.splice(r, 1);
  }

  /** Calls `take` for the terms whose keys begin with `prefix`, in the order of keys: runs of them, from and up to. */
  each(prefix: string, take: (terms: readonly number[], from: number, to: number) => void): void {
    const end = prefix + last;
    let r = this.#runOf(prefix);
    let from = r < this.#runs.length ? firstFrom(this.#runs[r]!.keys, prefix) : 0;
    for (; r < this.#runs.length; r++, from = 0) {
      const { keys, terms } = this.#runs[r]!;
      const isWhole = keys[keys.length - 1]! < end;
      take(terms, from, isWhole ? keys.length : firstFrom(keys, end));
      if (!isWhole) return;
    }
  }

  /** The first run whose last key is not before `key`. */
  #runOf(key: string): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { keys } = this.#runs[middle]!;
      if (keys[keys.length - 1]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Place of the first key that is not before `key`. */
function firstFrom(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
