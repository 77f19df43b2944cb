import { describe, expect, test } from "vitest";
import { registers } from "../core/columns.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import type { Rows } from "../core/rows.ts";
import { checksum, state } from "../core/state.ts";
import { choice } from "./choice.ts";
import { ftrl } from "./ftrl.ts";
import { columns, lessonOf, predictions, promises, restore, rowsOf, type Subject } from "./model.check.ts";
import { alone, type Family } from "./model.ts";
import { type Panel, panel } from "./panel.ts";

const terms = [["repeated", "x"], ["repeated", "y"], ["repeated"], ["x", "y", "item"], ["item", "one"], ["one"]];
const ftrlAt = (alpha: number) => () =>
  alone(ftrl({ name: `ftrl ${alpha}`, alpha, columns, terms, prior: "prior", regime: "repeated", bits: 12 }));
const choiceAt = (rate: number) => () =>
  alone(choice({ name: `choice ${rate}`, rate, columns, repeated: "repeated", prior: { x: [0.1, -0.2] } }));

const subjects: readonly Subject[] = [
  { name: "panel", make: () => panel({ families: [0.02, 0.06, 0.2].map(ftrlAt) }), skips: {} },
  {
    name: "panel of shares",
    make: () => panel({ loss: "softmax", families: [0.1, 0.3].map(choiceAt) }),
    skips: { places: "its candidates were never shown in a list" },
  },
];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, needs, check } of promises) {
      const reason = needs && subject.skips[needs];
      if (reason) test.skip(`${name} (${reason})`, () => {});
      else test(name, () => check(subject));
    }
  });
}

/** A learner that learns nothing but how many lessons there were, and says what it is told to. */
function toy(
  name: string,
  says: (row: Float32Array, lessons: number) => number,
  { cost = 1, ...rest }: Partial<Family> = {},
): () => Family {
  return () => {
    const lessons = registers("lessons", 1);
    const logit = ({ dense, width }: Rows, row: number): number =>
      says(dense.subarray(row * width, (row + 1) * width), lessons.array[0]!);
    return {
      name,
      members: [name],
      state: state(`toy.${name}`, 1, [lessons]),
      get lessons() {
        return lessons.array[0]!;
      },
      cost,
      predict(rows, [out]) {
        for (let i = 0; i < rows.count; i++) out![i] = logit(rows, i);
      },
      learn: () => void lessons.array[0]!++,
      explain: (rows, row) => ({ bias: 0.25, contributions: [{ feature: "said", value: logit(rows, row) - 0.25 }] }),
      ...rest,
    };
  };
}

const first = toy("first", ([x]) => 2 * x!);
const second = toy("second", ([, y]) => 2 * y!);

/** Lessons of four rows with two numbers, which are chosen as `truth` says. */
function teach(
  model: Panel,
  lessons: number,
  truth: (row: readonly number[]) => number,
  rest: Partial<Lesson> = {},
): void {
  const chance = random("toys");
  for (let n = 0; n < lessons; n++) {
    const rows = Array.from({ length: 4 }, () => [chance.normal(), chance.normal()]);
    const said = rows.map((row) =>
      chance.next() < 1 / (1 + Math.exp(-truth(row))) ? verdict.chosen : verdict.passedOver,
    );
    model.learn(lessonOf(rowsOf(rows, 2), said, rest));
  }
}
const byX = ([x]: readonly number[]): number => 2 * x! - 1;
const byY = ([, y]: readonly number[]): number => 2 * y! - 1;
const three = [
  [1, 0],
  [0, 1],
  [-2, 3],
];
const some = (): Rows => rowsOf(three, 2);
const weightOf = (model: Panel, name: string): number => model.report().find((member) => member.name === name)!.weight;
const stateOf = (model: Panel, name: string): string => model.report().find((member) => member.name === name)!.state;

