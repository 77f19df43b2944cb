/** What a panel tells of a lesson before it learns it. */
import { expect, test } from "vitest";
import { type Lesson, verdict } from "../core/lesson.ts";
import { random } from "../core/random.ts";
import { checksum } from "../core/state.ts";
import { ftrl } from "./ftrl.ts";
import { columns, lessonOf, rowsOf } from "./model.check.ts";
import { alone } from "./model.ts";
import { type Panel, type PanelOptions, panel } from "./panel.ts";

const terms = [["x"], ["y"], ["item"]];
const families = [0.05, 0.2].map(
  (alpha) => () =>
    alone(ftrl({ name: `ftrl ${alpha}`, alpha, columns, terms, prior: "prior", regime: "repeated", bits: 12 })),
);
const make = (onPredicted?: PanelOptions["onPredicted"]): Panel =>
  panel({ families, ...(onPredicted && { onPredicted }) });

/** Lists of five, in half of which the upper places are chosen more often and in all of which x is liked. */
function* lessons(count: number): Generator<Lesson> {
  const chance = random("predicted");
  for (let n = 0; n < count; n++) {
    const values = Array.from({ length: 5 }, () => [1, 0, chance.int(2), chance.int(2), chance.int(5), 0]);
    const orderedByEngine = n % 2 === 0;
    const said = values.map(([, , x], place) =>
      chance.next() < 1 / (1 + Math.exp(1 - 2 * x! + (orderedByEngine ? place : 0)))
        ? verdict.chosen
        : verdict.passedOver,
    );
    const rows = rowsOf(values);
    rows.surface = n % 3;
    yield lessonOf(rows, said, { orderedByEngine, surface: n % 3 });
  }
}

test("orders as it would answer, and gives the chances that its live scores are of", () => {
  const predicted = new Float64Array(5);
  let told = 0;
  let choices = 0;
  const sums = { rows: 0, loss: 0, predicted: 0, chosen: 0 };
  const one = make((lesson, logits, order) => {
    const { count } = lesson.rows;
    told++;
    expect(order !== undefined).toBe(lesson.isChoice);
    if (order !== undefined) {
      choices++;
      const ranked = (by: Float64Array) => [...Array(count).keys()].sort((a, b) => by[b]! - by[a]! || a - b);
      expect(ranked(order)).toEqual(ranked(predicted));
    }
    // Only where the engine ordered the list itself does the place say something beside.
    if (!lesson.orderedByEngine) expect([...logits.subarray(0, count)]).toEqual([...predicted]);
    const kept = 0.9999 ** count;
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] *= kept;
    for (let i = 0; i < count; i++) {
      const chance = 1 / (1 + Math.exp(-logits[i]!));
      const isChosen = lesson.verdict[i] === verdict.chosen;
      sums.rows++;
      sums.loss -= Math.log(isChosen ? chance : 1 - chance);
      sums.predicted += chance;
      sums.chosen += isChosen ? 1 : 0;
    }
  });
  for (const lesson of lessons(600)) {
    one.predict(lesson.rows, predicted);
    one.learn(lesson);
  }
  expect([told, choices > 300]).toEqual([600, true]);
  expect(one.live().logLoss!).toBeCloseTo(sums.loss / sums.rows, 10);
  expect(one.live().calibration!).toBeCloseTo(sums.predicted / sums.chosen, 10);
});

test("asking changes nothing of what it learns, and what is worth more is not told again", () => {
  const [asked, alone] = [make(() => {}), make()];
  for (const lesson of lessons(200)) for (const one of [asked, alone]) one.learn(lesson);
  expect(checksum([asked.state])).toBe(checksum([alone.state]));
  let told = 0;
  const one = make(() => void told++);
  for (const lesson of lessons(20)) one.learn({ ...lesson, isWorthMore: true });
  for (const lesson of lessons(20)) one.learn({ ...lesson, weight: 0 });
  expect(told).toBe(0);
});
