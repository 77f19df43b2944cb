/**
 * What those turned to who turned to the same items as this shopper, lately and in the same order (session-kNN, in the form of VSTAN:
 * Ludewig, Mauro, Latifi, Jannach 2021, after STAN: Garg et al. 2019). Nothing is trained: a touch is in the next answer, and shoppers
 * who are still about are neighbours too.
 *
 *     similarity(n) = Σ_{j shared} e^(−d_j / 0.8) · e^(−age / τ) / |n|^¼          d_j: baskets since the shopper turned to j
 *     strength(b) = (1 + 2 · ln(touches / touches of b)⁺) · Σ_n similarity(n) · e^(−d_j* / 4.9) · e^(−|baskets between j* and b| / 2)
 *
 * with j* the shopper's latest item that n shares, the last time that n turned to it, and what n turned to in earlier baskets for 0.7 of that. τ is 15
 * days; where neighbours are few, the past counts: it grows by 3 times their mean age as they are fewer than 500. Items that the shopper turned to before
 * count 4 times the shop's odds of a repeat: where nobody comes back to an item, none is recommended again.
 */
import { dayMs } from "../core/clock.ts";
import { registers } from "../core/columns.ts";
import { lasting, type RowKeys } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import type { History } from "../core/history.ts";
import { limits } from "../core/limits.ts";
import { Marks } from "../core/marks.ts";
import type { Request } from "../core/request.ts";
import { prefixed, state } from "../core/state.ts";
import type { Retriever } from "./retriever.ts";
import { Sums } from "./sums.ts";
import { TouchRing } from "./touch-ring.ts";

/** Items of the history that are asked, the latest first; touches of each that are looked at; neighbours found; those that count. */
const window = 10;
const touchesOfItem = 200;
const neighboursMax = 1000;
const nearest = 200;
/** Touches of a neighbour that are looked at on either side of the shared one, and baskets between them. */
const reach = 20;
const basketsMax = 6;
/** Baskets over which weights fall to 1/e: by the shopper's own distance in finding and in weighing neighbours, and by the neighbour's. */
const ownScale = 0.8;
const sharedScale = 4.9;
const theirScale = 2;
const backward = 0.7;
const rarity = 2;
const recentMs = 15 * dayMs;
/** The fewer than these, the older a neighbour may be. */
const few = 500;
const agesMax = 3;
/** Weight of the shopper's own items by the odds that a choice is a repeat; and what is believed of these before there are choices. */
const oddsWeight = 4;
const oddsMax = 10;
const priorRepeats = 10;
const priorChoices = 30;
/** Weight of the history where a recommendation goes with an item. */
const besideAnchor = 0.1;

const nearness = Float64Array.from({ length: basketsMax + 1 }, (_, d) => Math.exp(-d / theirScale));
const repeatsAt = 0;
const choicesAt = 1;

/**
 * `items`: keys of the items' rows. `touchesMax`: touches remembered of everybody together. `isSame`: both rows are of one shopper, as
 * the session's is that turned out to be a user's: nobody is their own neighbour.
 */