describe("the weights", () => {
  test("go to who predicts well, and turn round when the world does", () => {
    const model = panel({ families: [first, second] });
    expect(model.report().map(({ weight }) => weight)).toEqual([0.5, 0.5]);
    teach(model, 500, byX);
    expect(weightOf(model, "first")).toBeGreaterThan(0.99);
    teach(model, 5000, byX);
    // However long it was of no use, it needs no longer than this.
    teach(model, 60, byY);
    expect(weightOf(model, "second")).toBeGreaterThan(0.9);
    expect(weightOf(model, "first") + weightOf(model, "second")).toBeCloseTo(1, 12);
  });

  test("of surfaces are apart; one not met before starts from all of them", () => {
    const model = panel({ families: [first, second] });
    teach(model, 300, byX, { surface: 3 });
    teach(model, 100, byY, { surface: 8 });
    const [one, other] = model.report();
    expect(one!.surfaces.map(({ surface }) => surface)).toEqual([3, 8]);
    expect(one!.surfaces[0]!.weight).toBeGreaterThan(0.99);
    expect(other!.surfaces[1]!.weight).toBeGreaterThan(0.99);
    const rows = some();
    const onSurface = (surface: number): number[] => {
      rows.surface = surface;
      return [...predictions(model, rows)];
    };
    expect(onSurface(3)[0]).toBeGreaterThan(onSurface(3)[1]!);
    expect(onSurface(8)[0]).toBeLessThan(onSurface(8)[1]!);
    expect(onSurface(5)).toEqual(onSurface(-1));
    expect(onSurface(5)).not.toEqual(onSurface(3));
  });

  test("of all surfaces are of who needs no line of each", () => {
    const aware = toy("aware", ([x, y, side]) => 2 * x! + 0.6 * y! + 2 * side!);
    const model = panel({ families: [first, aware] });
    const chance = random("sides");
    for (let n = 0; n < 4000; n++) {
      const side = n % 2 === 0 ? 1 : -1;
      const rows = Array.from({ length: 4 }, () => [chance.normal(), chance.normal(), side]);
      const said = rows.map(([x]) =>
        chance.next() < 1 / (1 + Math.exp(-2 * x! - 2 * side)) ? verdict.chosen : verdict.passedOver,
      );
      model.learn(lessonOf(rowsOf(rows, 3), said, { surface: n % 2 }));
    }
    const [one, other] = model.report();
    expect(Math.min(...one!.surfaces.map(({ weight }) => weight))).toBeGreaterThan(0.9);
    expect(other!.weight).toBeGreaterThan(0.9);
  });

  test("do not judge again a choice that is only worth more", () => {
    const model = panel({ families: [first, second] });
    teach(model, 30, byX);
    const [report, live] = [model.report(), model.live()];
    teach(model, 30, byY, { isWorthMore: true });
    expect(model.live()).toEqual(live);
    expect(model.report()).toEqual(report.map((member) => ({ ...member, lessons: 60 })));
  });

  test("and lines that a new surface takes over are soon its own", () => {
    const model = panel({ families: [first, second] });
    teach(model, 5000, byX, { surface: 3 });
    teach(model, 1, byX, { surface: 8 });
    expect(model.report()[0]!.surfaces[1]!.weight).toBeGreaterThan(0.99);
    teach(model, 300, (row) => byX(row) + 2, { surface: 8 });
    const rows = rowsOf([[0, 0]], 2);
    const on = (surface: number): number => {
      rows.surface = surface;
      return predictions(model, rows)[0]!;
    };
    expect(Math.abs(on(3) + 1)).toBeLessThan(0.1);
    expect(on(8)).toBeGreaterThan(0);
  });

  test("of the surface taught longest ago make room for a 65th", () => {
    const model = panel({ families: [first, second] });
    for (let surface = 0; surface < 64; surface++) teach(model, 1, byX, { surface });
    teach(model, 1, byX, { surface: 0 });
    teach(model, 1, byX, { surface: 99 });
    const surfaces = model.report()[0]!.surfaces.map(({ surface }) => surface);
    expect(surfaces).toHaveLength(64);
    expect([surfaces.includes(0), surfaces.includes(1), surfaces.includes(99)]).toEqual([true, false, true]);
  });

  test("of choices follow the share that the chosen had", () => {
    const model = panel({ loss: "softmax", families: [first, second] });
    const chance = random("shares");
    for (let n = 0; n < 400; n++) {
      const rows = Array.from({ length: 5 }, () => [chance.normal(), chance.normal()]);
      const best = rows.reduce((top, [, y], i) => (y! > rows[top]![1]! ? i : top), 0);
      const said = rows.map((_, i) => (i === best ? verdict.chosen : verdict.passedOver));
      model.learn(lessonOf(rowsOf(rows, 2), said));
    }
    expect(weightOf(model, "second")).toBeGreaterThan(0.99);
    expect(model.report()[1]!.calibration).toBeNull();
    expect(model.report()[1]!.logLoss).toBeLessThan(model.report()[0]!.logLoss!);
    expect(model.live().logLoss).toBeLessThan(Math.log(5));
  });
});

