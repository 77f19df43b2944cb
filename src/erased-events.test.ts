import { expect, test } from "vitest";
import type { LoggedEvent } from "./core/event.ts";
import { ErasedEvents } from "./erased-events.ts";
import type { ErasureNote } from "./shoppers/pending-erasures.ts";

const expiryMs = 10;

/** "u:s" names user and session of an event, "-" neither, "@5" its time; "!u" is a note. */
function eventOf(who: string): LoggedEvent {
  const time = { time: 0, receivedAt: 0 };
  if (who.startsWith("!")) return { type: "erase", user: who.slice(1), ...time };
  if (who === "-") return { type: "item", item: "p-1", fields: {}, ...time };
  const [named, at = "0"] = who.split("@");
  const [user, session] = named!.split(":");
  const whose = { ...(user && { user }), ...(session && { session }) };
  return { type: "outcome", action: "view", item: "p-1", time: Number(at), receivedAt: Number(at), ...whose };
}

/** Offsets of the events that go. */
function gone(
  log: string,
  ...before: ConstructorParameters<typeof ErasedEvents> extends [unknown, unknown, ...infer R] ? R : never
): number[] {
  const events = log.split(" ").map(eventOf);
  const latest = new Map<string, ErasureNote>();
  events.forEach((event, offset) => {
    if (event.type === "erase") latest.set(event.user, { user: event.user, offset });
  });
  const erased = new ErasedEvents([...latest.values()], expiryMs, ...before);
  for (const look of ["lookForSessions", "lookForOwners"] as const)
    for (const [offset, event] of events.entries()) erased[look](event, offset);
  return events.flatMap((event, offset) => (erased.instead(event, offset) === undefined ? [] : [offset]));
}

test("events with the user go, up to the note, which goes too; what comes later stays", () => {
  expect(gone("u v - u !u u v")).toEqual([0, 3, 4]);
  expect(gone("u v !u u !u u")).toEqual([0, 2, 3, 4]);
  expect(gone("u !v v")).toEqual([1]);
});

test("a session's events go with its first user, those from before that user was known too", () => {
  expect(gone(":s u:s :s !u :s")).toEqual([0, 1, 2, 3]);
  expect(gone("u:s :s v:s :t !u")).toEqual([0, 1, 4]);
});

test("a session that was another's first is not theirs, but their own events in it are", () => {
  expect(gone("v:s :s u:s :s !u")).toEqual([2, 4]);
});

test("once its user is erased, a session is the next one's", () => {
  expect(gone(":s u:s !u :s v:s :s")).toEqual([0, 1, 2]);
  expect(gone(":s u:s !u :s v:s :s !v :s")).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(gone("u:s !u :s v:s :s !u")).toEqual([0, 1, 5]);
});

test("what a trimmed log knows of its sessions only by its base counts", () => {
  expect(gone(":s :t !u", ["s"], (session) => (session === "s" ? "u" : undefined))).toEqual([0, 2]);
  expect(gone(":s u:s !u", [], () => "v")).toEqual([1, 2]);
});

test("of a user who was not heard of for the expiry time, a session is theirs no more", () => {
  expect(gone("u:s@1 :s@2 v:s@20 :s@21 !v")).toEqual([2, 3, 4]);
  expect(gone("u:s@1 :s@2 v:s@20 :s@21 !u")).toEqual([0, 1, 4]);
  expect(gone("u:s@1 :s@20 v:s@21 :s@22 !v :s@23")).toEqual([1, 2, 3, 4]);
});

test("what a session does without its user keeps it theirs, and so does what the user does elsewhere", () => {
  expect(gone("u:s@1 :s@9 v:s@18 :s@19 !v")).toEqual([2, 4]);
  expect(gone("u:s@1 u@9 v:s@18 :s@19 !u")).toEqual([0, 1, 3, 4]);
});

test("one of before a trimmed log begins counts as heard of at its beginning", () => {
  const ofV = (): string => "v";
  expect(gone("-@1 u:s@5 :s@8 !u", [], ofV)).toEqual([1, 3]);
  expect(gone("u:s@5 u:s@20 :s@30 !u", [], ofV)).toEqual([0, 1, 2, 3]);
});

test("where a log begins late, the state says whose a session is", () => {
  const found = (log: string, owner: string | undefined): number[] => {
    const events = log.split(" ").map(eventOf);
    const erased = new ErasedEvents([{ user: "u", offset: events.length }], expiryMs, ["s"]);
    for (const look of ["lookForSessions", "lookForOwners"] as const)
      for (const [offset, event] of events.entries()) erased[look](event, offset);
    erased.lookInState(() => owner);
    erased.lookForOwners({ type: "erase", user: "u", time: 0, receivedAt: 0 }, events.length);
    return events.flatMap((event, offset) => (erased.includes(event, offset) ? [offset] : []));
  };
  expect(found(":s :s", "u")).toEqual([0, 1]);
  expect(found(":s u:s :s", "v")).toEqual([1]);
  expect(found("v:s :s u:s", "u")).toEqual([1, 2]);
  expect(found("v:s@1 :s@2 u:s@30 :s@31", "u")).toEqual([2, 3]);
  expect(found(":s u:s :s", undefined)).toEqual([0, 1, 2]);
});
