/** Which events wait? What suspects are shown and do is judged, and kept, before anything of it is folded (docs/decisions/0013-quarantine.md). */
import type { Action } from "./core/actions.ts";
import type { Fields, OutcomeEvent, SlateEvent } from "./core/event.ts";
import { hashText } from "./core/random.ts";
import type { Rooms } from "./rooms.ts";
import type { HeldEvent } from "./trust/quarantine.ts";

export class Suspicion {
  readonly #rooms: Rooms;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** True if the list was shown to a suspect. */
  isSuspects({ user, session }: SlateEvent): boolean {
    return this.#rooms.trust.isSuspect(this.#rooms.shoppers.find(user, session));
  }

  /** What a suspect was shown teaches nothing, unless it comes back. */
  holdSlate(event: SlateEvent, offset: number, atMs: number): void {
    this.#hold(this.#rooms.shoppers.intern(event.user, event.session), { event, offset }, atMs);
  }

  /** Judges an outcome of the shopper; true if it is not to be folded now. */
  holds(event: OutcomeEvent, shopper: number, action: Action, offset: number, atMs: number): boolean {
    const { trust, items } = this.#rooms;
    const mayCount = action.isChoice
      ? trust.judge({
          ...{ shopper, action: action.code, atMs, isTimed: event.time !== event.receivedAt },
          ...{ item: hashText(event.item) | 1, row: items.find(event.item) },
        })
      : !trust.isSuspect(shopper);
    if (!mayCount && shopper >= 0) this.#hold(shopper, { event, offset }, atMs);
    return !mayCount;
  }

  /** What the shop says of a shopper, if it says anything. */
  hear(shopper: number, { trusted }: Fields, atMs: number): void {
    if (trusted === undefined) return;
    this.#rooms.trust.name(shopper, typeof trusted === "boolean" ? trusted : undefined, atMs);
  }

  /** What was held of a shopper who is trusted now, oldest first; it is not held any more. */
  comesBack(shopper: number): readonly HeldEvent[] {
    const { trust } = this.#rooms;
    return trust.hasToCome(shopper) ? trust.release(shopper) : [];
  }

  #hold(shopper: number, held: HeldEvent, atMs: number): void {
    this.#rooms.trust.hold(shopper, held);
    this.#rooms.shoppers.arrive(shopper, held.event.session, atMs);
  }
}
