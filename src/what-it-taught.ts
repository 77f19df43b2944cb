/** What an event taught, or why nothing, in sentences: from what the fold noted of it, and from the list that it touched as it is now. */
import { chosenFlag, seenFlag, taughtFlag } from "./attribution/slates.ts";
import { actionCode } from "./core/actions.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "./core/clock.ts";
import type { LoggedEvent, OutcomeEvent, SlateEvent } from "./core/event.ts";
import { isOwnNote } from "./core/event.ts";
import type { Fate, FateName } from "./fates.ts";
import type { Rooms } from "./rooms.ts";

const rules: readonly (readonly [name: FateName, rule: string])[] = [
  ["heldForPace", "pace"],
  ["heldForVolume", "volume"],
  ["heldForDwell", "dwell"],
  ["heldForRepetition", "repetition"],
  ["heldForBreadth", "breadth"],
  ["heldForBurst", "burst"],
  ["heldByName", "named by the shop"],
];

export function whatItTaught(rooms: Rooms, event: LoggedEvent, offset: number, fate: Fate): string[] {
  const said = event.time > event.receivedAt ? ["Its time lies after its arrival, and counts as the arrival."] : [];
  const held = heldWords(rooms, event, offset, fate);
  if (held !== undefined && !fate.names.has("released")) return [...said, held];
  if (held !== undefined) said.push(held);
  switch (event.type) {
    case "item":
    case "item-removed":
      return [...said, itemWords(rooms, event, fate)];
    case "user":
      return [...said, "Its fields are the shopper's, merged with what was there; it teaches no model."];
    case "slate":
      return [...said, ...slateWords(rooms, event, fate)];
    case "outcome":
      return [...said, ...outcomeWords(rooms, event, fate)];
    case "synonyms":
      return [...said, "Its rules are the shop's synonyms, in place of all before."];
    default:
      return isOwnNote(event.type) ? ["It is a note of the engine's own."] : said;
  }
}

function heldWords(rooms: Rooms, event: LoggedEvent, offset: number, { names }: Fate): string | undefined {
  const rule = rules.find(([name]) => names.has(name))?.[1];
  if (rule === undefined || (event.type !== "slate" && event.type !== "outcome")) return undefined;
  const why = `It was set aside, as its shopper was a suspect (${rule})`;
  if (names.has("released")) return `${why}, and came back when the shopper was trusted again.`;
  const shopper = rooms.shoppers.find(event.user, event.session);
  if (event.user === undefined && event.session === undefined)
    return "It was passed over: it is anonymous, and came in a burst for one item.";
  if (rooms.trust.holds(shopper, offset))
    return `${why}: it waits in quarantine, teaches nothing, and comes back when the shopper is trusted again.`;
  return `${why}, and has left quarantine since: it stays in the log and teaches nothing.`;
}

/** True of an event that was set aside, and had to make room before its shopper was trusted again. */
export function hasLeftQuarantine({ shoppers, trust }: Rooms, event: LoggedEvent, offset: number, fate: Fate): boolean {
  if ((event.type !== "slate" && event.type !== "outcome") || fate.names.has("released")) return false;
  if (!rules.some(([name]) => fate.names.has(name))) return false;
  const isAnonymous = event.user === undefined && event.session === undefined;
  return !isAnonymous && !trust.holds(shoppers.find(event.user, event.session), offset);
}

function itemWords({ items, catalogue }: Rooms, event: LoggedEvent & { item: string }, { names }: Fate): string {
  if (names.has("refusedIds")) return noRoom;
  const row = items.find(event.item);
  if (event.type === "item-removed") {
    const isBack = row >= 0 && catalogue.isKnown(row);
    return `It took the item out of the catalogue${isBack ? "; a later event put it back" : ""}.`;
  }
  if (row >= 0 && catalogue.isKnown(row)) return "Its fields are in the catalogue, merged with what was there.";
  return "Its fields were in the catalogue; the item was removed since.";
}

