/** When does the shop sleep? People shop least at night, so the quietest hours tell in which zone times were written. */
import { dayMs, hourMs } from "../core/clock.ts";
import { type Finding, judged, Tally, whole } from "./finding.ts";
import type { Check } from "./seen.ts";

const quietHours = 5;
const fewest = 2000;
/** The quietest five hours hold 21 % where all hours are alike; with less than this there is a night. */
const nightShare = 0.1;
/** Windows whose shares differ by less are equally quiet. */
const alikeShare = 0.005;
/** Where the middle of a night may lie, by local hours. */
const nightFrom = 0;
const nightTo = 7.5;
const zoneless = /^[^Zz+]*$/;
/** Not +00:00, which is how some write UTC. */
const withOffset = /([+-])(?!00:?00)(\d{2}):?(\d{2})$/;

/** `zone`: of the shop, as IANA names it; else hours as they were written count as local. */
export function hours(zone: string | undefined): Check {
  /** By hour, as written and as UTC. */
  const written = new Float64Array(24);
  const utc = new Float64Array(24);
  const unzoned = new Tally();
  let timed = 0;
  let localCount = 0;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    see(seen) {
      const { event, raw } = seen;
      if (!seen.isTimed || (event.type !== "slate" && event.type !== "outcome")) return;
      const { time } = event;
      timed++;
      utc[Math.floor(time / hourMs) % 24]!++;
      firstMs = Math.min(firstMs, time);
      lastMs = Math.max(lastMs, time);
      const text = (raw as { time?: unknown } | null)?.time;
      let offsetMs = 0;
      if (typeof text === "string" && text.length > 10) {
        const offset = text.endsWith("Z") ? null : withOffset.exec(text.slice(10));
        if (offset) {
          localCount++;
          offsetMs = (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
        } else if (zoneless.test(text.slice(10))) {
          localCount++;
          unzoned.add(seen);
        }
      }
      written[((Math.floor((time + offsetMs) / hourMs) % 24) + 24) % 24]!++;
    },

    findings() {
      return [
        judged({
          code: "times-without-zone",
          count: unzoned.count,
          of: timed,
          fine: "No time lacks its zone.",
          wrong: "times have no zone; they are read as UTC.",
          // Written in UTC without saying so, they are right: only what else speaks against them is worth a word.
          warnAbove: isMixed() ? 0 : 1,
          example: unzoned.example,
          costs: "Some times have a zone and some have none: those are off by hours if they are local.",
          mend: 'Write every time with its zone, as in "2026-11-22T09:00:00+01:00", or with a Z.',
        }),
        night(),
      ];
    },
  };

  function isMixed(): boolean {
    return unzoned.count > 0 && unzoned.count < timed;
  }

  function night(): Finding {
    const code = "time-zone";
    if (timed < fewest || lastMs - firstMs < 2 * dayMs)
      return pass(code, "Too few events, or too short a time, to tell night from day.");
    const shift = zone === undefined ? 0 : offsetHours(zone, lastMs);
    const byHour = zone === undefined ? written : Float64Array.from(utc, (_, hour) => utc[(hour - shift + 48) % 24]!);
    if (Math.max(...byHour) > 0.5 * timed)
      return pass(code, "Most times are of one hour of the day: they tell no night.");
    const { from, share } = quietest(byHour);
    if (share > nightShare) return pass(code, "Shoppers come at all hours; no night can be told from day.");
    const middle = (from + quietHours / 2) % 24;
    const place = `The quietest hours are from ${clock(from)} to ${clock(from + quietHours)}`;
    const isLocal = zone !== undefined || localCount > 0.9 * timed;
    if (!isLocal) {
      const east = Math.round((27.5 - middle) % 24);
      const at = east > 12 ? east - 24 : east;
      return pass(
        code,
        `${place} UTC: night in a shop near UTC${at < 0 ? "−" : "+"}${Math.abs(at)}. Name its zone with --zone to have that checked.`,
      );
    }
    const whose = zone === undefined ? "local time, as written" : `in ${zone}`;
    if (middle >= nightFrom && middle <= nightTo) return pass(code, `${place} ${whose}: that is a night.`);
    return {
      code,
      status: "WARN",
      message: `${place} ${whose}: that is no night.`,
      count: Math.round(share * timed),
      of: timed,
      share,
      example: { where: "by hour, from 0 to 23", excerpt: [...byHour].map(whole).join(" ") },
      costs:
        "Times are hours away from when things happened, or written in two ways: what depends on hours and days is off, and outcomes join the wrong lists.",
      mend: "Look at one event whose time you know; then write times in UTC, or with the right zone.",
    };
  }
}

const pass = (code: string, message: string): Finding => ({ code, status: "PASS", message });

const clock = (hour: number): string => `${hour % 24}:00`;

/** The quiet hours with the fewest; where several are alike, as when the shop is closed, those in their middle. */
function quietest(byHour: Float64Array): { from: number; share: number } {
  const total = byHour.reduce((sum, count) => sum + count, 0);
  const shares = Array.from({ length: 24 }, (_, from) => {
    let sum = 0;
    for (let i = 0; i < quietHours; i++) sum += byHour[(from + i) % 24]!;
    return sum / total;
  });
  const least = Math.min(...shares);
  const isLeast = (from: number): boolean => shares[(from + 24) % 24]! <= least + alikeShare;
  let from = shares.indexOf(least);
  let after = from;
  while (isLeast(from - 1) && after - from < 23) from--;
  while (isLeast(after + 1) && after - from < 23) after++;
  return { from: (Math.floor((from + after) / 2) + 24) % 24, share: least };
}

/** Hours that the zone was ahead of UTC at that moment, whole ones. Throws a RangeError for a zone that there is not. */
export function offsetHours(zone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hour: "numeric",
    hourCycle: "h23",
    timeZoneName: "longOffset",
  });
  const name = parts.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const offset = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
  return offset ? Math.round((offset[1] === "-" ? -1 : 1) * (Number(offset[2]) + Number(offset[3]) / 60)) : 0;
}
