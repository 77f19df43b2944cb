/**
 * Events that teach nothing for now: a ring of bounded length, and within it the events of each shopper as a chain, oldest first, so
 * that they can come back in their order. Beyond a bound the oldest leaves; it stays in the log.
 */
import { BlobStore } from "../core/blob-store.ts";
import { Float64Column, Int32Column, registers, Uint16Column } from "../core/columns.ts";
import type { OutcomeEvent, SlateEvent } from "../core/event.ts";
import { prefixed, type State, state } from "../core/state.ts";

export interface HeldEvent {
  readonly event: SlateEvent | OutcomeEvent;
  /** In the log. */
  readonly offset: number;
}

export interface QuarantineBounds {
  /** Events of all shoppers. */
  readonly events: number;
  /** Of them as JSON. */
  readonly bytes: number;
  /** Events of one shopper: what comes back, comes back in one piece. */
  readonly eventsOfOne: number;
}

/** Numbers of the oldest event and of the next; events and bytes held. */
const oldestAt = 0;
const nextAt = 1;
const sizeAt = 2;
const bytesAt = 3;

export class Quarantine {
  readonly state: State;
  readonly #bounds: QuarantineBounds;
  readonly #events = new BlobStore<HeldEvent>("events");
  // By place in the ring, which is the event's number modulo the ring's length.
  /** −1: nothing is held here (any more). */
  readonly #shopper = new Int32Column("shopper", -1);
  /** The event's number, exact in 64 bits. */
  readonly #number = new Float64Column("number");
  /** Place + 1 of the shopper's next event, 0 at the end. */
  readonly #next = new Int32Column("next");
  // By shopper: place + 1 of the oldest and newest event, 0 for none; events.
  readonly #first = new Int32Column("first");
  readonly #last = new Int32Column("last");
  readonly #count = new Uint16Column("count");
  readonly #registers = registers("registers", 4);

  constructor(bounds: QuarantineBounds) {
    this.#bounds = bounds;
    this.state = state("trust.quarantine", 1, [
      ...prefixed(this.#events.state),
      this.#shopper,
      this.#number,
      this.#next,
      this.#first,
      this.#last,
      this.#count,
      this.#registers,
    ]);
  }

  /** Events held. */
  get size(): number {
    return this.#registers.array[sizeAt]!;
  }

  /** Events held of one shopper. */
  of(shopper: number): number {
    return shopper < 0 ? 0 : this.#count.get(shopper);
  }

  /** Holds an event of a shopper; returns how many left for it, itself if it is too large to be held. */
  hold(shopper: number, held: HeldEvent): number {
    let left = 0;
    if (this.of(shopper) >= this.#bounds.eventsOfOne) {
      this.#takeFirst(shopper);
      left++;
    }
    const at = this.#registers.array;
    const number = at[nextAt]!;
    const place = number % this.#bounds.events;
    if (number - at[oldestAt]! >= this.#bounds.events) left += this.#leaveOldest();
    if (!this.#events.write(place, held)) return left + 1;
    this.#shopper.set(place, shopper);
    this.#number.set(place, number);
    this.#next.set(place, 0);
    this.#append(shopper, place);
    at[nextAt] = number + 1;
    at[sizeAt]!++;
    at[bytesAt]! += this.#events.length(place);
    while (at[bytesAt]! > this.#bounds.bytes) left += this.#leaveOldest();
    return left;
  }

  /** True if the shopper's event at this offset is held. */
  holds(shopper: number, offset: number): boolean {
    for (const place of this.#places(shopper)) if (this.#events.read(place)!.offset === offset) return true;
    return false;
  }

  /** What is held of a shopper, oldest first; it stays. */
  heldOf(shopper: number): HeldEvent[] {
    return shopper < 0 ? [] : [...this.#places(shopper)].map((place) => this.#events.read(place)!);
  }

  /** Takes a shopper's events out, oldest first. */
  release(shopper: number): HeldEvent[] {
    const released: HeldEvent[] = [];
    while (this.of(shopper) > 0) released.push(this.#takeFirst(shopper));
    return released;
  }

  /** Drops what is held of a shopper; returns how many. */
  forget(shopper: number): number {
    const held = this.of(shopper);
    while (this.of(shopper) > 0) this.#takeFirst(shopper);
    return held;
  }

  /** What is held of `from` is held of `to`, in the order in which it came; returns how many left for it. */
  join(from: number, to: number): number {
    if (this.of(from) === 0) return 0;
    const places = [...this.#places(from), ...this.#places(to)];
    places.sort((a, b) => this.#number.get(a) - this.#number.get(b));
    for (const shopper of [from, to]) this.#empty(shopper);
    for (const place of places) {
      this.#shopper.set(place, to);
      this.#next.set(place, 0);
      this.#append(to, place);
    }
    let left = 0;
    for (; this.of(to) > this.#bounds.eventsOfOne; left++) this.#takeFirst(to);
    return left;
  }

  /** What is held, the newest first. */
  *newest(): Generator<HeldEvent & { readonly shopper: number }> {
    const at = this.#registers.array;
    for (let number = at[nextAt]! - 1; number >= at[oldestAt]!; number--) {
      const place = number % this.#bounds.events;
      const shopper = this.#shopper.get(place);
      if (shopper >= 0) yield { ...this.#events.read(place)!, shopper };
    }
  }

  #append(shopper: number, place: number): void {
    const last = this.#last.get(shopper);
    if (last > 0) this.#next.set(last - 1, place + 1);
    else this.#first.set(shopper, place + 1);
    this.#last.set(shopper, place + 1);
    this.#count.set(shopper, this.#count.get(shopper) + 1);
  }

  *#places(shopper: number): Generator<number> {
    for (let link = this.#first.get(shopper); link > 0; link = this.#next.get(link - 1)) yield link - 1;
  }

  #empty(shopper: number): void {
    for (const column of [this.#first, this.#last, this.#count]) if (shopper < column.length) column.set(shopper, 0);
  }

  #takeFirst(shopper: number): HeldEvent {
    const place = this.#first.get(shopper) - 1;
    const next = this.#next.get(place);
    const count = this.#count.get(shopper) - 1;
    this.#first.set(shopper, next);
    if (next === 0) this.#last.set(shopper, 0);
    this.#count.set(shopper, count);
    const held = this.#events.read(place)!;
    this.#registers.array[bytesAt]! -= this.#events.length(place);
    this.#registers.array[sizeAt]!--;
    this.#events.write(place, undefined);
    this.#shopper.set(place, -1);
    this.#next.set(place, 0);
    return held;
  }

  /** The oldest place is passed; returns 1 if something was still held there: its shopper's first. */
  #leaveOldest(): number {
    const at = this.#registers.array;
    const shopper = this.#shopper.get(at[oldestAt]! % this.#bounds.events);
    at[oldestAt]!++;
    if (shopper < 0) return 0;
    this.#takeFirst(shopper);
    return 1;
  }
}