const noRoom = "There was no room for the item's id (itemsMax): it is in the log and was not folded.";

function slateWords(rooms: Rooms, event: SlateEvent, { names, slate }: Fate): string[] {
  const { slates } = rooms.attribution;
  if (names.has("corrected")) return ["A list with its id was known: it replaced what was shown there."];
  if (slate < 0) return [`It is not remembered any more (attributionWindowMs): outcomes no longer join it.`];
  const count = slates.count.get(slate);
  const has = (flag: number): number => {
    let those = 0;
    for (let position = 0; position < count; position++) if (slates.flags(slate, position) & flag) those++;
    return those;
  };
  const said = [`${has(chosenFlag)} of its ${count} items were chosen so far, ${has(seenFlag)} reported as seen.`];
  const { catalogue, items } = rooms;
  const rows = event.items.map((one) => items.find(typeof one === "string" ? one : one.item));
  const removed = rows.filter((row) => row >= 0 && catalogue.isRemoved(row)).length;
  const unknown = rows.filter((row) => row < 0 || !catalogue.isKnown(row)).length - removed;
  if (unknown > 0) said.push(`The catalogue does not have ${unknown} of them: send item events.`);
  if (removed > 0) said.push(`${removed} of them are removed from the catalogue now.`);
  const teaches = has(chosenFlag | taughtFlag);
  if (slates.isClosed.get(slate) === 0)
    said.push(`Choices teach at once; what else was shown waits until ${closesAt(rooms, slate)}.`);
  else if (teaches > 0) said.push(`It is closed: ${teaches} of its items taught the list models.`);
  else said.push("It is closed and taught nothing: without a choice, only what was reported as seen teaches.");
  return said;
}

/** When the wait of a list is over, by the engine's clock. */
const closesAt = ({ config, attribution }: Rooms, slate: number): string =>
  new Date(attribution.slates.clockMs.get(slate) + config.lessonWaitMs).toISOString();

function outcomeWords(rooms: Rooms, event: OutcomeEvent, fate: Fate): string[] {
  const { items, catalogue } = rooms;
  const { names } = fate;
  if (names.has("refusedIds")) return [noRoom];
  const row = items.find(event.item);
  const said = [...joinWords(rooms, event, fate), ...listWords(rooms, event, fate), ...choiceWords(rooms, event, fate)];
  if (row >= 0 && catalogue.isRemoved(row))
    said.push("The item is removed from the catalogue now: it is neither recommended nor found any more.");
  else if (row < 0 || !catalogue.isKnown(row))
    said.push("The catalogue does not have the item: send an item event, so that it can be recommended and filtered.");
  return said;
}

function joinWords({ config, attribution }: Rooms, event: OutcomeEvent, { names, slate }: Fate): string[] {
  if (names.has("joinedById")) return ["It joined the list that it names."];
  const why = event.slate === undefined || names.has("early") ? "" : "The list that it names did not hold the item. ";
  if (names.has("joinedByShopper")) return [`${why}It joined the shopper's last list that held the item.`];
  if (names.has("orphans")) {
    if (event.user === undefined && event.session === undefined)
      return [`${why}It joined no list, as it names neither a known list that held the item, nor user or session.`];
    return [
      `${why}It joined no list: none of this shopper's held the item within ${lasts(config.attributionWindowMs)}.`,
    ];
  }
  if (!names.has("early")) return [];
  const named = slate < 0 && event.slate !== undefined ? attribution.slates.find(event.slate) : slate;
  const wait = lasts(config.lessonWaitMs);
  if (named < 0) return [`The list that it names is not known: it joins when that comes within ${wait}.`];
  return [`It came before the list that it names, which has come since: it joined that if it came within ${wait}.`];
}

