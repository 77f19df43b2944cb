/** Do the times hold: there at all, in milliseconds, in order, neither in the future nor all one? */
import { dayMs, hourMs, minuteMs, secondMs } from "../core/clock.ts";
import { type Finding, judged, Parts, percent, span, Tally, timeOf, whole } from "./finding.ts";
import { MostFrequent } from "./most-frequent.ts";
import type { Check, SeenEvent } from "./seen.ts";

/** Before this, a shop had no web site: what claims to be older was meant in another unit. */
const oldestMs = Date.UTC(1990, 0);
const slackMs = minuteMs;
/** A disorder that the clocks of several servers make; and senders that wait until they have some. */
const toleranceMs = { inFiles: secondMs, inLogs: minuteMs };
/** A step back that is a whole number of hours, up to so much. */
const wholeHourMs = minuteMs;
const hoursMax = 14;
const fewest = 100;

export interface TimesOptions {
  /** The moment of the examination, Unix ms: what is later lies in the future. */
  readonly nowMs: number;
  /** Events of a log: they bear the time of their arrival where they had none. */
  readonly isLog: boolean;
}

export function times({ nowMs, isLog }: TimesOptions): Check {
  const untimed = new Tally();
  const late = new Tally();
  const future = new Tally();
  const unit = new Tally();
  const units = new Parts();
  const jumps = new Tally();
  const jumpHours = new Parts();
  const lagged = new Tally();
  const lagHours = new Parts();
  /** Of what has a time and was done: how often each instant. */
  const instants = new MostFrequent();
  const instantExample = new Tally();
  let timed = 0;
  let deeds = 0;
  let atMidnight = 0;
  let largestMs = Number.NEGATIVE_INFINITY;
  let previousMs = Number.NaN;
  let latestByMs = 0;
  let stepsBack = 0;

  const noteStep = (seen: SeenEvent, timeMs: number): void => {
    const backMs = previousMs - timeMs;
    previousMs = timeMs;
    if (!(backMs > hourMs / 2)) return;
    stepsBack++;
    const hours = Math.round(backMs / hourMs);
    if (hours < 1 || hours > hoursMax || Math.abs(backMs - hours * hourMs) > wholeHourMs) return;
    jumps.add(seen);
    jumpHours.add(`${hours} h back`);
  };

  const noteInstant = (seen: SeenEvent, timeMs: number): void => {
    instants.add(timeMs);
    if (instantExample.count === 0) instantExample.add(seen);
  };

  return {
    see(seen) {
      const { type, time, receivedAt } = seen.event;
      const isDeed = type === "outcome" || type === "slate";
      if (isDeed) deeds++;
      if (!seen.isTimed) {
        if (isDeed && !isLog) untimed.add(seen);
        return;
      }
      timed++;
      const [name, factor] = unitOf(time, nowMs);
      if (name !== undefined) {
        unit.add(seen, `"time":${time}, which is ${timeOf(time)}; as ${name} it is ${timeOf(time * factor)}`);
        units.add(name);
        return;
      }
      if (time > (isLog ? receivedAt : nowMs) + slackMs) future.add(seen);
      if (isLog && isDeed) noteLag(seen, receivedAt - time);
      if (largestMs - time > (isLog ? toleranceMs.inLogs : toleranceMs.inFiles)) {
        late.add(seen, `${timeOf(time)} after ${timeOf(largestMs)}`);
        latestByMs = Math.max(latestByMs, largestMs - time);
      }
      noteStep(seen, time);
      if (time > largestMs && time <= nowMs + slackMs) largestMs = time;
      if (!isDeed) return;
      noteInstant(seen, time);
      if (time % dayMs < secondMs) atMidnight++;
    },

    findings() {
      const { number: mostInstant, count: mostCount } = instants;
      const isShort = deeds < fewest;
      const timedDeeds = isLog ? deeds : deeds - untimed.count;
      const found = [
        judged({
          code: "times-missing",
          count: untimed.count,
          of: deeds,
          fine: "Every list and outcome says when it happened.",
          wrong: "lists and outcomes have no time, and would count as happening when they are imported.",
          failAbove: 0.5,
          example: untimed.example,
          costs: "What came before what is lost: attribution, sessions, trends and the order of learning go wrong.",
          mend: 'Give each event its "time": ISO 8601 with a zone, or Unix milliseconds.',
        }),
        judged({
          code: "times-in-other-units",
          count: unit.count,
          of: timed,
          fine: "Times are in milliseconds.",
          wrong: "times are in another unit than milliseconds.",
          failAbove: 0,
          parts: units,
          example: unit.example,
          costs:
            "They lie decades away from where they belong: nothing is attributed, and everything counts as one instant.",
          mend: 'Convert "time" to Unix milliseconds (seconds × 1000), or write ISO 8601.',
        }),
        judged({
          code: "times-in-the-future",
          count: future.count,
          of: timed,
          fine: "No time lies in the future.",
          wrong: `times are later than ${isLog ? "their arrival" : timeOf(nowMs)}; they count as the arrival.`,
          failAbove: 0.05,
          example: future.example,
          costs: "A clock that is ahead, or a wrong time zone: what counts as the arrival loses its true order.",
          mend: "Set the clocks of those who send (NTP), and send times with their zone.",
        }),
        judged({
          code: "time-order",
          count: late.count,
          of: timed,
          fine: "Events are in the order of their times.",
          wrong: `events are earlier than one before them, by up to ${span(latestByMs)}.`,
          warnAbove: 0.0001,
          failAbove: 0.1,
          example: late.example,
          costs:
            "They are folded late: an outcome that comes before its slate may join nothing, and trends count twice or not at all.",
          mend: "Sort the file by time before it is imported; live, send events when they happen.",
        }),
        judged({
          code: "time-jumps",
          count: jumps.count >= 2 || jumps.count === stepsBack ? jumps.count : 0,
          of: timed,
          fine: "Times take no step back by whole hours.",
          wrong: `times step back by whole hours (${whole(stepsBack)} steps back of half an hour and more in all).`,
          // By chance, one step in thirty ends so close to a whole hour.
          warnAbove: stepsBack > 0 && jumps.count < 0.3 * stepsBack ? 1 : 0,
          parts: jumpHours,
          example: jumps.example,
          costs: "Local times without a zone: two time zones are mixed, or an hour comes twice when summer time ends.",
          mend: 'Write times with their zone ("2026-10-25T02:30:00+01:00"), or in UTC.',
        }),
        judged({
          code: "one-time-for-all",
          count: isShort || mostCount <= 0.1 * timedDeeds ? 0 : mostCount,
          of: timedDeeds,
          fine: "Times tell events apart.",
          wrong: `lists and outcomes have one and the same time, ${timeOf(mostInstant)}.`,
          failAbove: 0.5,
          example: instantExample.example,
          costs: "Nothing came before anything else: no session, no trend, no order to learn in.",
          mend: "Send the time when it happened, not the one of the export.",
        }),
        judged({
          code: "days-instead-of-times",
          count: isShort || atMidnight <= 0.5 * timedDeeds ? 0 : atMidnight,
          of: timedDeeds,
          fine: "Times say the hour.",
          wrong: "lists and outcomes happened in the first second of a day: they say the day only.",
          example: undefined,
          costs:
            "What a shopper did on one day has no order: no sessions, and what was bought after what is guessed from the order in the file.",
          mend: "Export the time with hours and minutes.",
        }),
      ];
      if (isLog) found.push(lagFinding());
      return found;
    },
  };

  /** How much later than it happened an event arrived: whole hours are a wrong zone. */
  function noteLag(seen: SeenEvent, lagMs: number): void {
    const hours = Math.round(lagMs / hourMs);
    if (hours === 0 || Math.abs(hours) > hoursMax || Math.abs(lagMs - hours * hourMs) > wholeHourMs) return;
    lagged.add(seen, `arrived ${span(Math.abs(lagMs))} ${lagMs > 0 ? "after" : "before"} its time`);
    lagHours.add(`${hours} h`);
  }

  function lagFinding(): Finding {
    const [, most] = lagHours.largest()[0] ?? ["", 0];
    return judged({
      code: "whole-hours-late",
      // An import of history arrives at any distance; a zone arrives at one.
      count: lagged.count >= 10 && most > 0.7 * lagged.count && lagged.count > 0.2 * deeds ? lagged.count : 0,
      of: deeds,
      fine: "Nothing arrives whole hours after its time.",
      wrong: `lists and outcomes arrived whole hours away from their own time (${percent(most / lagged.count)} at the same distance).`,
      parts: lagHours,
      example: lagged.example,
      costs: "Their times are in a wrong zone: they join lists of other hours, or none.",
      mend: "Send times in UTC, or with their zone.",
    });
  }
}

/** What a time that cannot be one in milliseconds was meant in, and how many milliseconds one of that is. */
export function unitOf(time: number, nowMs: number): [name: string | undefined, factor: number] {
  const isPlausible = (ms: number): boolean => ms >= oldestMs && ms <= nowMs + 366 * dayMs;
  if (isPlausible(time)) return [undefined, 1];
  if (isPlausible(time * 1000)) return ["seconds", 1000];
  if (isPlausible(time / 1000)) return ["microseconds", 1 / 1000];
  return [undefined, 1];
}
