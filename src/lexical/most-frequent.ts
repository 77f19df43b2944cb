/** The most frequent of many terms: a heap with the least frequent of those kept on top. One at a time: the arrays are shared. */

const kept = 256;
const terms = new Int32Array(kept);
const documents = new Int32Array(kept);
/** When each was taken: of equals the earliest is kept. */
const turns = new Int32Array(kept);

export class MostFrequent {
  readonly #size: number;
  readonly #of: { documents(term: number): number };
  #count = 0;
  #turn = 0;

  /** `size`: up to 256. */
  constructor(size: number, of: { documents(term: number): number }) {
    this.#size = Math.min(size, kept);
    this.#of = of;
  }

  take(list: readonly number[], from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const term = list[i]!;
      const count = this.#of.documents(term);
      const turn = this.#turn++;
      if (this.#count === this.#size && count <= documents[0]!) continue;
      if (count === 0) continue;
      if (this.#count < this.#size) up(this.#count++, term, count, turn);
      else down(this.#count, term, count, turn);
    }
  }

  /** Most frequent first, of equals the earliest taken. Empties it. */
  inOrder(): number[] {
    const found = new Array<number>(this.#count);
    for (let place = this.#count - 1; place >= 0; place--) {
      found[place] = terms[0]!;
      // The last one takes the place of the top, in a heap one smaller.
      down(place, terms[place]!, documents[place]!, turns[place]!);
    }
    this.#count = 0;
    return found;
  }
}

/** Whether the one at `i` goes before (`count`, `turn`): it is less frequent, or as frequent and came later. */
const isLess = (i: number, count: number, turn: number): boolean =>
  documents[i]! < count || (documents[i] === count && turns[i]! > turn);

function put(at: number, term: number, count: number, turn: number): void {
  terms[at] = term;
  documents[at] = count;
  turns[at] = turn;
}

const move = (from: number, to: number): void => put(to, terms[from]!, documents[from]!, turns[from]!);

/** Puts one in at the end. */
function up(at: number, term: number, count: number, turn: number): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (isLess(parent, count, turn)) break;
    move(parent, at);
    at = parent;
  }
  put(at, term, count, turn);
}

/** Puts one in the place of the top, in a heap of `size`. */
function down(size: number, term: number, count: number, turn: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && isLess(child + 1, documents[child]!, turns[child]!)) child++;
    if (!isLess(child, count, turn)) break;
    move(child, at);
    at = child;
  }
  if (size > 0) put(at, term, count, turn);
}