describe("what is predicted", () => {
  test("holds, whatever the members' scale: chances come out as often as they say", () => {
    const model = panel({ families: [toy("loud", ([x]) => 9 + 8 * x!), toy("quiet", ([x]) => x! / 5)] });
    teach(model, 20_000, byX);
    const [one, other, third] = predictions(model, some()) as unknown as number[];
    expect(Math.abs(one! - 1)).toBeLessThan(0.1);
    expect(Math.abs(other! + 1)).toBeLessThan(0.1);
    expect(Math.abs(third! + 5)).toBeLessThan(0.4);
    expect(Math.abs(model.live().calibration! - 1)).toBeLessThan(0.05);
    const alone = [0, 1].map(() => new Float64Array(3));
    model.predictMembers(some(), alone);
    for (const logits of alone) expect(Math.abs(logits[0]! - 1)).toBeLessThan(0.3);
  });

  test("is explained by the members' parts, those of one name together", () => {
    const model = panel({ families: [first, second] });
    teach(model, 40, byX, { surface: 4 });
    const rows = some();
    rows.surface = 4;
    predictions(model, rows).forEach((logit, i) => {
      const { bias, contributions } = model.explain(rows, i);
      expect(contributions.map(({ feature }) => feature)).toEqual(["said"]);
      expect(bias + contributions[0]!.value).toBeCloseTo(logit, 10);
    });
  });

  test("in lists that the engine ordered, is what holds at the mean of the places, members judged with theirs", () => {
    const placed = toy("placed", ([x]) => 2 * x!, { placeBias: (_, position) => 0 - position });
    const model = panel({ families: [placed, toy("blind", ([x]) => 2 * x!)] });
    const chance = random("placed");
    for (let n = 0; n < 8000; n++) {
      const rows = Array.from({ length: 4 }, () => [chance.normal(), chance.normal()]);
      const said = rows.map((row, position) =>
        chance.next() < 1 / (1 + Math.exp(position - byX(row))) ? verdict.chosen : verdict.passedOver,
      );
      model.learn(lessonOf(rowsOf(rows, 2), said, { orderedByEngine: true, surface: 7 }));
    }
    expect(weightOf(model, "placed")).toBeGreaterThan(0.99);
    const rows = rowsOf(three, 2);
    rows.surface = 7;
    const logits = predictions(model, rows);
    expect(Math.abs(logits[1]! + 2.5)).toBeLessThan(0.15);
    expect(Math.abs(logits[0]! - logits[1]! - 2)).toBeLessThan(0.15);
  });

  test("leaves out what is no number, row by row, and holds down what is too large", () => {
    const model = panel({ families: [toy("gaps", ([x]) => (x === 0 ? Number.NaN : 2 * x!)), first, second] });
    const rows = some();
    const logits = predictions(model, rows);
    expect([...logits]).toEqual([expect.closeTo(4 / 3, 12), expect.closeTo(1, 12), expect.closeTo(-2 / 3, 12)]);
    logits.forEach((logit, i) => {
      const { bias, contributions } = model.explain(rows, i);
      expect(bias + contributions.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(logit, 12);
    });
    const huge = panel({ families: [toy("huge", () => 1e300), toy("endless", () => Number.POSITIVE_INFINITY), first] });
    expect(predictions(huge, rows)[0]).toBeCloseTo((50 + 50 + 2) / 3, 10);
  });

  test("has the variance of who knows it, and the place bias of who learns it", () => {
    const sure = toy("sure", ([x]) => 2 * x!, {
      variance: (rows, out) => void out.fill(0.5, 0, rows.count),
      placeBias: (_, position) => 0 - position,
    });
    const out = new Float64Array(3);
    const model = panel({ families: [first, sure] });
    model.variance(some(), out);
    expect([...out]).toEqual([0.5, 0.5, 0.5]);
    expect([0, 1, 2].map((position) => model.placeBias(-1, position))).toEqual([0, -1, -2]);
    // In the panel's scale: half of what the member says is true, so half of its deviation.
    const twofold = { ...sure(), predict: toy("twice", ([x]) => 4 * x!)().predict };
    const taught = panel({ families: [() => twofold] });
    teach(taught, 5000, byX);
    taught.variance(some(), out);
    expect(Math.abs(out[0]! - 0.5 / 4)).toBeLessThan(0.02);
    expect(Math.abs(taught.placeBias(-1, 3) + 1.5)).toBeLessThan(0.1);
    const scaled = panel({ families: [sure] });
    const [chunk] = scaled.state.buffers.find(({ name }) => name === "whole-lines")!.chunks();
    new Float64Array(chunk!.buffer, chunk!.byteOffset)[1] = 3;
    scaled.variance(some(), out);
    expect([out[0], scaled.placeBias(-1, 2), predictions(scaled, some())[0]]).toEqual([4.5, -6, 6]);
    const ignorant = panel({ families: [first] });
    ignorant.variance(some(), out);
    expect([...out]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(ignorant.placeBias(-1, 3)).toBe(0);
  });
});

describe("who is heard", () => {
  test("one that explodes is put aside and told, then begins anew, and is on once it spoke sense for long", () => {
    const model = panel({ families: [first, toy("explosive", ([x], n) => (n > 50 && n < 2000 ? 1e9 : 1) * x!)] });
    teach(model, 50, byX);
    expect(stateOf(model, "explosive")).toBe("on");
    teach(model, 12, byX);
    expect(model.report()[1]).toMatchObject({ state: "put aside", reason: "it said what no other would", weight: 0 });
    expect(Math.max(...predictions(model, some()))).toBeLessThan(5);
    teach(model, 1030, byX);
    expect(model.report()[1]).toMatchObject({ state: "on trial", reason: "it said what no other would" });
    expect(model.report()[1]!.lessons).toBeLessThan(50);
    expect(weightOf(model, "explosive")).toBeGreaterThan(0);
  });

  test("one that says now and then what no other would is heard on", () => {
    const model = panel({ families: [first, toy("loud", ([x], n) => (n % 40 === 7 ? 1e9 : 1) * x!)] });
    teach(model, 2000, byX);
    expect(stateOf(model, "loud")).toBe("on");
  });

  test("one that says what is no number never reaches the answer, and waits longer each time", () => {
    const model = panel({ families: [first, toy("broken", ([x], n) => (n % 100 > 50 ? Number.NaN : x!))] });
    const waits: number[] = [];
    for (let n = 0, asideAt = 0; n < 9000; n++) {
      const before = stateOf(model, "broken");
      teach(model, 1, byX);
      expect([...predictions(model, some())].every(Number.isFinite)).toBe(true);
      const now = stateOf(model, "broken");
      if (now === "put aside" && before !== now) asideAt = n;
      if (now === "on trial" && before !== now) waits.push(n - asideAt);
    }
    expect(waits.slice(0, 3)).toEqual([1024, 2048, 4096]);
    expect(weightOf(model, "broken") + weightOf(model, "first")).toBeCloseTo(1, 12);
  });

  test("a place that adds what is no number adds nothing", () => {
    const placed = toy("placed", ([x]) => x!, { placeBias: (_, position) => (position === 1 ? Number.NaN : 0) });
    const model = panel({ families: [first, placed] });
    teach(model, 100, byX, { orderedByEngine: true, surface: 3 });
    expect(weightOf(model, "first") + weightOf(model, "placed")).toBeCloseTo(1, 12);
    expect([...predictions(model, some())].every(Number.isFinite)).toBe(true);
  });

  test("one that begins anew is judged by its own places", () => {
    const says: Partial<Family> = { placeBias: () => (isSick ? 9 : 0) };
    let isSick = true;
    const model = panel({ families: [first, toy("placed", ([x], n) => (n > 300 ? Number.NaN : x!), says)] });
    const means = (): number[] => {
      const [chunk] = model.state.buffers.find(({ name }) => name === "place-means")!.chunks();
      return [...new Float64Array(chunk!.buffer, chunk!.byteOffset, 4)];
    };
    teach(model, 310, byX, { orderedByEngine: true, surface: 3 });
    expect(means()[1]).toBeGreaterThan(8);
    isSick = false;
    for (let n = 0; n < 2000 && stateOf(model, "placed") !== "on trial"; n++)
      teach(model, 1, byX, { orderedByEngine: true, surface: 3 });
    expect(means()).toEqual([0, 0, 0, 0]);
  });

  test("one that begins anew is not told that it has predicted the lesson: another had", () => {
    const told: (boolean | undefined)[] = [];
    const learn = (_: Lesson, isPredicted?: boolean): void => void told.push(isPredicted);
    teach(panel({ families: [first, toy("sick", () => Number.NaN, { learn })] }), 1500, byX);
    expect(told.length).toBe(1500);
    expect(told.flatMap((one, n) => (one === true ? [] : [n]))).toEqual([1024]);
  });

  test("one of a family is put aside alone, and heard again when it speaks sense", () => {
    const pair = toy("pair", () => 0, {
      members: ["sound", "sick"],
      predict(rows, [sound, sick]) {
        for (let i = 0; i < rows.count; i++) {
          sound![i] = rows.dense[i * rows.width]!;
          sick![i] = isSick ? Number.NaN : rows.dense[i * rows.width]!;
        }
      },
    });
    let isSick = true;
    const model = panel({ families: [pair] });
    teach(model, 10, byX);
    expect([stateOf(model, "sound"), stateOf(model, "sick")]).toEqual(["on", "put aside"]);
    expect(weightOf(model, "sound")).toBe(1);
    teach(model, 1500, byX);
    expect(stateOf(model, "sick")).toBe("put aside");
    isSick = false;
    teach(model, 1030, byX);
    expect(stateOf(model, "sick")).toBe("on trial");
    teach(model, 16_500, byX);
    expect(stateOf(model, "sick")).toBe("on");
  });

  test("with nobody left what comes out is no number, and the next lessons are borne", () => {
    const model = panel({ families: [toy("none", () => Number.NaN)] });
    teach(model, 5, byX);
    expect(predictions(model, some())[0]).toBeNaN();
    expect(model.explain(some(), 0).contributions).toEqual([]);
    teach(model, 2000, byX);
    expect(model.lessons).toBe(2005);
  });

  test("one that costs more than it brings is switched off, comes back on trial, and stays when the world has become its own", () => {
    let isGood = false;
    let asked = 0;
    const says = ([x, y]: Float32Array): number => {
      asked++;
      return isGood ? 2 * y! : x! * y!;
    };
    const dear = toy("dear", says, { cost: 10 });
    const useless = toy("cheap", ([x, y]) => x! * y!);
    const model = panel({ families: [first, useless, dear] });
    teach(model, 16_000, byX);
    expect(stateOf(model, "dear")).toBe("on");
    teach(model, 1500, byX);
    expect(model.report()[2]).toMatchObject({ state: "off", reason: "it cost more than it brought", weight: 0 });
    expect(stateOf(model, "cheap")).toBe("on");
    asked = 0;
    teach(model, 60_000, byX);
    predictions(model, some());
    expect(asked).toBe(0);
    expect(weightOf(model, "first") + weightOf(model, "cheap")).toBeCloseTo(1, 12);
    teach(model, 6000, byX);
    expect(stateOf(model, "dear")).toBe("on trial");
    isGood = true;
    teach(model, 17_000, byY);
    expect(stateOf(model, "dear")).toBe("on");
  });

  test("restored in the middle of it all, it goes on the same", () => {
    const make = () =>
      panel({
        families: [
          first,
          toy("dear", ([, y]) => y!, { cost: 10 }),
          toy("broken", ([x], n) => (n % 5000 > 4990 ? Number.NaN : x!)),
        ],
      });
    const original = make();
    teach(original, 22_000, byX, { surface: 2 });
    const restored = make();
    restore(original.state, restored.state);
    expect(restored.report()).toEqual(original.report());
    expect(original.report().map((member) => member.state)).toEqual([
      "on",
      "off",
      expect.stringMatching(/trial|aside/),
    ]);
    for (const model of [original, restored]) teach(model, 3000, byY, { surface: 6 });
    expect(checksum([restored.state])).toBe(checksum([original.state]));
    expect(predictions(restored, some())).toEqual(predictions(original, some()));
  });
});
