/**
 * The events that were not taken, the latest of each kind, with the reason: for whoever wonders where one went. In memory, gone with the
 * process. Of the event itself only id and type are kept, never who it was about.
 */
import type { ErrorCode } from "./core/errors.ts";
import type { NotTaken } from "./core/event-report.ts";
import { limits } from "./core/limits.ts";

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly at?: string | undefined;
}

/** Code units kept of a message and of a place: both may quote what was given. */
const messageLengthMax = 500;
const placeLengthMax = 200;
/** What a message says after these words is what was given. */
const quote = "; it is ";

export class RefusedEvents {
  readonly #rejected = new Latest();
  readonly #duplicates = new Latest();

  reject(given: unknown, { code, message, at }: Refusal, nowMs: number): void {
    // Of an event whose consent cannot be read, nothing is kept but that it came.
    const told = at === "/consent" ? {} : idAndType(given);
    const isAboutShopper = at === "/user" || at === "/session";
    this.#rejected.add({
      result: "rejected",
      ...told,
      code,
      message: (isAboutShopper ? message.split(quote)[0]! : message).slice(0, messageLengthMax),
      ...(at === undefined || at === "" ? {} : { at: at.slice(0, placeLengthMax) }),
      time: new Date(nowMs).toISOString(),
    });
  }

  duplicate(id: string, type: string, nowMs: number): void {
    this.#duplicates.add({ result: "duplicate", id, type, time: new Date(nowMs).toISOString() });
  }

  /** The latest first, at most `size`. */
  latest(result: NotTaken["result"], size: number): NotTaken[] {
    const found: NotTaken[] = [];
    for (const one of this.#of(result).newest()) if (found.push(one) >= size) break;
    return found;
  }

  /** With this id, the latest first. */
  withId(result: NotTaken["result"], id: string): NotTaken[] {
    return [...this.#of(result).newest()].filter((one) => one.id === id);
  }

  #of(result: NotTaken["result"]): Latest {
    return result === "rejected" ? this.#rejected : this.#duplicates;
  }
}

function idAndType(given: unknown): Pick<NotTaken, "id" | "type"> {
  if (typeof given !== "object" || given === null) return {};
  const { id, type } = given as { readonly id?: unknown; readonly type?: unknown };
  const text = typeof id === "number" && Number.isSafeInteger(id) ? String(id) : id;
  return {
    ...(typeof text === "string" && text !== "" && text.length <= limits.idLengthMax ? { id: text } : {}),
    ...(typeof type === "string" ? { type: type.slice(0, limits.nameLengthMax) } : {}),
  };
}

/** A ring of the latest. */
class Latest {
  readonly #kept: NotTaken[] = [];
  #added = 0;

  add(one: NotTaken): void {
    this.#kept[this.#added++ % limits.refusedEventsMax] = one;
  }

  *newest(): Generator<NotTaken> {
    for (let n = this.#added - 1; n >= 0 && n >= this.#added - this.#kept.length; n--)
      yield this.#kept[n % limits.refusedEventsMax]!;
  }
}
