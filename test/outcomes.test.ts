/** What follows a click: carts, purchases, returns and dislikes, what they are worth, and how sure an answer is. */
import { beforeEach, expect, test, vi } from "vitest";
import { dayMs, manualClock, minuteMs } from "../src/core/clock.ts";
import type { Engine, EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";
import { createEngine } from "../src/index.ts";
import { withLimit } from "./at-limits.ts";

const items = ["p-clicked", "p-bought", "p-other"] as const;
const margins = [2, 5, 1];
/** By item: chance of a click, and of a cart and a purchase once clicked. */
const clicked = [0.5, 0.35, 0.1];
const bought = [0.02, 0.4, 0.02];

let clock: ReturnType<typeof manualClock>;
beforeEach(() => {
  clock = manualClock(Date.UTC(2026, 10, 22));
});

const open = (value?: Readonly<Record<string, number | string>>): Promise<Engine> =>
  createEngine({ clock, tickMs: 0, ...(value && { value }) });

const fields = items.map(
  (item, i): EventInput => ({ type: "item", item, fields: { margin: margins[i]!, brand: item } }),
);
const ids = (engine: Engine): string[] => engine.rank({ items, observe: false }).items.map(({ item }) => item);

/** So many shoppers, each with one list: they click, and some buy a while later, after the next shoppers came. */
async function live(engine: Engine, shoppers: number, { buys = true, returns = 0 } = {}): Promise<void> {
  const chance = random("outcomes");
  const later: EventInput[] = [];
  await engine.record(fields);
  for (let n = 0; n < shoppers; n++) {
    clock.advance(minuteMs);
    const user = `u-${n}`;
    const { slate, items: shown } = engine.rank({ items, user, surface: "home" });
    const did = (action: string, item: string): EventInput => ({ type: "outcome", action, item, user, slate: slate! });
    for (const { item } of shown) {
      const i = items.indexOf(item as (typeof items)[number]);
      if (chance.next() >= clicked[i]!) continue;
      await engine.record(did("click", item));
      if (!buys || chance.next() >= bought[i]!) continue;
      later.push(did("cart", item), did("purchase", item));
      if (chance.next() < returns) later.push(did("return", item));
    }
    if (later.length > 40) await engine.record(later.splice(0));
  }
  await engine.record(later);
}

test("without carts and purchases lists stand in the order of clicks, whatever these would be worth", async () => {
  const [plain, valued] = [await open(), await open({ purchase: "margin", cart: 50 })];
  for (const engine of [plain, valued]) await live(engine, 300, { buys: false });
  const shown = { items, explain: true, observe: false } as const;
  const [usual, other] = [plain.rank(shown).items, valued.rank(shown).items];
  expect(other.map(({ item }) => item)).toEqual(usual.map(({ item }) => item));
  for (const [position, { score, rawScore, chances }] of usual.entries()) {
    expect(score).toBeCloseTo(1 / (1 + Math.exp(-rawScore!)), 12);
    expect(chances).toEqual({ click: score, cart: 0, purchase: 0, dislike: 0 });
    expect(other[position]!.rawScore).toBe(rawScore);
    expect(other[position]!.score).toBe(0);
  }
});

test("what is bought moves up once enough was, though less clicked; the raw score stays the click's", async () => {
  const engine = await open();
  await live(engine, 1500);
  const answer = engine.rank({ items, explain: true, observe: false });
  const [bestSeller, clickBait] = [answer.items[0]!, answer.items.find(({ item }) => item === "p-clicked")!];
  expect(bestSeller.item).toBe("p-bought");
  expect(bestSeller.rawScore).toBeLessThan(clickBait.rawScore!);
  for (const { score, chances } of answer.items) {
    const { click, cart, purchase, dislike } = chances!;
    expect(score).toBeCloseTo(click + 3 * cart + 10 * purchase - 2 * dislike, 9);
  }
  expect(bestSeller.chances!.purchase / bestSeller.chances!.click).toBeGreaterThan(0.3);
  expect(clickBait.chances!.purchase / clickBait.chances!.click).toBeLessThan(0.1);
  const { heads } = engine.models();
  expect(heads.map(({ outcome, speaks }) => [outcome, speaks])).toEqual([
    ["cart", true],
    ["purchase", true],
    ["dislike", false],
  ]);
});

test("a click alone is worth its chance, where that is what the shop says", async () => {
  const engine = await open({ click: 1 });
  await live(engine, 1500);
  expect(ids(engine)[0]).toBe("p-clicked");
});

test("returns take back what purchases taught", async () => {
  const [kept, returned] = [await open(), await open()];
  await live(kept, 800);
  await live(returned, 800, { returns: 1 });
  const rate = (engine: Engine): number => engine.models().heads.find(({ outcome }) => outcome === "purchase")!.rate;
  expect(rate(kept)).toBeGreaterThan(0.1);
  expect(rate(returned)).toBeLessThan(0.005);
  const best = (engine: Engine): number =>
    engine.rank({ items, explain: true, observe: false }).items.find(({ item }) => item === "p-bought")!.chances!
      .purchase;
  expect(best(returned)).toBeLessThan(0.05 * best(kept));
});

test.each([
  [2, 0],
  [1, 1],
])("a return long after the window takes back one of the last %i sales; %i stays", async (salesMax, stays) => {
  await withLimit("salesMax", salesMax, async () => {
    const engine = await open();
    const did = (action: string, item: string): EventInput => ({ type: "outcome", action, item, user: "u-1" });
    engine.rank({ items, user: "u-1" });
    clock.advance(minuteMs / 2);
    await engine.record([did("purchase", "p-other"), did("purchase", "p-bought")]);
    clock.advance(30 * dayMs);
    await engine.record([did("return", "p-bought"), did("return", "p-other"), did("return", "p-other")]);
    expect(engine.models().heads[1]).toMatchObject({ outcome: "purchase", choices: 2, came: stays });
  });
});

test("a field is what an outcome is worth: the mean of the others where an item has none", async () => {
  const engine = await open({ click: "margin" });
  await engine.record(fields);
  const shown = engine.rank({
    items: ["p-other", "p-clicked", "p-bought", "p-unknown"],
    explain: true,
    observe: false,
  });
  const worth = new Map(shown.items.map(({ item, score, chances }) => [item, score / chances!.click]));
  for (const [i, item] of items.entries()) expect(worth.get(item)).toBeCloseTo(margins[i]!, 9);
  expect(worth.get("p-unknown")).toBeCloseTo(8 / 3, 9);
  expect(shown.items.map(({ score }) => score)).toEqual(shown.items.map(({ score }) => score).sort((a, b) => b - a));
});

test("a value of a field in which no item has a number is told of, once items are there and nothing comes for a while", async () => {
  const said: string[] = [];
  const onDiagnostic = (message: string): void => void said.push(message);
  const engine = await createEngine({
    clock,
    tickMs: 5,
    onDiagnostic,
    value: { click: 1, purchase: "profit", cart: "margin" },
  });
  expect(engine.inspect({}).warnings).toEqual([]);
  await engine.record([...fields]);
  const warning =
    'No item has a number in "profit", so by the setting "value" a purchase is worth nothing. The nearest field of numbers is "margin".';
  expect(engine.inspect({}).warnings).toEqual([warning]);
  clock.advance(minuteMs);
  await vi.waitFor(() => expect(said).toEqual([warning]), { timeout: 60_000 });
  await engine.record([{ type: "item", item: "p-new", fields: { profit: 3 } }]);
  expect(engine.inspect({}).warnings).toEqual([]);
  await engine.close();
});

test.each([
  [{ buy: 3 }, "/value/buy", /nearest is/],
  [{ click: "" }, "/value", /object of numbers and names of fields/],
  [{ click: Number.NaN }, "/value", /object of numbers/],
  [[1, 2], "/value", /object of numbers/],
])("a value that means nothing is refused: %j", async (value, at, message) => {
  await expect(open(value as never)).rejects.toMatchObject({ code: "CONFIG_INVALID", at });
  await expect(open(value as never)).rejects.toThrow(message);
});

test("an answer says how sure it is: not at all before anything is learned, more with what was", async () => {
  const engine = await open();
  const sure = (): number => engine.rank({ items, surface: "home", observe: false }).confidence!;
  expect(sure()).toBe(0);
  await live(engine, 1000, { buys: false });
  expect(sure()).toBeGreaterThan(0.5);
  expect(sure()).toBeLessThanOrEqual(1);
});

test("what a place is worth is told for each surface", async () => {
  const engine = await open();
  await live(engine, 400, { buys: false });
  const { places } = engine.models();
  expect(places.map(({ surface }) => surface)).toEqual(["home"]);
  expect(places[0]!.bias[0]).toBe(0);
  expect(places[0]!.bias.length).toBe(20);
  expect(engine.inspect().places).toEqual(places);
});
