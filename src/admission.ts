/** What callers record → what the log gets: each event checked, duplicates and what came without consent left out. */
import { LiveshelfError } from "./core/errors.ts";
import { eventAtMs, type LoggedEvent } from "./core/event.ts";
import { parseEvent, withoutConsent } from "./core/parse-event.ts";
import type { EventInput, RecordReceipt } from "./core/public.ts";
import { type Pseudonyms, pseudonyms } from "./pseudonyms.ts";
import { RefusedEvents } from "./refused-events.ts";
import { engineAt, type Rooms } from "./rooms.ts";

export interface Admitted {
  /** To be appended. */
  readonly events: readonly LoggedEvent[];
  readonly accepted: number;
  readonly duplicates: number;
}

const countOf = { EVENT_MALFORMED: "malformed", EVENT_LIMIT: "overLimit", EVENT_TOO_LARGE: "tooLarge" } as const;

export class Admission {
  readonly refused = new RefusedEvents();
  readonly #pseudonyms: Pseudonyms;
  /** Since the start, by reason; not part of the state. `rejected` is the sum of the three after it. */
  readonly counts = {
    ...{ rejected: 0, malformed: 0, overLimit: 0, tooLarge: 0 },
    ...{ duplicates: 0, withoutConsent: 0, timeAhead: 0, unknownItems: 0 },
  };

  constructor(who: Pseudonyms = pseudonyms(undefined)) {
    this.#pseudonyms = who;
  }

  /** Events `start` to `end` of a call that arrived at `receivedAt`; what is refused is added to `rejected`. */
  admit(
    given: readonly EventInput[],
    start: number,
    end: number,
    receivedAt: number,
    rooms: Rooms,
    rejected: RecordReceipt["rejected"][number][],
  ): Admitted {
    const { recentIds, registers } = rooms;
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
        const event = this.#pseudonyms.event(parseEvent(given[index], receivedAt));
        const clockMs = Math.max(registers[engineAt.clockMs]!, eventAtMs(event));
        if (event.id !== undefined && (ids.has(event.id) || recentIds.has(event.id, clockMs))) {
          this.refused.duplicate(event.id, event.type, receivedAt);
          duplicates++;
          continue;
        }
        if (event.id !== undefined) ids.add(event.id);
        this.#count(event, rooms);
        events.push(event);
        accepted++;
      } catch (error) {
        if (!(error instanceof LiveshelfError)) throw error;
        const { code, message, at } = error;
        rejected.push({ index, code, message, ...(at === undefined ? {} : { at }) });
        this.refused.reject(given[index], error, receivedAt);
        this.counts[countOf[code as keyof typeof countOf] ?? "malformed"]++;
      }
    }
    this.counts.duplicates += duplicates;
    this.counts.rejected += end - start - accepted - duplicates;
    return { events, accepted, duplicates };
  }

  /** What is taken, and yet may not be as its sender thinks. */
  #count(event: LoggedEvent, { items, catalogue }: Rooms): void {
    if (event.time > event.receivedAt) this.counts.timeAhead++;
    if (event.type !== "outcome") return;
    const item = items.find(event.item);
    if (item < 0 || !catalogue.isKnown(item)) this.counts.unknownItems++;
  }
}
