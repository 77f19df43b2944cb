/** What callers record → what the log gets: each event checked, duplicates and what came without consent left out. */
import { LiveshelfError } from "./core/errors.ts";
import { eventAtMs, type LoggedEvent } from "./core/event.ts";
import { parseEvent, withoutConsent } from "./core/parse-event.ts";
import type { EventInput, RecordReceipt } from "./core/public.ts";
import { engineAt, type Rooms } from "./rooms.ts";

export interface Admitted {
  /** To be appended. */
  readonly events: readonly LoggedEvent[];
  readonly accepted: number;
  readonly duplicates: number;
}

export class Admission {
  /** Refused or set aside since the start, by reason; not part of the state. */
  readonly counts = { rejected: 0, duplicates: 0, withoutConsent: 0 };

  /** Events `start` to `end` of a call that arrived at `receivedAt`; what is refused is added to `rejected`. */
  admit(
    given: readonly EventInput[],
    start: number,
    end: number,
    receivedAt: number,
    { recentIds, registers }: Rooms,
    rejected: RecordReceipt["rejected"][number][],
  ): Admitted {
    const events: LoggedEvent[] = [];
    const ids = new Set<string>();
    let accepted = 0;
    let duplicates = 0;
    for (let index = start; index < end; index++) {
      try {
        if (withoutConsent(given[index])) {
          this.counts.withoutConsent++;
          accepted++;
          continue;
        }
        const event = parseEvent(given[index], receivedAt);
        const clockMs = Math.max(registers[engineAt.clockMs]!, eventAtMs(event));
        if (event.id !== undefined && (ids.has(event.id) || recentIds.has(event.id, clockMs))) {
          duplicates++;
          continue;
        }
        if (event.id !== undefined) ids.add(event.id);
        events.push(event);
        accepted++;
      } catch (error) {
        if (!(error instanceof LiveshelfError)) throw error;
        const { code, message, at } = error;
        rejected.push({ index, code, message, ...(at === undefined ? {} : { at }) });
      }
    }
    this.counts.duplicates += duplicates;
    this.counts.rejected += end - start - accepted - duplicates;
    return { events, accepted, duplicates };
  }
}
