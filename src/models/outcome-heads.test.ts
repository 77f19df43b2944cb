import { describe, expect, test } from "vitest";
import type { LaterOutcome } from "../core/follow-up.ts";
import { verdict } from "../core/lesson.ts";
import { type Random, random } from "../core/random.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import { checksum } from "../core/state.ts";
import { ftrl } from "./ftrl.ts";
import { lessonOf, predictions, restore, rowsOf } from "./model.check.ts";
import type { Model } from "./model.ts";
import { type OutcomeHeads, outcomeHeads } from "./outcome-heads.ts";

const columns: readonly ColumnSpec[] = [
  { name: "unused", kind: "number" },
  { name: "item", kind: "code", silent: -1 },
  { name: "mood", kind: "code", isShared: true },
];
const terms = [["item"], ["mood"], ["no such column"]];
const make = (): OutcomeHeads => outcomeHeads({ columns, terms });
const row = (item: number, mood = 0): Rows => rowsOf([[Number.NaN, item, mood]], columns.length);
const rowsOfItems = (items: readonly number[]): Rows =>
  rowsOf(
    items.map((item) => [Number.NaN, item, 0]),
    columns.length,
  );

function chancesOf(heads: OutcomeHeads, outcome: LaterOutcome, items: readonly number[]): number[] {
  const out = new Float64Array(items.length);
  heads.chances(outcome, rowsOfItems(items), out);
  return [...out];
}

/** What a shopper does after a choice, each step so many choices later. */
type Plan = (item: number, chance: Random) => readonly (readonly [step: "came" | "takenBack", later: number])[];

/** Items 0 to 3 are chosen in turn of chance; what comes of them waits in a list until its time. */
function shop(choices: number, plan: Plan, outcome: LaterOutcome = "purchase", seed = "shop"): OutcomeHeads {
  const heads = make();
  const chance = random(seed);
  const due = new Map<number, (readonly ["came" | "takenBack", number])[]>();
  for (let n = 0; n < choices; n++) {
    const item = chance.int(4);
    heads.learn({ rows: row(item), step: "chosen" });
    for (const [step, later] of plan(item, chance)) due.set(n + later, [...(due.get(n + later) ?? []), [step, item]]);
    for (const [step, one] of due.get(n) ?? []) heads.learn({ rows: row(one), step, outcome });
    due.delete(n);
  }
  return heads;
}

const share = [0.02, 0.05, 0.1, 0.25];
const bought: Plan = (item, chance) => (chance.next() < share[item]! ? [["came", chance.int(800)]] : []);

