/** Each fault that is planted into a sound history is found by its name, with the count that was planted, and nothing else is said. */
import { describe, expect, test } from "vitest";
import { manualClock } from "../../src/core/clock.ts";
import type { DoctorReport } from "../../src/doctor/examination.ts";
import { examine } from "../../src/examine.ts";
import { type Event, soundHistory } from "./planting.ts";
import { chanceOf, planters } from "./plants.ts";

const clock = manualClock(Date.UTC(2026, 10, 22));
const sound = soundHistory();
const examined = (events: readonly Event[], options = {}): Promise<DoctorReport> =>
  examine(events, { clock, ...options });
const wrong = ({ findings }: DoctorReport): string[] =>
  findings.filter(({ status }) => status !== "PASS").map(({ code }) => code);

test("of a sound history every check says PASS", async () => {
  const report = await examined(sound);
  expect(wrong(report)).toEqual([]);
  expect(report).toMatchObject({ status: "PASS", failed: 0, warned: 0, events: sound.length, items: 300 });
  expect(new Set(report.findings.map(({ code }) => code)).size).toBe(report.findings.length);
});

describe("a planted fault is found by name, with its count, and is the only one:", () => {
  test.each(Object.entries(planters))("%s", async (name, plant) => {
    const events = structuredClone(sound);
    const { code, count, status = "WARN", also = [] } = plant(events, chanceOf(name));
    const report = await examined(events);
    const finding = report.findings.find((one) => one.code === code);
    expect(finding, code).toMatchObject({ count, status });
    expect(finding).toHaveProperty("costs");
    expect(finding).toHaveProperty("mend");
    expect(wrong(report).filter((one) => one !== code && !also.includes(one))).toEqual([]);
    expect(report.status).toBe(report.failed > 0 ? "FAIL" : "WARN");
  });
});
