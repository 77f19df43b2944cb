/** All that is held of a shopper, for the shopper who asks: what answers read, then their events as the log has them. */
import { checkUser } from "./check-request.ts";
import { limits } from "./core/limits.ts";
import { nextTurn } from "./core/pieces.ts";
import type { UserExport } from "./core/user-report.ts";
import { ErasedEvents } from "./erased-events.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { reportUser } from "./inspect.ts";
import type { Rooms } from "./rooms.ts";
import { reportUserSlates } from "./user-slates.ts";

/** Events looked at before other work on the thread gets its turn: some 2 ms. */
const readAtOnce = 256;

/** `user` as the log has it. Of one whom the state does not know there may still be events. Throws REQUEST_MALFORMED. */
export function exportOf(rooms: Rooms, log: EventLog, user: string, nowMs: number): UserExport {
  checkUser(user);
  const { shoppers, suggestions, trust, erasures } = rooms;
  const shopper = shoppers.find(user, undefined);
  const report = reportUser(rooms, user, nowMs, {
    recent: Number.POSITIVE_INFINITY,
    affinities: Number.POSITIVE_INFINITY,
  });
  const reason = trust.reasonOf(shopper);
  const sessionIds = shoppers.sessionsOf(shopper);
  return {
    ...(report ?? { user, fields: {}, recent: [], affinities: [], sessions: 0 }),
    known: report !== undefined,
    sessionIds,
    slates: reportUserSlates(rooms, user, limits.userSlatesMax)?.slates ?? [],
    queries: suggestions.own
      .of(shopper)
      .flatMap((key) => suggestions.queries.text(suggestions.queries.rowOf(key)) ?? []),
    ...(reason === undefined ? {} : { suspectedFor: reason }),
    quarantined: trust.eventsOf(shopper).map(({ offset, event }) => ({ offset, event })),
    // What stands below the note of an erasure is on its way out.
    events: eventsOf(rooms, log, { user, sessionIds, from: (erasures.of(user) ?? -1) + 1 }),
  };
}

/** A user's events from `from` on, those of their sessions before they were known included; the log is read three times, in turns. */
async function* eventsOf(
  { config, shoppers }: Rooms,
  log: EventLog,
  { user, sessionIds, from }: { readonly user: string; readonly sessionIds: readonly string[]; readonly from: number },
): UserExport["events"] {
  const head = log.head;
  const theirs = new ErasedEvents([{ user, offset: head }], config.shopperExpiryMs, sessionIds);
  for (const look of ["lookForSessions", "lookForOwners"] as const)
    for await (const { event, offset } of inTurns(log, head)) theirs[look](event, offset);
  if (log.start > 0) theirs.lookInState((session) => shoppers.ownerOfSession(session));
  theirs.lookForOwners({ type: "erase", user, time: 0, receivedAt: 0 }, head);
  for await (const { event, offset } of inTurns(log, head))
    if (offset >= from && theirs.includes(event, offset)) yield { offset, event };
}

async function* inTurns(log: EventLog, to: number): UserExport["events"] {
  let read = 0;
  for (const entry of log.read(log.start, to)) {
    yield entry;
    if (++read % readAtOnce === 0) await nextTurn();
  }
}

/** Of a piece of what is written. */
const pieceCharacters = 1 << 16;

/** An export as one JSON object, in pieces, its events as they are read; undefined where nothing is held. */
export async function writtenExport({
  events,
  known,
  ...held
}: UserExport): Promise<AsyncGenerator<string, void> | undefined> {
  const log = events[Symbol.asyncIterator]();
  const first = await log.next();
  if (!known && first.done === true) return undefined;
  return pieces(JSON.stringify({ ...held, known }).slice(0, -1), first, log);
}

async function* pieces(
  held: string,
  first: IteratorResult<unknown>,
  log: AsyncIterator<unknown>,
): AsyncGenerator<string, void> {
  try {
    let piece = `${held},"events":[`;
    let isFirst = true;
    for (let entry = first; entry.done !== true; entry = await log.next()) {
      piece += `${isFirst ? "" : ","}${JSON.stringify(entry.value)}`;
      isFirst = false;
      if (piece.length < pieceCharacters) continue;
      yield piece;
      piece = "";
    }
    yield `${piece}]}\n`;
  } finally {
    await log.return?.();
  }
}
