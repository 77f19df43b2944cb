/**
 * The linear learners: rows a second of 50 features, one by one without a list, as Vowpal Wabbit is measured; lists of 20 rows with
 * the default crosses; the kernel against its plain twin, which rounds as it does, and against the same learner in 64 bits.
 */
import { type Lesson, verdict } from "../../src/core/lesson.ts";
import { type Random, random } from "../../src/core/random.ts";
import { type ColumnSpec, Rows } from "../../src/core/rows.ts";
import { KernelMemory } from "../../src/kernels/kernel-memory.ts";
import { LinearTable, score, update } from "../../src/kernels/linear.ts";
import { SlotLists } from "../../src/kernels/slots.ts";
import { ftrl } from "../../src/models/ftrl.ts";
import { linear } from "../../src/models/linear.ts";
import { alone, type Family } from "../../src/models/model.ts";
import type { Benchmark, Measure, Setting } from "./benchmark.ts";
import { scaled } from "./benchmark.ts";

const fields = 50;
const bits = 20;
const rounds = 5;
/** Codes of a field; the first are frequent, as words and items are. */
const codes = 2000;

const columns: readonly ColumnSpec[] = Array.from({ length: fields }, (_, k) => ({ name: `field-${k}`, kind: "code" }));

function rowsOf(chance: Random, count: number): Rows {
  const rows = new Rows(fields, count);
  rows.resize(count);
  for (let k = 0; k < rows.dense.length; k++) rows.dense[k] = Math.floor(codes ** chance.next());
  return rows;
}

/** Lists of `size` rows, one chosen; of single rows, one in four. */
function lessonsOf(count: number, size: number): Lesson[] {
  const chance = random("learners");
  return Array.from({ length: count }, () => {
    const picked = chance.int(Math.max(4, size));
    const verdicts = Uint8Array.from({ length: size }, (_, i) => (i === picked ? verdict.chosen : verdict.passedOver));
    return {
      ...{ rows: rowsOf(chance, size), verdict: verdicts, position: Int32Array.from(verdicts, (_, i) => i) },
      ...{ orderedByEngine: false, surface: -1, weight: 1, isChoice: size > 1 },
    };
  });
}

/** Best of some rounds, of calls a second. */
function perSecond(times: number, work: (n: number) => void): number {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const beganMs = performance.now();
    for (let n = 0; n < times; n++) work(n);
    best = Math.max(best, (1000 * times) / (performance.now() - beganMs));
  }
  return best;
}

function taught(make: () => Family, lessons: readonly Lesson[]): number {
  const family = make();
  return perSecond(lessons.length, (n) => family.learn(lessons[n]!)) * lessons[0]!.rows.count;
}

/** Rows a second that a table scores and is taught, by the kernel or by its plain twin. */
function tableRows(setting: Setting, isPlain: boolean): number {
  const constants = { alpha: [0.02, 0.06, 0.2, 0.1], beta: 1, variance: [0.1, 0.1], drift: [0, 1e-4] };
  const memory = new KernelMemory();
  const lists = new SlotLists(memory, fields);
  const table = new LinearTable(memory, 1 << bits, lists, constants);
  const chance = random("table");
  const count = 2000;
  lists.makeRoom(count);
  table.makeRoom(count);
  const { slots, starts } = lists;
  for (let k = 0; k < count * fields; k++) slots[k] = (Math.floor(codes ** chance.next()) * 2654435761) >>> 12;
  for (let i = 0; i <= count; i++) starts[i] = i * fields;
  table.step.set([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.01, -0.01]);
  const rows = perSecond(scaled(20, setting), () => {
    if (isPlain) score(table, 0, count);
    else table.score(0, count);
    for (let row = 0; row < count; row++)
      if (isPlain) update(table, row, true);
      else table.update(row, true);
  });
  return rows * count;
}

export const learners: Benchmark = {
  name: "learners",
  limitMs: 180_000,
  async run(setting) {
    const options = { columns, terms: columns.map(({ name }) => [name]), bits };
    const single = lessonsOf(scaled(100_000, setting), 1);
    const lists = lessonsOf(scaled(5000, setting), 20);
    const rate = (what: string, value: number, bounds: Partial<Measure> = {}): Measure => ({
      ...{ what, value, unit: "/s", isRate: true },
      ...bounds,
    });
    const kernelRows = tableRows(setting, false);
    return [
      rate(
        "learn rows of 50 features one by one, six linear learners",
        taught(() => linear({ ...options, listwise: 0 }), single),
        { hold: 400_000 },
      ),
      rate(
        "learn rows of 50 features one by one, one FTRL in plain code and 64 bits",
        taught(() => alone(ftrl({ ...options, listwise: 0 })), single),
      ),
      rate(
        "learn rows in lists of 20, six linear learners",
        taught(() => linear(options), lists),
      ),
      rate(
        "learn rows in lists of 20, one FTRL in plain code and 64 bits",
        taught(() => alone(ftrl(options)), lists),
      ),
      rate("score and teach 50 slots, six weights each, kernel", kernelRows),
      {
        ...{ what: "the kernel's speed over its plain twin's", unit: "", isRate: true },
        value: Math.round((10 * kernelRows) / tableRows(setting, true)) / 10,
      },
    ];
  },
};
