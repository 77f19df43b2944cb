/** The latest slates with their items, in rings: what was shown, to be asked by slate or by shopper. */
import { Float64Column, Int32Column, Uint8Column } from "../core/columns.ts";
import { hashText } from "../core/random.ts";
import { Lately } from "./lately.ts";
import type { SeenEvent } from "./seen.ts";

/** Powers of two. */
const slatesMax = 2 ** 19;
const itemsMax = 2 ** 22;
/** How many of a shopper's latest slates are looked through. */
const hopsMax = 50;

export class ShownLists {
  /** How many there have been; each is known by its number, from 0. */
  count = 0;
  readonly #byId = new Lately(slatesMax);
  readonly #atMs = new Float64Column("atMs");
  readonly #start = new Float64Column("start");
  readonly #length = new Int32Column("length");
  readonly #surface = new Uint8Column("surface");
  readonly #hasOutcome = new Uint8Column("hasOutcome");
  /** The shopper's slate before it, −1 if it is the first. */
  readonly #before = new Int32Column("before");
  readonly #items = new Int32Column("items");
  #itemCount = 0;
  readonly #latest = new Int32Column("latest", -1);

  add(seen: SeenEvent, id: string | undefined, surface: number): number {
    const slate = this.count++;
    const at = slate % slatesMax;
    this.#atMs.set(at, seen.atMs);
    this.#start.set(at, this.#itemCount);
    this.#length.set(at, seen.shownCount);
    this.#surface.set(at, surface);
    this.#hasOutcome.set(at, 0);
    for (let i = 0; i < seen.shownCount; i++) this.#items.set(this.#itemCount++ % itemsMax, seen.shown[i]!);
    this.#before.set(at, seen.shopper < 0 ? -1 : this.#latest.get(seen.shopper));
    if (seen.shopper >= 0) this.#latest.set(seen.shopper, slate);
    if (id !== undefined) this.#byId.put(hashText(id) & 0x7fffffff, hashText(id, 0x5bd1e995), slate);
    return slate;
  }

  /** Number of the slate, −1 if it never came or is too long ago. */
  byId(id: string): number {
    const slate = this.#byId.get(hashText(id) & 0x7fffffff, hashText(id, 0x5bd1e995)) ?? -1;
    return this.#isKept(slate) ? slate : -1;
  }

  /** The shopper's latest slate that holds the item and is not older than `sinceMs`; −1 if none. */
  latestWith(shopper: number, item: number, sinceMs: number): number {
    let slate = this.#latest.get(shopper);
    for (let hop = 0; hop < hopsMax && this.#isKept(slate); hop++) {
      if (this.#atMs.get(slate % slatesMax) < sinceMs) return -1;
      if (this.position(slate, item) >= 0) return slate;
      slate = this.#before.get(slate % slatesMax);
    }
    return -1;
  }

  /** Place of the item in the slate, from 0; −1 if it is not in it. */
  position(slate: number, item: number): number {
    const start = this.#start.get(slate % slatesMax);
    for (let i = 0; i < this.length(slate); i++) if (this.#items.get((start + i) % itemsMax) === item) return i;
    return -1;
  }

  length(slate: number): number {
    return this.#length.get(slate % slatesMax);
  }

  atMs(slate: number): number {
    return this.#atMs.get(slate % slatesMax);
  }

  surface(slate: number): number {
    return this.#surface.get(slate % slatesMax);
  }

  /** True the first time. */
  noteOutcome(slate: number): boolean {
    const isFirst = this.#hasOutcome.get(slate % slatesMax) === 0;
    this.#hasOutcome.set(slate % slatesMax, 1);
    return isFirst;
  }

  #isKept(slate: number): boolean {
    if (slate < 0 || slate < this.count - slatesMax) return false;
    return this.#start.get(slate % slatesMax) >= this.#itemCount - itemsMax;
  }
}
