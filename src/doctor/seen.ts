/** An event as the checks see it: parsed, its ids as rows. One object, filled anew for each event. */
import type { LoggedEvent } from "../core/event.ts";
import type { Finding } from "./finding.ts";

export interface SeenEvent {
  event: LoggedEvent;
  /** What stood in the file, or the event of the log. */
  raw: unknown;
  /** File and line, or offset. */
  where: string;
  /** Unix ms; of an event without a time, that of the latest before it. */
  atMs: number;
  /** It came with a time of its own. */
  isTimed: boolean;
  /** Rows, −1 for none, or where more are known than are followed. */
  item: number;
  user: number;
  session: number;
  /** Row of who did it, the user, also of a session that is known to be theirs, else the session; −1 for nobody. */
  shopper: number;
  /** Row of the session as a shopper of its own, from before its user was known; −1 if it was none. */
  guest: number;
  /** Rows of a slate's items, top first, and how many. */
  shown: Int32Array;
  shownCount: number;
}

export interface Check {
  /** Keeps what it needs; must keep no reference to the event itself. */
  see(seen: SeenEvent): void;
  /** Once, after the last event. */
  findings(): Finding[];
}
