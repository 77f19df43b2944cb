/** Event files as the evaluations take them: parsed, in time order, each folded as if it had come in just after its own time. */
import { systemClock } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { eventAtMs, type LoggedEvent } from "./core/event.ts";
import { parseEvent } from "./core/parse-event.ts";
import type { EventInput } from "./core/public.ts";

/** Reads all events, sorts them by time (ties as given). Throws on the first bad one, naming its place. */
export async function timeOrdered(events: Iterable<EventInput> | AsyncIterable<EventInput>): Promise<LoggedEvent[]> {
  const nowMs = systemClock.nowMs();
  const parsed: LoggedEvent[] = [];
  for await (const event of events) {
    try {
      parsed.push(parseEvent(event, nowMs));
    } catch (error) {
      if (error instanceof LiveshelfError)
        throw new LiveshelfError(error.code, `Event ${parsed.length + 1}: ${error.message}`, error.at);
      throw error;
    }
  }
  return (
    parsed
      .map((event, index) => ({ event, index }))
      .sort((a, b) => eventAtMs(a.event) - eventAtMs(b.event) || a.index - b.index)
      // A moment later: what is said of its own time is heeded.
      .map(({ event }) => ({ ...event, receivedAt: eventAtMs(event) + 1 }))
  );
}
