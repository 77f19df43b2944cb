/** Factorisation machines and matrix factorisation: rows learned a second, time to score a request, compiled kernels and plain code. */
import { stopwatchMs } from "../../src/core/clock.ts";
import { type Lesson, verdict } from "../../src/core/lesson.ts";
import { type Random, random } from "../../src/core/random.ts";
import { type ColumnSpec, Rows } from "../../src/core/rows.ts";
import { factorizationMachine } from "../../src/models/factorization-machine.ts";
import { matrixFactorization } from "../../src/models/matrix-factorization.ts";
import type { Model } from "../../src/models/model.ts";
import { type Benchmark, type Measure, percentile, scaled } from "./benchmark.ts";

/** Fields of the request, and of each candidate. */
const shared = 14;
const own = 16;
const listLength = 20;
const candidates = 1000;

const columns: readonly ColumnSpec[] = Array.from({ length: shared + own }, (_, c) => ({
  ...{ name: `column-${c}`, kind: "code" as const, silent: -1, isShared: c < shared },
}));

/** Codes as a shop has them: a third of the fields are ids, with a long tail, the others have a few values. */
function fill(rows: Rows, count: number, chance: Random): Rows {
  rows.resize(count);
  const code = (c: number): number => (c % 3 === 0 ? Math.floor(50_000 * chance.next() ** 3) : chance.int(12));
  for (let c = 0; c < rows.width; c++) {
    const ofAll = code(c);
    for (let i = 0; i < count; i++) rows.dense[i * rows.width + c] = c < shared ? ofAll : code(c);
  }
  return rows;
}

function lessonOf(chance: Random): Lesson {
  const chosen = chance.int(listLength);
  return {
    rows: fill(new Rows(columns.length, listLength), listLength, chance),
    verdict: Uint8Array.from({ length: listLength }, (_, i) => (i === chosen ? verdict.chosen : verdict.passedOver)),
    position: Int32Array.from({ length: listLength }, (_, i) => i),
    ...{ orderedByEngine: false, surface: -1, weight: 1, isChoice: true },
  };
}

function measured(what: string, model: Model, lists: number, rowsHold?: number, msHold?: number): Measure[] {
  const chance = random("factors");
  const lessons = Array.from({ length: 2000 }, () => lessonOf(chance));
  const warm = Math.min(lists, 2000);
  for (let n = 0; n < warm; n++) model.learn(lessons[n]!);
  const startedMs = stopwatchMs();
  for (let n = 0; n < lists; n++) model.learn(lessons[n % lessons.length]!);
  const seconds = (stopwatchMs() - startedMs) / 1000;
  const out = new Float64Array(candidates);
  const requests = Array.from({ length: 20 }, () => fill(new Rows(columns.length, candidates), candidates, chance));
  const times = Float64Array.from({ length: 400 }, (_, n) => {
    const before = stopwatchMs();
    model.predict(requests[n % requests.length]!, out);
    return stopwatchMs() - before;
  }).subarray(100);
  return [
    {
      what: `${what}: rows learned`,
      value: (lists * listLength) / seconds,
      unit: "/s",
      isRate: true,
      ...(rowsHold && { hold: rowsHold }),
    },
    {
      what: `${what}: ${candidates} candidates`,
      value: percentile(times.sort(), 0.5),
      unit: "ms",
      ...(msHold && { hold: msHold }),
    },
  ];
}

export const factors: Benchmark = {
  name: "factors",
  limitMs: 600_000,
  run: async (setting) => {
    const lists = scaled(20_000, setting);
    const names = columns.map(({ name }) => name);
    const item = names[shared + 1]!;
    const machine = (isFieldWeighted: boolean, isCompiled = true): Model =>
      factorizationMachine({ columns, fields: names, isFieldWeighted, isCompiled });
    const pairs = matrixFactorization({ columns, shopper: names[0]!, recent: names.slice(3, 7), item });
    return [
      ...measured("FM, 16 × 30 fields", machine(false), lists, 150_000, 0.3),
      ...measured("FwFM, 16 × 30 fields", machine(true), lists, 150_000),
      ...measured("FM, plain code", machine(false, false), Math.ceil(lists / 10)),
      ...measured("FwFM, plain code", machine(true, false), Math.ceil(lists / 10)),
      ...measured("matrix factorisation", pairs, lists),
    ];
  },
};
