/** The number that comes most often, and how often, without a table of all: exact for one that makes up more than a few of a thousand. */
import { mix } from "../core/random.ts";

const places = 4096;

export class MostFrequent {
  count = 0;
  number = 0;
  /** By place, which a hash gives: the number that holds it, how often it came since then, and how many more its kind came than others. */
  readonly #holder = new Float64Array(places).fill(Number.NaN);
  readonly #count = new Float64Array(places);
  readonly #votes = new Float64Array(places);

  add(number: number): void {
    const place = mix((number | 0) ^ Math.floor(number / 2 ** 32)) & (places - 1);
    if (this.#holder[place] !== number) {
      if (--this.#votes[place]! >= 0) return;
      this.#holder[place] = number;
      this.#count[place] = this.#votes[place] = 0;
    }
    this.#votes[place]!++;
    if (++this.#count[place]! <= this.count) return;
    this.count = this.#count[place]!;
    this.number = number;
  }
}
