/** Do lists and outcomes find each other, and do clicks fall where people click? */
import { dayMs, hourMs, minuteMs, secondMs } from "../core/clock.ts";
import { Float64Column } from "../core/columns.ts";
import { hashText } from "../core/random.ts";
import type { SurfaceAmount } from "./amounts.ts";
import { type Finding, judged, Parts, percent, span, Tally, timeOf, whole } from "./finding.ts";
import { Lately } from "./lately.ts";
import type { Check, SeenEvent } from "./seen.ts";
import { ShownLists } from "./shown-lists.ts";

const windowMs = 7 * dayMs;
const fewest = 100;
const surfacesMax = 64;
const positionsMax = 50;
/** Lists as long as this have a choice of places. */
const longEnough = 5;
const earlyMax = 2 ** 20;
const wholeHourMs = 10 * minuteMs;
const rewarded = new Set(["click", "cart", "purchase", "like"]);

interface Surface {
  readonly name: string;
  slates: number;
  clicks: number;
  /** Clicks by place, in lists of {@link longEnough} items and more. */
  readonly places: Float64Array;
  placed: number;
  readonly example: Tally;
}

export function slates(): Check & { readonly surfaces: () => readonly SurfaceAmount[] } {
  const lists = new ShownLists();
  const surfaces: Surface[] = [];
  const surfaceOf = new Map<string, number>();
  const early = new Lately(earlyMax);
  const slateOf = new Float64Column("slate", -1);
  const without = new Tally();
  const withoutByAction = new Parts(100);
  const unknown = new Tally();
  const notInSlate = new Tally();
  const before = new Tally();
  const apart = new Tally();
  const apartHours = new Parts();
  const twice = new Tally();
  const short = new Tally();
  let slateCount = 0;
  let slatesWithOutcome = 0;
  let outcomes = 0;
  let rewardedCount = 0;
  let named = 0;
  let cameEarly = 0;
  let lateSlatesMs = 0;

  const surface = (name: string): number => {
    const known = surfaceOf.get(name);
    if (known !== undefined) return known;
    if (surfaces.length === surfacesMax) return surfacesMax - 1;
    surfaceOf.set(name, surfaces.length);
    const places = new Float64Array(positionsMax);
    return surfaces.push({ name, slates: 0, clicks: 0, places, placed: 0, example: new Tally() }) - 1;
  };

  const seeSlate = (seen: SeenEvent, id: string | undefined, name: string | undefined): void => {
    slateCount++;
    const at = surface(name ?? "(none)");
    surfaces[at]!.slates++;
    const slate = lists.add(seen, id, at);
    if (seen.shownCount < 2) short.add(seen);
    for (let i = 0; i < seen.shownCount; i++) {
      const item = seen.shown[i]!;
      if (item < 0) continue;
      if (slateOf.get(item) === slate) {
        twice.add(seen);
        break;
      }
      slateOf.set(item, slate);
    }

    if (id === undefined || early.get(hashText(id) & 0x7fffffff, 0) === undefined) return;
    cameEarly++;
    if (lists.noteOutcome(slate)) slatesWithOutcome++;
  };

  const noteTimes = (seen: SeenEvent, slate: number): void => {
    const afterMs = seen.atMs - lists.atMs(slate);
    if (afterMs < -secondMs) {
      before.add(seen, `${span(-afterMs)} before its slate of ${timeOf(lists.atMs(slate))}`);
      lateSlatesMs = Math.max(lateSlatesMs, -afterMs);
    }
    const hours = Math.round(afterMs / hourMs);
    if (hours !== 0 && Math.abs(afterMs - hours * hourMs) < wholeHourMs && Math.abs(hours) <= 14) {
      apart.add(seen);
      apartHours.add(`${hours} h`);
    }
  };

  const noteJoined = (seen: SeenEvent, slate: number, position: number, action: string): void => {
    if (lists.noteOutcome(slate)) slatesWithOutcome++;
    if (seen.isTimed) noteTimes(seen, slate);
    if (action !== "click" || position < 0) return;
    const shownOn = surfaces[lists.surface(slate)]!;
    shownOn.clicks++;
    if (lists.length(slate) < longEnough) return;
    shownOn.placed++;
    shownOn.places[Math.min(position, positionsMax - 1)]!++;
    shownOn.example.add(seen);
  };

  const joined = (seen: SeenEvent, named: string | undefined, action: string): boolean => {
    const { item } = seen;
    if (named !== undefined) {
      const slate = lists.byId(named);
      if (slate < 0) {
        unknown.add(seen);
        early.put(hashText(named) & 0x7fffffff, 0, 1);
        return false;
      }
      const position = item < 0 ? 0 : lists.position(slate, item);
      if (position < 0) notInSlate.add(seen);
      noteJoined(seen, slate, position, action);
      return position >= 0;
    }
    if (seen.shopper < 0 || item < 0) return false;
    let slate = lists.latestWith(seen.shopper, item, seen.atMs - windowMs);
    if (slate < 0 && seen.guest >= 0) slate = lists.latestWith(seen.guest, item, seen.atMs - windowMs);
    if (slate < 0) return false;
    noteJoined(seen, slate, lists.position(slate, item), action);
    return true;
  };

  return {
    surfaces: () => surfaces,

    see(seen) {
      const { event } = seen;
      if (event.type === "slate") return seeSlate(seen, event.slate, event.surface);
      if (event.type !== "outcome") return;
      outcomes++;
      if (event.slate !== undefined) named++;
      const isJoined = joined(seen, event.slate, event.action);
      if (!rewarded.has(event.action)) return;
      rewardedCount++;
      if (isJoined) return;
      without.add(seen);
      withoutByAction.add(event.action);
    },

    findings() {
      const none = slateCount === 0;
      const isCatalogue = none && outcomes === 0;
      return [
        {
          code: "lists",
          status: none && !isCatalogue ? "WARN" : "PASS",
          message: isCatalogue
            ? "Neither lists nor outcomes are there: that is a catalogue alone."
            : none
              ? "No list that was shown is there: no order of a list can be learned, recommendations only."
              : `${whole(slateCount)} lists that were shown, ${whole(slatesWithOutcome)} of them with an outcome.`,
          count: slateCount,
          ...(none &&
            !isCatalogue && {
              costs:
                "Ranking learns from what was shown and not chosen; without lists it stays with the caller's order.",
              mend: "Ask the engine for lists: it logs them itself. For history, write a slate event for each list that was shown.",
            }),
        },
        judged({
          code: "outcomes-without-slates",
          count: none ? 0 : without.count,
          of: rewardedCount,
          fine: none
            ? "There are no lists that outcomes could join."
            : "Every click, cart, like and purchase joins a list.",
          wrong:
            "clicks, carts, likes and purchases join no list: no list of the same shopper held the item in the seven days before.",
          warnAbove: 0.5,
          failAbove: 0.95,
          parts: withoutByAction,
          example: without.example,
          costs: "They teach recommendations, but no order of a list.",
          mend: 'Send the same "user" and "session" with lists and outcomes, or the "slate" that the item was chosen from.',
        }),
        slatesWithoutFinding(),
        judged({
          code: "only-lists-with-outcomes",
          count: slateCount >= fewest && slatesWithOutcome > 0.98 * slateCount ? slatesWithOutcome : 0,
          of: slateCount,
          fine: "Lists that led to nothing are there too.",
          wrong: "lists have an outcome: those that led to nothing were left out.",
          warnAbove: 0.9,
          costs: "Orders can be learned, but chances to be clicked come out too high, the same for all lists.",
          mend: "Log every list that was shown, also those that nobody clicked in.",
        }),
        judged({
          code: "outcomes-of-unknown-slates",
          count: unknown.count - cameEarly,
          of: named,
          fine: named === 0 ? "No outcome names its slate." : "Every slate that an outcome names is there.",
          wrong: "outcomes name a slate that is not there (or was shown very long before).",
          warnAbove: 0.001,
          failAbove: 0.3,
          example: unknown.example,
          costs: "They join nothing: what was chosen from these lists is not learned.",
          mend: 'Send the slates too, with the same id, and before their outcomes; the id is the answer\'s "slate".',
        }),
        judged({
          code: "items-not-in-their-slate",
          count: notInSlate.count,
          of: named,
          fine: "Every outcome's item was in the slate that it names.",
          wrong: "outcomes are of an item that the slate they name did not hold.",
          warnAbove: 0.001,
          failAbove: 0.2,
          example: notInSlate.example,
          costs:
            "They teach no order. Often the item's id is written in another way, or the slate holds one page only.",
          mend: "Use the same ids in lists and outcomes; of a list with pages, log each page that was seen, or all of it.",
        }),
        judged({
          code: "outcomes-before-slates",
          count: before.count,
          of: rewardedCount,
          fine: "No outcome comes before its slate.",
          wrong: `outcomes come before the slate they belong to, by up to ${span(lateSlatesMs)}.`,
          warnAbove: 0.001,
          failAbove: 0.2,
          example: before.example,
          costs: "Nothing was chosen before it was shown: clocks differ, or slates are logged late.",
          mend: "Take the time of the list where it was shown, and of the click where it happened, from clocks that agree.",
        }),
        judged({
          code: "clocks-apart",
          // By chance, one in three distances beyond an hour is near a whole one.
          count: apart.count > 0.3 * rewardedCount && rewardedCount >= fewest ? apart.count : 0,
          of: rewardedCount,
          fine: "Outcomes follow their lists at no whole number of hours.",
          wrong: `outcomes are whole hours away from the list they belong to (mostly ${apartHours.largest()[0]?.[0] ?? "0 h"}).`,
          failAbove: 0.3,
          parts: apartHours,
          example: apart.example,
          costs:
            "Lists and outcomes are written in two time zones: what was shown after counts as before, or joins another list.",
          mend: "Write both in UTC.",
        }),
        ...positionFindings(),
        judged({
          code: "items-twice-in-slates",
          count: twice.count,
          of: slateCount,
          fine: "No list holds an item twice.",
          wrong: "lists hold an item twice.",
          warnAbove: 0.001,
          example: twice.example,
          costs: "Nobody can tell which of the two was chosen; the upper one counts.",
          mend: "Leave repeated items out of what is logged and shown.",
        }),
        judged({
          code: "short-slates",
          count: short.count,
          of: slateCount,
          fine: "Every list has two items and more.",
          wrong: "lists have one item or none.",
          warnAbove: 0.3,
          failAbove: 0.9,
          example: short.example,
          costs: "Where nothing could have been chosen instead, no order is learned.",
          mend: "Log the whole list that was shown as one slate, not each item as a slate of its own.",
        }),
      ];
    },
  };

  function slatesWithoutFinding(): Finding {
    const count = slateCount - slatesWithOutcome;
    const isFew = slateCount < fewest;
    return judged({
      code: "slates-without-outcomes",
      count: isFew ? 0 : count,
      of: slateCount,
      fine: slateCount === 0 ? "There are no lists." : isFew ? "Too few lists to tell." : "Every list has an outcome.",
      wrong: "lists have no outcome.",
      warnAbove: 0.995,
      failAbove: 0.9999,
      costs:
        "A list without any choice teaches nothing by itself. That few are chosen from is how shops are; that none is, is not.",
      mend: 'Send clicks as outcomes with the same "user" and "session", or with the "slate"; report "seen" where you can tell.',
    });
  }

  function positionFindings(): Finding[] {
    let worst: { surface: Surface; place: number; clicks: number } | undefined;
    let placed = 0;
    for (const one of surfaces) {
      placed += one.placed;
      if (one.placed < 50) continue;
      const clicks = Math.max(...one.places);
      if (!worst || clicks / one.placed > worst.clicks / worst.surface.placed)
        worst = { surface: one, place: one.places.indexOf(clicks), clicks };
    }
    const where = worst && `place ${worst.place + 1} of ${JSON.stringify(worst.surface.name)}`;
    return [
      judged({
        code: "clicks-at-one-position",
        count: worst && worst.clicks > 0.9 * worst.surface.placed ? worst.clicks : 0,
        of: worst?.surface.placed ?? placed,
        fine: worst
          ? `Clicks fall on many places; most on ${where} (${percent(worst.clicks / worst.surface.placed)}).`
          : "Too few clicks in lists to tell on which places they fall.",
        wrong: `clicks fall on ${where}.`,
        failAbove: 0.97,
        example: worst?.surface.example.example,
        costs:
          "The lists are not in the order in which they were shown: the place gives the answer away, and nothing else is learned.",
        mend: "Log the items in the order of the screen, top first, before anybody clicked; not with the chosen item moved to the front or the end.",
      }),
    ];
  }
}
