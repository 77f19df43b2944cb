/** What became of an event: from its id to its place in the log, what the fold noted of it, and what the list that it touched says now. */

import { LiveshelfError } from "./core/errors.ts";
import type { LoggedEvent } from "./core/event.ts";
import type { EventReport } from "./core/event-report.ts";
import { limits } from "./core/limits.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { RefusedEvents } from "./refused-events.ts";
import type { Rooms } from "./rooms.ts";
import { hasLeftQuarantine, lasts, whatItTaught } from "./what-it-taught.ts";

interface Known {
  readonly rooms: Rooms;
  readonly log: EventLog;
  readonly refused: RefusedEvents;
}

/** Undefined: nothing is known of it; {@link eventsKnown} says how far back anything is. */
export function reportEvent(known: Known, id: string): EventReport | undefined {
  const refusals = known.refused.withId("rejected", id);
  const duplicates = known.refused.withId("duplicate", id).length;
  const counts = {
    ...(duplicates > 0 ? { duplicates } : {}),
    ...(refusals.length > 0 ? { refusals: refusals.length } : {}),
  };
  const logged = reportLogged(known, id);
  if (logged !== undefined) return { ...logged, ...counts };
  const [refusal] = refusals;
  if (refusal === undefined) return undefined;
  const { code, message, at, time } = refusal;
  return {
    ...{ id, result: "rejected", time },
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(at === undefined ? {} : { at }),
    ...counts,
  };
}

function reportLogged({ rooms, log }: Known, id: string): EventReport | undefined {
  const offset = rooms.recentIds.offsetOf(id);
  if (offset < 0 || offset >= log.head) return undefined;
  const durable = offset < log.durableHead;
  const event = readAt(log, offset);
  if (event === undefined) {
    const taught = ["The log no longer has it: its head was let go of, and only that it came is known."];
    return { id, result: "accepted", offset, durable, taught };
  }
  // It was erased: another stands there now, or soon will.
  if (event.id !== id || isToGo(rooms, event, offset)) return undefined;
  const fate = rooms.fates.of(offset);
  const where = { time: new Date(event.receivedAt).toISOString(), offset, durable, event };
  if (fate === undefined) {
    const taught = [`What came of it in the fold is known of the latest ${inWords(limits.fatesMax)} events only.`];
    return { id, result: "accepted", ...where, taught };
  }
  const isOutcome = event.type === "outcome";
  const isIgnored = fate.names.has("refusedIds") && (isOutcome || event.type === "item");
  const slate = fate.slate < 0 ? null : rooms.attribution.slates.id(fate.slate);
  return {
    ...{ id, result: isIgnored ? "ignored" : "accepted", ...where },
    ...(isOutcome || event.type === "slate" ? { slate } : {}),
    counted: [...fate.names, ...(hasLeftQuarantine(rooms, event, offset, fate) ? ["leftQuarantine"] : [])],
    taught: whatItTaught(rooms, event, offset, fate),
  };
}

/** True for what its shopper's erasure takes out of the log in a moment. */
function isToGo({ erasures, shoppers }: Rooms, event: LoggedEvent, offset: number): boolean {
  if (erasures.count === 0 || !("user" in event || "session" in event)) return false;
  const { user, session } = event as { readonly user?: string; readonly session?: string };
  if (user !== undefined) return offset < (erasures.of(user) ?? -1);
  // Whose session it was is forgotten: while somebody's waits to go, it may be theirs.
  return shoppers.find(undefined, session) < 0;
}

const inWords = (count: number): string => count.toLocaleString("en");

/** How far back {@link reportEvent} knows, in words. */
export function eventsKnown({ config, recentIds }: Rooms): string {
  const { oldestMs } = recentIds;
  const since = Number.isNaN(oldestMs)
    ? ""
    : `; the oldest that is remembered came at ${new Date(oldestMs).toISOString()}`;
  return `Ids are remembered for ${lasts(config.dedupeHorizonMs)} of event time, up to ${inWords(limits.dedupeIdsMax)} of them${since}. Of refused events the latest ${inWords(limits.refusedEventsMax)} since the start are known. Of an event without consent nothing is kept.`;
}

/** Undefined where a trim took it. */
function readAt(log: EventLog, offset: number): LoggedEvent | undefined {
  if (offset < log.start) return undefined;
  try {
    for (const one of log.read(offset, offset + 1)) if (one.offset === offset) return one.event;
  } catch (error) {
    if (!(error instanceof LiveshelfError) || error.code !== "LOG_TRIMMED") throw error;
  }
  return undefined;
}
