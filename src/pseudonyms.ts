/**
 * Ids of shoppers as they come in → ids as log and state know them. With the setting `pseudonymKey` these are keyed hashes, made here and
 * nowhere else, so that nothing behind this place ever holds the shop's own ids (docs/events.md, "Pseudonyms"). A request without consent
 * loses its ids here.
 */
import { createHmac } from "node:crypto";
import type { LoggedEvent } from "./core/event.ts";

/** Who asks; what is absent is nobody. */
interface Asker {
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly consent?: boolean | undefined;
}

type Kind = "user" | "session";

export interface Pseudonyms {
  /** The event as it is logged. */
  event(event: LoggedEvent): LoggedEvent;
  /** The request as the state knows its shopper; of one without consent, as nobody's. */
  request<R extends Asker>(request: R): R;
  /** The id by which log and state know this user. */
  user(id: string): string;
}

/** What a pseudonym begins with, how many characters of the hash follow, and how many that only the key's owner can add. */
const mark = "~";
const hashLength = 22;
const sealLength = 6;
const form = new RegExp(`^${mark}[A-Za-z0-9_-]{${hashLength + sealLength}}$`);

/** Without a key, ids stay as they are. */
export function pseudonyms(key: string | undefined): Pseudonyms {
  if (key === undefined) return { event: (event) => event, request: impersonal, user: (id) => id };
  const hash = (kind: Kind | "seal", text: string): string =>
    createHmac("sha256", key).update(`${kind}\n${text}`).digest("base64url");
  const seal = (hashed: string): string => hash("seal", hashed).slice(0, sealLength);
  // An export holds pseudonyms: imported under the same key, they stay. Others of this form bear no seal of this key, and are ids like any.
  const isMine = (id: string): boolean => form.test(id) && seal(id.slice(1, 1 + hashLength)) === id.slice(-sealLength);
  const pseudonym = (kind: Kind, id: string): string => {
    if (isMine(id)) return id;
    const hashed = hash(kind, id).slice(0, hashLength);
    return `${mark}${hashed}${seal(hashed)}`;
  };
  const known = <W extends Asker>(who: W): W => {
    const { user, session } = who;
    if (user === undefined && session === undefined) return who;
    return {
      ...who,
      ...(user === undefined ? {} : { user: pseudonym("user", user) }),
      ...(session === undefined ? {} : { session: pseudonym("session", session) }),
    };
  };
  return {
    event: (event) => ("user" in event || "session" in event ? known(event) : event),
    request: (request) => known(impersonal(request)),
    user: (id) => pseudonym("user", id),
  };
}

function impersonal<R extends Asker>(request: R): R {
  if (request.consent !== false || (request.user === undefined && request.session === undefined)) return request;
  const { user: _, session: __, ...nobodys } = request;
  return nobodys as R;
}