export function sessionNeighbours(
  items: RowKeys = lasting,
  touchesMax: number = limits.touchesMax,
  isSame: (row: number, shopper: number) => boolean = (row, shopper) => row === shopper,
): Retriever {
  const ring = new TouchRing(items, touchesMax);
  /** Of choices by shoppers with a past: repeats, all. */
  const counts = registers("counts", 2);

  // Of the request last retrieved; neighbours by place.
  const sums = new Sums();
  const places = new Marks();
  let found = 0;
  /** The touch by which it was found; the asked item of that touch, and the one that was compared last. */
  const shared = new Float64Array(neighboursMax);
  const sharedItem = new Int32Array(neighboursMax);
  const compared = new Int32Array(neighboursMax);
  const ageMs = new Float64Array(neighboursMax);
  const similarity = new Float64Array(neighboursMax);
  const sorted = new Float64Array(neighboursMax);
  let asked = 0;
  const askedItem = new Int32Array(window + 1);
  /** e^(−d / {@link sharedScale}) of the asked item. */
  const askedWeight = new Float64Array(window + 1);

  /** Finds who turned to an item, those who did last first. */
  function ask(item: number, distance: number, share: number, self: number): void {
    const index = asked++;
    askedItem[index] = item;
    askedWeight[index] = Math.exp(-distance / sharedScale) * share;
    const weight = Math.exp(-distance / ownScale) * share;
    let touch = ring.latestOf(item);
    for (let looked = 0; looked < touchesOfItem && touch >= 0; looked++) {
      ring.seek(touch);
      const { shopper } = ring;
      let place = places.get(shopper);
      // A neighbour who turned to an item several times shares it once.
      const isCompared = place >= 0 && compared[place] === index;
      if (!isCompared && shopper !== self && ring.isOf(shopper, touch)) {
        if (place < 0 && found < neighboursMax && !isSame(shopper, self)) {
          place = found++;
          places.set(shopper, place);
          shared[place] = touch;
          sharedItem[place] = index;
          compared[place] = -1;
          similarity[place] = 0;
        }
        if (place >= 0) {
          compared[place] = index;
          similarity[place]! += weight;
        }
      }
      touch = ring.itemBefore(touch);
    }
  }

  function askAll({ history, item, shopper }: Request): void {
    asked = 0;
    const anchored = item >= 0 ? 1 : 0;
    if (anchored === 1) ask(item, 0, 1, shopper);
    for (let i = 0; i < Math.min(window, history.count); i++) {
      if (history.item[i] === item) continue;
      const distance = history.basketNumber - history.basket[i]! + anchored;
      ask(history.item[i]!, distance, anchored === 1 ? besideAnchor : 1, shopper);
    }
  }

  /** Weighs the neighbours by age and length; answers the least similarity that counts. */
  function weigh(atMs: number): number {
    let ages = 0;
    for (let n = 0; n < found; n++) {
      ring.seek(shared[n]!);
      ages += ageMs[n] = Math.max(0, atMs - ring.atMs);
    }
    const scaleMs = recentMs + agesMax * (ages / Math.max(1, found)) * Math.max(0, 1 - found / few);
    for (let n = 0; n < found; n++) {
      ring.seek(shared[n]!);
      similarity[n]! *= Math.exp(-ageMs[n]! / scaleMs) / Math.sqrt(Math.sqrt(ring.lengthOf(ring.shopper)));
    }
    if (found <= nearest) return 0;
    sorted.set(similarity.subarray(0, found));
    return sorted.subarray(0, found).sort()[found - nearest]!;
  }

  /** Calls `visit` with what neighbour n turned to around the shared touch, and the weight of each. */
  function walk(n: number, visit: (item: number, weight: number) => void): void {
    const weight = similarity[n]! * askedWeight[sharedItem[n]!]!;
    let touch = shared[n]!;
    ring.seek(touch);
    const basket = ring.basket;
    visit(ring.item, weight);
    for (let step = 0; step < reach; step++) {
      touch = ring.before(touch);
      if (touch < 0) break;
      ring.seek(touch);
      const between = Math.abs(basket - ring.basket);
      if (between > basketsMax) break;
      visit(ring.item, weight * nearness[between]! * (between === 0 ? 1 : backward));
    }
    touch = shared[n]!;
    ring.seek(touch);
    for (let step = 0; step < reach; step++) {
      touch = ring.after(touch);
      if (touch < 0) break;
      ring.seek(touch);
      const between = Math.abs(ring.basket - basket);
      if (between > basketsMax) break;
      visit(ring.item, weight * nearness[between]!);
    }
  }

  const add = (item: number, weight: number): void => {
    if (item >= 0) sums.add(item, weight);
  };

  /** Rare items weigh more, and the shopper's own as the shop's shoppers come back to theirs. */
  function scale(history: History): void {
    const { touches } = ring;
    const repeats = counts.array[repeatsAt]! + priorRepeats;
    const odds = repeats / (counts.array[choicesAt]! + priorChoices - repeats);
    const own = Math.min(oddsMax, oddsWeight * odds);
    for (let i = 0; i < sums.count; i++) {
      const item = sums.item[i]!;
      const rare = 1 + rarity * Math.max(0, Math.log(touches / (ring.countOf(item) + 1)));
      sums.value[i]! *= history.indexOf(item) < 0 ? rare : rare * own;
    }
  }

  return {
    name: "session-neighbours",
    share: 40,
    state: state("retriever.session-neighbours", 1, [...prefixed(ring.state), counts]),
    fold(fact: Fact) {
      if (!fact.isChoice || fact.item < 0 || fact.shopper < 0) return;
      if (fact.history.count > 0) {
        counts.array[choicesAt]!++;
        if (fact.isRepeat) counts.array[repeatsAt]!++;
      }
      ring.append(fact);
    },
    forgetItem: (item) => ring.forgetItem(item),
    retrieve(request, limit, accepts, out) {
      sums.clear();
      places.clear();
      found = 0;
      askAll(request);
      const least = weigh(request.atMs);
      for (let n = 0; n < found; n++) if (similarity[n]! >= least) walk(n, add);
      scale(request.history);
      sums.pushBest(limit, accepts, out);
    },
    strength: (item) => sums.get(item),
    reason(item) {
      let best = -1;
      let most = 0;
      for (let n = 0; n < found; n++) {
        walk(n, (met, weight) => {
          if (met !== item || weight <= most) return;
          most = weight;
          best = askedItem[sharedItem[n]!]!;
        });
      }
      return { text: "others who turned to the same things turned to it", because: best };
    },
  };
}
