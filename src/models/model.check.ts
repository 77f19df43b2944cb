/** What every model promises, as checks that run on each implementation. */
import { expect } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import { type ColumnSpec, Rows } from "../core/rows.ts";
import { checksum, type State } from "../core/state.ts";
import type { Model } from "./model.ts";

/** One implementation on {@link columns}; each call of `make` gives a new, untaught model. */
export interface Subject {
  readonly name: string;
  make(): Model;
  /** What it does not claim → why. */
  readonly skips: Partial<Record<Need, string>>;
}

type Need = "places" | "learning";

export interface Promised {
  readonly name: string;
  readonly needs?: Need;
  check(subject: Subject): void;
}
const promise = (name: string, check: Promised["check"], needs?: Need): Promised => ({
  name,
  check,
  ...(needs && { needs }),
});

/** Quantities that are small whole numbers, so that models of codes read them too; `item` is only a code, `prior` only a quantity. */
export const columns: readonly ColumnSpec[] = [
  { name: "one", kind: "number", isShared: true },
  { name: "repeated", kind: "number" },
  { name: "x", kind: "number" },
  { name: "y", kind: "number" },
  { name: "item", kind: "code", silent: -1 },
  { name: "prior", kind: "number" },
];

/** Rows of these values, in the order of {@link columns}. */
export function rowsOf(values: readonly (readonly number[])[], width = columns.length): Rows {
  const rows = new Rows(width, values.length);
  rows.resize(values.length);
  values.forEach((row, i) => {
    rows.dense.set(row, i * width);
  });
  return rows;
}

export function lessonOf(rows: Rows, verdicts: readonly number[], rest: Partial<Lesson> = {}): Lesson {
  return {
    ...{ rows, orderedByEngine: false, surface: -1, weight: 1, isChoice: verdicts.includes(verdict.chosen) },
    verdict: Uint8Array.from(verdicts),
    position: Int32Array.from(verdicts, (_, i) => i),
    ...rest,
  };
}

const ordinary = (chance: Random): number[] => [
  1,
  chance.int(2),
  chance.int(2),
  chance.int(2),
  chance.int(9) - 1,
  chance.int(3) === 0 ? chance.normal() : 0,
];

const outrageous = [0, -1, 1, -1e30, 1e30, 3.4e38, -3.4e38, 1e-38, 16_777_215, 99, 5000];
const extreme = (chance: Random): number[] =>
  columns.map(({ name, isShared }) =>
    isShared ? 1 : name === "repeated" ? chance.int(2) : outrageous[chance.int(outrageous.length)]!,
  );

/** A random lesson: any number of rows, any verdicts. */
function anyLesson(chance: Random, row = ordinary, weight = 0.5 + chance.next()): Lesson {
  const values = Array.from({ length: chance.int(13) }, () => row(chance));
  return lessonOf(
    rowsOf(values),
    values.map(() => chance.int(4)),
    {
      ...{ weight, surface: chance.int(4) - 1, orderedByEngine: chance.int(2) === 0, isChoice: chance.int(2) === 0 },
      position: Int32Array.from(values, () => chance.int(90)),
    },
  );
}

export function predictions(model: Model, rows: Rows): Float64Array {
  const out = new Float64Array(rows.count);
  model.predict(rows, out);
  return out;
}

/** Copies the bytes of one state into another, as a snapshot does. */
export function restore(from: State, to: State): void {
  to.buffers.forEach((buffer, b) => {
    const saved = from.buffers[b]!;
    const bytes = Buffer.concat(saved.chunks());
    let at = 0;
    buffer.restore(saved.length, (target) => target.set(bytes.subarray(at, (at += target.length))));
  });
  expect(checksum([to])).toBe(checksum([from]));
}

function taught(make: () => Model, seed: number, lessons = 300): Model {
  const model = make();
  const chance = random(seed);
  for (let i = 0; i < lessons; i++) model.learn(anyLesson(chance));
  return model;
}

const someRows = (seed: string, row = ordinary, count = 40): Rows => {
  const chance = random(seed);
  return rowsOf(Array.from({ length: count }, () => row(chance)));
};

/** The eight kinds of row, and how attractive each is, in logits: x draws to new items and puts off repeated ones, y the other way. */
export const kinds = [0, 1].flatMap((repeated) => [0, 1].flatMap((x) => [0, 1].map((y) => [1, repeated, x, y, -1, 0])));
export const attractionOf = ([, repeated, x, y]: readonly number[]): number =>
  repeated === 0 ? 2 * x! - y! : 0.5 - x! + 2 * y!;

