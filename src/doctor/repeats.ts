/** Is anything there twice: one id, or one and the same event? */
import { hashText } from "../core/random.ts";
import { contentHash, outcomeHash } from "./content-hash.ts";
import { judged, span, Tally } from "./finding.ts";
import { Lately } from "./lately.ts";
import type { Check } from "./seen.ts";

/** By chance two shoppers' clicks, or two of one shopper, are alike. */
const rareShare = 0.0001;
/** Ids and events among which repetitions are found. */
const followedMax = 2 ** 21;

/** `horizonMs`: within which an id that comes again counts once. */
export function repeats(horizonMs: number): Check {
  const idsAt = new Lately(followedMax);
  const idsContent = new Lately(followedMax);
  const contents = new Lately(followedMax);
  const again = new Tally();
  const beyond = new Tally();
  const changed = new Tally();
  const same = new Tally();
  const content = { a: 0, b: 0 };
  let withId = 0;
  let deeds = 0;
  return {
    see(seen) {
      const { event, raw } = seen;
      const { id, type } = event;
      const isDeed = type === "slate" || type === "outcome";
      if (isDeed) deeds++;
      if (id !== undefined) {
        withId++;
        const a = hashText(id) & 0x7fffffff;
        const b = hashText(id, 0x5bd1e995);
        const hash = contentHash(raw, content).b;
        const firstAt = idsAt.get(a, b);
        if (firstAt === undefined) {
          idsAt.put(a, b, seen.atMs);
          idsContent.put(a, b, hash);
          return;
        }
        if (idsContent.get(a, b) !== hash) changed.add(seen);
        else again.add(seen);
        if (Math.abs(seen.atMs - firstAt) > horizonMs) beyond.add(seen);
        return;
      }
      // Without a time, the same again is a shopper who did it again.
      if (!isDeed || !seen.isTimed) return;
      // Of a row of a table all cells count; of an event, what is kept of it.
      if (Array.isArray(raw) || !outcomeHash(seen, content)) contentHash(raw, content);
      if (!contents.isNew(content.a, content.b)) same.add(seen);
    },

    findings: () => [
      judged({
        code: "ids-again",
        count: again.count,
        of: withId,
        fine: "No id comes twice with the same event.",
        wrong: "events with an id came before, just the same. They count once.",
        example: again.example,
        costs:
          "Nothing, as long as they come again soon: that is what ids are for. Many of them are a sender that repeats without need.",
        mend: "Look whether the sender gets its answers, or whether two exports overlap.",
      }),
      judged({
        code: "ids-with-other-content",
        count: changed.count,
        of: withId,
        fine: "One id stands for one event.",
        wrong: "events bear the id of another event.",
        failAbove: 0.001,
        example: changed.example,
        costs: "The later one counts as a duplicate and is lost.",
        mend: "Make an id for each event (a UUID), not one for each order, session or row of a page.",
      }),
      judged({
        code: "ids-again-too-late",
        count: beyond.count,
        of: withId,
        fine: `No id comes again after more than ${span(horizonMs)}.`,
        wrong: `events bear an id that came more than ${span(horizonMs)} before: they count again.`,
        failAbove: 0.01,
        example: beyond.example,
        costs: "What is repeated so late counts twice: sales, statistics and lessons.",
        mend: "Raise the setting dedupeHorizonMs, or leave out what was sent already.",
      }),
      judged({
        code: "same-event-again",
        count: same.count,
        of: deeds,
        fine: "No list or outcome without an id is there twice.",
        wrong: "lists and outcomes without an id are the same as one before, time included.",
        warnAbove: rareShare,
        example: same.example,
        costs: "Each counts: statistics, popularity and lessons are too large by them.",
        mend: "Leave out repeated rows, or give each event an id, so that what is sent again counts once.",
      }),
    ],
  };
}
