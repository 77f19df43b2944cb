/** Files of events as one stream, for the evaluations: what the engine would refuse is reported and left out. */
import { systemClock } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { isOwnNote } from "../core/event.ts";
import { parseEvent, withoutConsent } from "../core/parse-event.ts";
import type { EventInput } from "../core/public.ts";
import { eventLines } from "./event-lines.ts";
import { progress } from "./progress.ts";
import { refusals } from "./refusals.ts";
import { type OnRefused, openFile, type Sourced } from "./source.ts";

/** `events` can be read once. `end` says what was refused and sets the exit status to 1 if anything was. */
export function eventFiles(paths: readonly string[]) {
  const bar = progress("events");
  const refused = refusals((line) => bar.say(line));
  let read = 0;
  let isRead = false;
  async function* events(): AsyncGenerator<EventInput> {
    for (const path of paths) {
      for await (const chunk of eventLines(path, openFile(path), refused.add)) {
        for (const sourced of chunk) {
          if (!isFit(sourced, refused.add)) continue;
          read++;
          yield sourced.event;
        }
      }
    }
    isRead = true;
  }
  return {
    events: events(),
    /** Events are folded once all are read and in order. */
    onProgress: (done: number) => bar.at(done, isRead ? done / read : undefined),
    end(): void {
      bar.end();
      refused.end();
      if (refused.count > 0) process.exitCode = 1;
    },
  };
}

/** The log's own notes, and what came without consent, are passed over without a word. */
function isFit({ event, where }: Sourced, onRefused: OnRefused): boolean {
  if (isOwnNote(event?.type) || withoutConsent(event)) return false;
  try {
    parseEvent(event, systemClock.nowMs());
    return true;
  } catch (error) {
    if (!(error instanceof LiveshelfError)) throw error;
    onRefused(where, error.code, error.message);
    return false;
  }
}
