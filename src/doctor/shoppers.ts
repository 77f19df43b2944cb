/** Are shoppers known again? */
import { Int32Column } from "../core/columns.ts";
import type { IdTable } from "../core/id-table.ts";
import { type Finding, judged, Parts, percent, Tally, whole } from "./finding.ts";
import type { Check, SeenEvent } from "./seen.ts";

const fewest = 100;
/** Words that stand for nobody. */
const nobody =
  /^(?:null|none|nil|undefined|nan|n\/?a|anonymous|anon|guest|unknown|unbekannt|test|user|default|empty|\(?not set\)?|[-_?.]+|0+|-1|false|true)$/i;

export function shoppers(users: IdTable, sessions: IdTable): Check {
  const byUser = new Int32Column("events");
  const bySession = new Int32Column("events");
  const userOfSession = new Int32Column("user", -1);
  const without = new Tally();
  const withoutUser = new Tally();
  const placeholder = new Tally();
  const placeholders = new Parts(100);
  const shared = new Tally();
  let deeds = 0;
  let outcomes = 0;
  let purchases = 0;
  let purchasesWithoutUser = 0;
  let sharedSessions = 0;

  const noteIds = (seen: SeenEvent, user: string | undefined, session: string | undefined): void => {
    for (const id of [user, session]) {
      if (id === undefined || id.length > 12 || !nobody.test(id)) continue;
      placeholder.add(seen);
      placeholders.add(id);
      return;
    }
  };

  const join = (seen: SeenEvent): void => {
    const { user, session } = seen;
    const known = userOfSession.get(session);
    if (known === -1) userOfSession.set(session, user);
    else if (known >= 0 && known !== user) {
      shared.add(seen);
      sharedSessions++;
      // Counted once.
      userOfSession.set(session, -2);
    }
  };

  return {
    see(seen) {
      const { event, user, session } = seen;
      if (event.type !== "slate" && event.type !== "outcome") return;
      deeds++;
      noteIds(seen, event.user, event.session);
      if (user >= 0) byUser.add(user, 1);
      if (session >= 0) bySession.add(session, 1);
      if (user >= 0 && session >= 0) join(seen);
      if (event.user === undefined && event.session === undefined) without.add(seen);
      if (event.type !== "outcome") return;
      outcomes++;
      if (event.action === "purchase") purchases++;
      if (event.user !== undefined) return;
      withoutUser.add(seen);
      if (event.action === "purchase") purchasesWithoutUser++;
    },

    findings() {
      return [
        judged({
          code: "without-shopper",
          count: without.count,
          of: deeds,
          fine: "Every list and outcome has a user or a session.",
          wrong: "lists and outcomes have neither user nor session.",
          warnAbove: 0.001,
          failAbove: 0.5,
          example: without.example,
          costs:
            "They count for popularity only: nothing personal, nothing that goes with anything, no outcome joins a list.",
          mend: 'Send a "session" (a random id in a cookie will do) with everything, and a "user" once somebody logs in.',
        }),
        withoutUserFinding(),
        judged({
          code: "placeholder-ids",
          count: placeholder.count,
          of: deeds,
          fine: "No id is a word that stands for nobody.",
          wrong: "lists and outcomes have a user or session such as “null” or “guest”, which all who bear it share.",
          failAbove: 0.01,
          parts: placeholders,
          example: placeholder.example,
          costs:
            "Many people become one shopper: their lists are personal to nobody, and the rules against bots set them aside.",
          mend: "Leave the key out where there is no user or session.",
        }),
        changing("user", byUser, users, "changing-users"),
        changing("session", bySession, sessions, "changing-sessions"),
        oneForMany("user", byUser, users, "one-user-for-many"),
        oneForMany("session", bySession, sessions, "one-session-for-many"),
        judged({
          code: "sessions-of-several-users",
          count: sharedSessions,
          of: sessions.size,
          fine: "No session belongs to two users.",
          wrong: "sessions bear more than one user.",
          warnAbove: 0.001,
          failAbove: 0.2,
          example: shared.example,
          costs:
            "The first event with both joins what the session did to its user: what another does without logging in counts as theirs.",
          mend: "Make a new session when somebody logs out.",
        }),
      ];
    },
  };

  function withoutUserFinding(): Finding {
    const { count, example } = withoutUser;
    if (outcomes > 0 && count === outcomes && purchases === 0)
      return {
        code: "without-user",
        status: "PASS",
        message: "No outcome has a user: shoppers are known by their sessions alone, for as long as those last.",
        count,
        of: outcomes,
        share: 1,
      };
    const also = purchasesWithoutUser > 0 ? `; ${whole(purchasesWithoutUser)} of them are purchases` : "";
    return judged({
      code: "without-user",
      count,
      of: outcomes,
      fine: "Every outcome has a user.",
      wrong: `outcomes have no user${also}.`,
      warnAbove: purchasesWithoutUser > 0.01 * Math.max(1, purchases) ? 0 : 0.9,
      example,
      costs: "What they bought is nobody's taste: it teaches what goes with what within a session at most.",
      mend: "Send the user where it is known: with every purchase made in an account.",
    });
  }

  /** Ids that are used once and never again. */
  function changing(kind: "user" | "session", byId: Int32Column, ids: IdTable, code: string): Finding {
    let once = 0;
    let all = 0;
    let example = -1;
    for (let row = 0; row < byId.length; row++) {
      const events = byId.get(row);
      if (events > 0) all++;
      if (events !== 1) continue;
      once++;
      if (example < 0) example = row;
    }
    const isShort = all < fewest;
    return judged({
      code,
      count: isShort ? 0 : once,
      of: all,
      fine: isShort ? `Too few ${kind}s to tell whether they come again.` : `Every ${kind} does more than one thing.`,
      wrong: `${kind}s did one single thing.`,
      warnAbove: 0.9,
      failAbove: 0.98,
      example: example < 0 ? undefined : { where: `the first of them`, excerpt: ids.id(example) ?? "" },
      costs: `A ${kind} that is new at every event is never known again: no history, no outcome joins its list, and ranking is never personal.`,
      mend:
        kind === "user"
          ? "Send an id that stays: of the account, not of the request."
          : "Keep the session's id for as long as the visit lasts, in a cookie.",
    });
  }

  /** One id that stands for a large part of all. */
  function oneForMany(kind: "user" | "session", byId: Int32Column, ids: IdTable, code: string): Finding {
    let most = 0;
    let total = 0;
    let row = -1;
    for (let at = 0; at < byId.length; at++) {
      const events = byId.get(at);
      total += events;
      if (events > most) [most, row] = [events, at];
    }
    const isShort = total < 10 * fewest;
    // In a shop of few, some do much.
    const isLarge = most > Math.max(0.05, Math.min(0.5, 20 / ids.size)) * total;
    return judged({
      code,
      count: isShort || !isLarge ? 0 : most,
      of: total,
      fine: isShort
        ? `Too few events to tell whether one ${kind} stands for many.`
        : `The ${kind} with the most has ${percent(most / total)} of all lists and outcomes.`,
      wrong: `lists and outcomes are of one ${kind}.`,
      failAbove: 0.3,
      example: row < 0 ? undefined : { where: `the ${kind}`, excerpt: ids.id(row) ?? "" },
      costs: "A robot, a test or a placeholder that many share: what it does weighs as much as the shop.",
      mend: `Leave the ${kind} out where it stands for nobody; mark robots and staff by a user event with "trusted": false.`,
    });
  }
}