describe("a head", () => {
  test("comes to the share of choices that the outcome follows, however late it comes", () => {
    const chances = chancesOf(shop(40_000, bought), "purchase", [0, 1, 2, 3]);
    for (const [item, chance] of chances.entries()) expect(Math.abs(chance / share[item]! - 1)).toBeLessThan(0.15);
  });

  test("comes to the share that stays, where some of it is taken back", () => {
    const heads = shop(60_000, (item, chance) =>
      bought(item, chance).flatMap(([step, later]) =>
        chance.next() < 0.6
          ? [[step, later] as const, ["takenBack", later + 1 + chance.int(3000)] as const]
          : [[step, later] as const],
      ),
    );
    const chances = chancesOf(heads, "purchase", [0, 1, 2, 3]);
    for (const [item, chance] of chances.entries())
      expect(Math.abs(chance / (0.4 * share[item]!) - 1)).toBeLessThan(0.25);
  });

  test("is 0 before the first outcome, says the shop's rate of every item until some tens came, and the item's own after", () => {
    const heads = make();
    expect(chancesOf(heads, "cart", [0, 1])).toEqual([0, 0]);
    for (let n = 0; n < 1000; n++) {
      heads.learn({ rows: row(n % 4), step: "chosen" });
      const came = heads.report().find(({ outcome }) => outcome === "cart")!.came;
      const [young, old] = chancesOf(heads, "cart", [0, 1]) as [number, number];
      if (came < 30) expect(young).toBe(old);
      if (n % 4 === 1 && n % 8 === 1) heads.learn({ rows: row(1), step: "came", outcome: "cart" });
    }
    expect(heads.report().map(({ outcome, speaks, came, choices }) => [outcome, choices, came, speaks])).toEqual([
      ["cart", 1000, 125, true],
      ["purchase", 1000, 0, false],
      ["dislike", 1000, 0, false],
    ]);
    const [never, often] = chancesOf(heads, "cart", [0, 1]) as [number, number];
    expect(never).toBeLessThan(0.08);
    expect(often).toBeGreaterThan(0.3);
    expect(heads.report()[0]!.rate).toBeCloseTo(0.125, 1);
  });

  test("that foresees no better than the shop's rate says the rate", () => {
    const heads = shop(3000, (_, chance) => (chance.next() < 0.05 ? [["came", 1]] : []));
    const { came, speaks } = heads.report()[1]!;
    expect(came).toBeGreaterThan(100);
    expect(speaks).toBe(false);
    const { rate } = heads.report()[1]!;
    expect(rate).toBeGreaterThan(0.03);
    expect(chancesOf(heads, "purchase", [0, 1, 2, 3])).toEqual([rate, rate, rate, rate]);
  });

  test("learns by the fake-negative-weighted loss, and what is taken back by the opposite of what came", () => {
    const heads = make();
    const own: readonly ColumnSpec[] = [columns[1]!, columns[2]!, { name: "base", kind: "number" }];
    const shape = { columns: own, terms: [["item"], ["mood"]], prior: "base", bits: 16, listwise: 0 };
    const twins = [0.03, 0.15].map((alpha) => ({ model: ftrl({ ...shape, alpha }), saved: 0 }));
    const chance = random("twin");
    let [choices, came, cameEver] = [0, 0, 0];
    const rateNow = (): number => (came + 0.5) / (choices + 20);
    const chanceOf = (model: Model, item: number, mood: number): number => {
      const start = Math.log(rateNow() / (1 - rateNow()));
      return 1 / (1 + Math.exp(-predictions(model, rowsOf([[item, mood, start]], own.length))[0]!));
    };
    const lossOf = (p: number, isCome: boolean): number => -Math.log(isCome ? p : 1 - p);
    const spoke = [0, 0];
    for (let n = 0; n < 6000; n++) {
      // Some items are never disliked, so that there is something to foresee; moods say nothing. The slow one is the better one at first.
      const [item, mood, turn] = [chance.int(30), chance.int(40), chance.int(20)];
      const step = turn < 17 || item % 3 === 2 ? "chosen" : turn < 19 || cameEver === 0 ? "came" : "takenBack";
      for (const twin of twins) {
        const p = chanceOf(twin.model, item, mood);
        // Gradients of the loss with respect to the logit: (1 − p²)·p, (1 + p)·(p − 1), and the latter with the other sign.
        const gradient = step === "chosen" ? (1 - p * p) * p : step === "came" ? p * p - 1 : 1 - p * p;
        const better = [true, false].map((isCome) => lossOf(rateNow(), isCome) - lossOf(p, isCome)) as [number, number];
        if (step === "chosen") twin.saved = twin.saved * 0.9999 + better[1];
        else twin.saved += (step === "came" ? 1 : -1) * (better[0] - better[1]);
        const rows = rowsOf([[item, mood, Math.log(rateNow() / (1 - rateNow()))]], own.length);
        const said = step === "came" ? verdict.chosen : verdict.passedOver;
        twin.model.learn(lessonOf(rows, [said], { weight: gradient / (step === "came" ? p - 1 : p), isChoice: false }));
      }
      if (step === "chosen") [choices, came] = [choices * 0.9999 + 1, came * 0.9999];
      else {
        came = Math.max(0, came + (step === "came" ? 1 : -1));
        cameEver += step === "came" ? 1 : -1;
      }
      heads.learn({ rows: row(item, mood), step, ...(step === "chosen" ? {} : { outcome: "dislike" as const }) });
      const best = twins[0]!.saved >= twins[1]!.saved ? 0 : 1;
      const speaks = cameEver >= 30 && twins[best]!.saved > 0;
      const out = new Float64Array(1);
      expect(heads.chances("dislike", row(item, mood), out)).toBe(speaks);
      if (!speaks) continue;
      // Where the slow one speaks, the fast one would be better than the rate too.
      if (best === 1 || twins[1]!.saved > 0) spoke[best]!++;
      expect(out[0]).toBeCloseTo(chanceOf(twins[best]!.model, item, mood), 6);
    }
    for (const times of spoke) expect(times).toBeGreaterThan(100);
  });

  test("stays finite when all that is chosen is bought, and when more comes back than was bought", () => {
    const heads = make();
    for (let n = 0; n < 5000; n++) {
      heads.learn({ rows: row(1), step: "chosen" });
      heads.learn({ rows: row(1), step: "came", outcome: "purchase" });
    }
    for (let n = 0; n < 200; n++) heads.learn({ rows: row(1), step: "came", outcome: "purchase" });
    expect(chancesOf(heads, "purchase", [1])[0]).toBeGreaterThan(0.9);
    for (let n = 0; n < 20_000; n++) heads.learn({ rows: row(1), step: "takenBack", outcome: "purchase" });
    const [chance] = chancesOf(heads, "purchase", [1]) as [number];
    expect(chance).toBeGreaterThanOrEqual(0);
    expect(chance).toBeLessThan(0.1);
  });
});

test("heads saved and restored go on the same, and being asked changes nothing", () => {
  const [original, restored] = [shop(3000, bought), shop(500, bought, "cart", "other")];
  for (const [k, one] of original.state.entries()) restore(one, restored.state[k]!);
  for (const heads of [original, restored]) {
    const before = checksum(heads.state);
    chancesOf(heads, "purchase", [0, 1, 2, 3, -1]);
    expect(checksum(heads.state)).toBe(before);
    for (let n = 0; n < 500; n++) {
      heads.learn({ rows: row(n % 5), step: "chosen" });
      if (n % 7 === 0) heads.learn({ rows: row(n % 5), step: "came", outcome: "purchase" });
    }
  }
  expect(checksum(restored.state)).toBe(checksum(original.state));
  expect(chancesOf(restored, "purchase", [0, 1, 2, 3])).toEqual(chancesOf(original, "purchase", [0, 1, 2, 3]));
});
