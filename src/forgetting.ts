/** What happens at once when a shopper is to be forgotten: nothing that answers read is theirs any more. */
import type { Rooms } from "./rooms.ts";
import type { ErasureNote } from "./shoppers/pending-erasures.ts";

/** Forgets the user of a note and the sessions that turned out to be theirs; their events wait to leave the log. */
export function forget(rooms: Rooms, note: ErasureNote): void {
  forgetNow(rooms, note.user);
  rooms.erasures.note(note);
}

/** In a state whose events are gone from the log: what is kept of the user goes, and nothing waits. */
export function forgetForGood(rooms: Rooms, user: string): void {
  forgetNow(rooms, user);
  rooms.erasures.settle(user);
}

/** The same of a session that turned out to be theirs after this state, and is nobody's in it. */
export function forgetSessionForGood({ shoppers, baskets }: Rooms, session: string): void {
  const row = shoppers.find(undefined, session);
  if (row < 0 || shoppers.ownerOfSession(session) !== undefined) return;
  baskets.forgetShoppers([row]);
  shoppers.forget(row);
}

function forgetNow({ shoppers, baskets }: Rooms, user: string): void {
  baskets.forgetShoppers(shoppers.erase(user));
}

/** What is held of a user and would go, by kind. */
export function heldOf(rooms: Rooms, user: string): Record<string, number> {
  const { shoppers, trust, suggestions } = rooms;
  const shopper = shoppers.find(user, undefined);
  if (shopper < 0) return {};
  return {
    fields: Object.keys(shoppers.fields(shopper) ?? {}).length,
    items: shoppers.itemsOf(shopper),
    sessions: shoppers.sessionRowsOf(shopper).length,
    queries: suggestions.own.of(shopper).length,
    quarantined: trust.heldOf(shopper),
  };
}