/** Choices of one among six, by the softmax of what attracts. */
export function teachKnownWorld(model: Model, attraction: (row: readonly number[]) => number, lessons: number): void {
  const chance = random("known world");
  for (let n = 0; n < lessons; n++) {
    const list = Array.from({ length: 6 }, () => kinds[chance.int(kinds.length)]!);
    const shares = list.map((row) => Math.exp(attraction(row)));
    let left = chance.next() * shares.reduce((sum, share) => sum + share, 0);
    const picked = shares.findIndex((share) => (left -= share) < 0);
    const said = list.map((_, i) => (i === picked ? verdict.chosen : verdict.passedOver));
    model.learn(lessonOf(rowsOf(list), said));
  }
}

/** Indexes of the rows, best first. */
export const orderOf = (values: ArrayLike<number>): number[] =>
  Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);

/** Items in a bad order, shown at places that tire the look: clicks of the position-based kind. */
export function teachPlaces(model: Model, orderedByEngine: boolean): readonly number[] {
  const attraction = [1.4, 1, 0.6, 0.2, -0.2, -0.6, -1, -1.4];
  const chance = random("places");
  for (let n = 0; n < 12000; n++) {
    const noise = attraction.map((logit) => logit + 0.8 * chance.normal());
    const list = orderOf(noise).reverse();
    const said = list.map((item, position) => {
      const logit = attraction[item]! - 0.6 * position;
      return chance.next() < 1 / (1 + Math.exp(-logit)) ? verdict.chosen : verdict.passedOver;
    });
    const rows = rowsOf(list.map((item) => [1, 0, 0, 0, item, 0]));
    model.learn(lessonOf(rows, said, { orderedByEngine, surface: 2, isChoice: false }));
  }
  return attraction;
}

