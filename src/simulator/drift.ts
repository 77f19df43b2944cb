/** How what shoppers like changes with time: not at all, slowly, or at once. */
import { dayMs } from "../core/clock.ts";
import { random } from "../core/random.ts";
import { ornsteinUhlenbeck } from "./ornstein-uhlenbeck.ts";
import { appealDeviation, type Stock, styleCount } from "./stock.ts";
import { fashionable, styleDeviation, type Taste, tastes } from "./tastes.ts";

/**
 * What drifts: each item's appeal, the fashion (see {@link FashionOptions}) and the shoppers' own tastes. At any moment all are distributed as
 * they were at the opening, so that no time is harder to learn than another.
 *
 * - `slow`: appeal, fashion and each shopper's feeling for styles are Ornstein–Uhlenbeck processes; after `timeConstantMs` (default 10 days) 1/e of
 *   what was is left. Liked categories and brands and the price that a shopper looks for stay.
 * - `sudden`: at `atMs` all of it is drawn again, the shoppers' whole tastes too.
 */
export type Drift =
  | { readonly kind: "none" }
  | { readonly kind: "slow"; readonly timeConstantMs?: number }
  | { readonly kind: "sudden"; readonly atMs: number };

/** What is felt at one moment. */
export interface Moment {
  /** [row] what all see in the item, in logits. */
  readonly appeal: Float32Array;
  /** What shopper s (0-based) is drawn by of their own, and with the fashion of the day. */
  own(shopper: number): Taste;
  felt(shopper: number): Taste;
}

export interface DriftOptions {
  readonly seed: number | string;
  readonly stock: Stock;
  /** As they are at the opening. */
  readonly people: readonly Taste[];
  /** Standard deviation of the fashion's weights, in logits; 0: there is no fashion. */
  readonly fashion: number;
  readonly startMs: number;
  readonly drift: Drift;
}

/** A slow drift moves this many times within its time constant. */
const stepsPerTimeConstant = 100;

/** Where each kind of weight begins in a fashion's column: categories from 0. */
interface FashionPlaces {
  readonly brandFrom: number;
  readonly styleFrom: number;
  /** The last. */
  readonly priceAt: number;
}

function fashionPlaces({ words: { categories, brands } }: Stock): FashionPlaces {
  const brandFrom = categories.length;
  const styleFrom = brandFrom + brands.length;
  return { brandFrom, styleFrom, priceAt: styleFrom + styleCount };
}

/** The moment of a time, Unix ms; before the opening it is as at the opening. The same object for times that do not differ. */
export function moments({ seed, stock, people, fashion, startMs, drift }: DriftOptions): (atMs: number) => Moment {
  const places = fashionPlaces(stock);
  const { styleFrom, priceAt } = places;
  const dressed = (appeal: Float32Array, worn: Float32Array, whose: readonly Taste[]): Moment =>
    moment(appeal, fashion === 0 ? undefined : commonTaste(worn, places), whose);
  // Categories and brands weigh in full, a step of price or style half: items have several of these.
  const fashionDeviation = Float32Array.from({ length: priceAt + 1 }, (_, i) => fashion * (i < styleFrom ? 1 : 0.5));
  const drawn = (what: string, deviation: Float32Array): Float32Array => {
    const chance = random(`${seed}:${what}`);
    return deviation.map((one) => one * chance.normal());
  };
  const opening = dressed(stock.appeal, drawn("fashion", fashionDeviation), people);
  switch (drift.kind) {
    case "none":
      return () => opening;
    case "sudden": {
      const appeal = drawn("appeal-after", new Float32Array(stock.appeal.length).fill(appealDeviation));
      const after = tastes(`${seed}:after`, people.length, stock.words);
      const then = dressed(appeal, drawn("fashion-after", fashionDeviation), after);
      return (atMs) => (atMs < drift.atMs ? opening : then);
    }
    case "slow": {
      const { timeConstantMs = 10 * dayMs } = drift;
      const walk = (what: string, start: Float32Array, deviation: Float32Array) => {
        const chance = random(`${seed}:${what}-drift`);
        return ornsteinUhlenbeck({ start, deviation, timeConstant: stepsPerTimeConstant, chance });
      };
      const styles = Float32Array.from(people.flatMap(({ style }) => [...style]));
      const appealAt = walk("appeal", stock.appeal, new Float32Array(stock.appeal.length).fill(appealDeviation));
      const fashionAt = walk("fashion", drawn("fashion", fashionDeviation), fashionDeviation);
      const stylesAt = walk("style", styles, new Float32Array(styles.length).fill(styleDeviation));
      let last = { step: -1, moment: opening };
      return (atMs) => {
        const step = Math.max(0, Math.floor(((atMs - startMs) * stepsPerTimeConstant) / timeConstantMs));
        if (step !== last.step) {
          const style = stylesAt(step);
          const then = people.map((taste, s) => ({
            ...taste,
            style: style.subarray(s * styleCount, (s + 1) * styleCount),
          }));
          last = { step, moment: dressed(appealAt(step), fashionAt(step), then) };
        }
        return last.moment;
      };
    }
  }
}

/** A fashion's column as what all feel. */
const commonTaste = (fashion: Float32Array, { brandFrom, styleFrom, priceAt }: FashionPlaces): Taste => ({
  category: fashion.subarray(0, brandFrom),
  brand: fashion.subarray(brandFrom, styleFrom),
  style: fashion.subarray(styleFrom, priceAt),
  price: fashion[priceAt]!,
});

const moment = (appeal: Float32Array, common: Taste | undefined, people: readonly Taste[]): Moment => ({
  appeal,
  own: (shopper) => people[shopper]!,
  felt: (shopper) => (common === undefined ? people[shopper]! : fashionable(people[shopper]!, common)),
});