/** What the models of lists learned from it. */
function listWords(rooms: Rooms, event: OutcomeEvent, { names, slate }: Fate): string[] {
  const { slates } = rooms.attribution;
  if (!names.has("joinedById") && !names.has("joinedByShopper")) return [];
  const action = rooms.actions(event.action, event.value);
  if (names.has("lessons")) {
    if (names.has("overBudget") && !names.has("basketStarted"))
      return ["The list models learned nothing: the shopper had taught enough that day (overBudget)."];
    if (action.reward < 0) return ["The list models learned at once that the item was passed over."];
    if (slate >= 0 && slates.reward(slate, slates.positionOf(slate, rooms.items.find(event.item))) > action.reward)
      return [
        `The list models learned at once that the item was chosen (reward ${action.reward}); it earned more since.`,
      ];
    return [
      `The list models learned at once that the item was chosen, and what above it was not (reward ${action.reward}).`,
    ];
  }
  if (names.has("rowsGone"))
    return ["The list models learned nothing: the item's row in the list is not kept any more, or stood too far down."];
  if (names.has("repeated"))
    return ["The list models learned nothing more: the item was chosen there already, for as much."];
  if (action.code === actionCode.seen) return [seenWords(rooms, event, slate)];
  if (action.reward < 0)
    return ["The list models learned nothing more: what the list says of the item is taught already."];
  if (action.reward === 0) return ["The list models learn nothing from it: the action has no reward."];
  return ["The list models learned nothing: of this list no row is kept."];
}

function seenWords(rooms: Rooms, event: OutcomeEvent, slate: number): string {
  const { slates } = rooms.attribution;
  if (slate < 0) return "The list was closed since.";
  const position = slates.positionOf(slate, rooms.items.find(event.item));
  const flags = position < 0 ? 0 : slates.flags(slate, position);
  if ((flags & chosenFlag) !== 0) return "It says that the item was looked at; it was chosen there, which says more.";
  if ((flags & taughtFlag) !== 0) return "It taught the list models that the item was looked at and passed over.";
  if (slates.isClosed.get(slate) === 1) return "The list was closed already: it teaches nothing.";
  return `It teaches that the item was passed over, unless it is chosen, at ${closesAt(rooms, slate)}.`;
}

/** What recommendations learned from it. */
function choiceWords({ actions }: Rooms, event: OutcomeEvent, { names }: Fate): string[] {
  const action = actions(event.action, event.value);
  if (!action.isChoice) return [];
  const counts = "It counts for the item, and in the shopper's history";
  if (!names.has("choice")) return ["It is one choice with the click before it, and counts once."];
  if (names.has("released")) return ["It counts for the item; what it followed is not known any more."];
  if (names.has("basketStarted"))
    return [`${counts}, and teaches recommendations what was turned to next, once time has moved on.`];
  if (names.has("basketAdded"))
    return [`${counts}, and teaches recommendations together with the others of its instant.`];
  if (names.has("choiceOverBudget"))
    return [
      `${counts}, but taught recommendations nothing: there were more choices that second (choiceLessonsPerSecond).`,
    ];
  if (names.has("overBudget"))
    return [`${counts}, but taught recommendations nothing: the shopper had taught enough that day (overBudget).`];
  if (event.user === undefined && event.session === undefined)
    return ["It counts for the item; it says nothing of any shopper, as it carries neither user nor session."];
  if (!names.has("knownShopper"))
    return [`${counts}; as it is the first that is known of the shopper, there was nothing that it could follow.`];
  return [`${counts}, and is of one instant with a choice before it, whose lesson was taught already.`];
}

const units: readonly (readonly [ms: number, name: string])[] = [
  [dayMs, "d"],
  [hourMs, "h"],
  [minuteMs, "min"],
  [secondMs, "s"],
];

/** Milliseconds in the largest unit that says them in whole numbers. */
export function lasts(ms: number): string {
  const unit = units.find(([of]) => ms >= of && ms % of === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[0]} ${unit[1]}`;
}