export const promises: readonly Promised[] = [
  promise("the same lessons leave the same bits", ({ make }) => {
    expect(checksum([taught(make, 1).state])).toBe(checksum([taught(make, 1).state]));
  }),

  promise(
    "other lessons leave other bits",
    ({ make }) => {
      expect(checksum([taught(make, 1).state])).not.toBe(checksum([taught(make, 2).state]));
    },
    "learning",
  ),

  promise("predicting and explaining change nothing", ({ make }) => {
    const [model, quiet] = [taught(make, 1), taught(make, 1)];
    const chance = random("between");
    for (let i = 0; i < 50; i++) {
      const rows = someRows(`rows ${i}`);
      const before = checksum([model.state]);
      expect(predictions(model, rows)).toEqual(predictions(model, rows));
      model.explain(rows, i % rows.count);
      expect(checksum([model.state])).toBe(before);
      const lesson = anyLesson(chance);
      model.learn(lesson);
      quiet.learn(lesson);
    }
    expect(checksum([model.state])).toBe(checksum([quiet.state]));
  }),

  promise("told that it has just predicted the rows, it learns the same", ({ make }) => {
    const [told, quiet] = [taught(make, 8), taught(make, 8)];
    const chance = random("told");
    for (let i = 0; i < 300; i++) {
      predictions(told, someRows(`before ${i}`));
      const lesson = anyLesson(chance);
      predictions(told, lesson.rows);
      told.learn(lesson, true);
      quiet.learn(lesson);
    }
    expect(checksum([told.state])).toBe(checksum([quiet.state]));
    const [rows, long] = [someRows("long list", ordinary, 700), someRows("long list", ordinary, 700)];
    const said = Array.from({ length: 700 }, (_, i) => (i === 650 ? verdict.chosen : verdict.passedOver));
    predictions(told, rows);
    told.learn(lessonOf(rows, said), true);
    quiet.learn(lessonOf(long, said));
    expect(checksum([told.state])).toBe(checksum([quiet.state]));
  }),

  promise("many rows are predicted as each alone", ({ make }) => {
    const model = taught(make, 3);
    const { width, dense, count } = someRows("many", ordinary, 700);
    const all = predictions(model, someRows("many", ordinary, 700));
    for (let i = 0; i < count; i += i < 40 ? 1 : 30) {
      const row = [...dense.subarray(i * width, (i + 1) * width)];
      expect(predictions(model, rowsOf([row]))[0]).toBe(all[i]);
    }
    expect(new Set(all).size).toBeGreaterThan(1);
  }),

  promise("more rows than ever before are predicted and learned", ({ make }) => {
    const model = make();
    const chance = random("long");
    const values = Array.from({ length: 5000 }, () => ordinary(chance));
    model.learn(
      lessonOf(
        rowsOf(values),
        values.map((_, i) => (i === 4000 ? verdict.chosen : verdict.passedOver)),
      ),
    );
    expect(predictions(model, rowsOf(values)).every(Number.isFinite)).toBe(true);
  }),

  promise("an empty list is predicted and learned", ({ make }) => {
    const model = make();
    model.learn(lessonOf(rowsOf([]), []));
    expect(predictions(model, rowsOf([]))).toHaveLength(0);
  }),

  promise("saved and restored, it goes on the same", ({ make }) => {
    const [original, restored] = [taught(make, 4), taught(make, 5)];
    restore(original.state, restored.state);
    expect(restored.lessons).toBe(original.lessons);
    const chance = random("after");
    for (let i = 0; i < 300; i++) {
      const lesson = anyLesson(chance);
      original.learn(lesson);
      restored.learn(lesson);
    }
    expect(checksum([restored.state])).toBe(checksum([original.state]));
    expect(predictions(restored, someRows("then"))).toEqual(predictions(original, someRows("then")));
  }),

  promise("a lesson of weight 0 teaches nothing", ({ make }) => {
    const model = taught(make, 6);
    const before = checksum([model.state]);
    const chance = random("weightless");
    for (let i = 0; i < 200; i++) model.learn(anyLesson(chance, ordinary, 0));
    expect(checksum([model.state])).toBe(before);
  }),

  promise(
    "the more a lesson weighs, the more it teaches",
    ({ make }) => {
      const pair = [kinds[2]!, kinds[1]!];
      const margins = [0, 0.25, 1, 4].map((weight) => {
        const model = make();
        model.learn(lessonOf(rowsOf(pair), [verdict.chosen, verdict.passedOver], { weight }));
        const [chosen, passedOver] = predictions(model, rowsOf(pair)) as unknown as [number, number];
        return chosen - passedOver;
      });
      expect(margins).toEqual([...new Set(margins)].sort((a, b) => a - b));
    },
    "learning",
  ),

  promise(
    "lessons are counted",
    ({ make }) => {
      const model = make();
      teachKnownWorld(model, attractionOf, 37);
      expect(model.lessons).toBe(37);
    },
    "learning",
  ),

  promise("finite under extreme rows, however long it learns them", ({ make }) => {
    const model = make();
    const chance = random("extreme");
    for (let i = 0; i < 2000; i++) {
      model.learn(anyLesson(chance, i % 3 === 0 ? ordinary : extreme, 10));
      if (i % 100 > 0) continue;
      for (const rows of [someRows(`${i}`), someRows(`${i}`, extreme)])
        expect([...predictions(model, rows)].filter((logit) => !Number.isFinite(logit))).toEqual([]);
    }
  }),

  promise("bias and contributions add up to the prediction", ({ make }) => {
    for (const model of [make(), taught(make, 7)]) {
      const rows = someRows("explained");
      predictions(model, rows).forEach((logit, i) => {
        const { bias, contributions } = model.explain(rows, i);
        const sum = contributions.reduce((total, { value }) => total + value, bias);
        expect(Math.abs(sum - logit)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(logit)));
      });
    }
  }),

  promise(
    "it learns a known world, the right way round",
    ({ make }) => {
      const model = make();
      teachKnownWorld(model, attractionOf, 4000);
      expect(orderOf(predictions(model, rowsOf(kinds)))).toEqual(orderOf(kinds.map(attractionOf)));
    },
    "learning",
  ),

  promise(
    "in lists that the engine ordered, place is learned beside the items and left out of what is predicted",
    ({ make }) => {
      const [aware, blind] = [make(), make()];
      const attraction = teachPlaces(aware, true);
      teachPlaces(blind, false);
      const rows = rowsOf(attraction.map((_, item) => [1, 0, 0, 0, item, 0]));
      const logits = predictions(aware, rows);
      expect(orderOf(logits)).toEqual(orderOf(attraction));
      // Half of the true differences at least: what place takes is not given to the items.
      const spread = (values: ArrayLike<number>): number => values[0]! - values[attraction.length - 1]!;
      expect(spread(logits)).toBeGreaterThan(0.5 * spread(attraction));
      // The world is hard enough: who takes place for merit has another order.
      expect(orderOf(predictions(blind, rows))).not.toEqual(orderOf(attraction));
    },
    "places",
  ),
];
