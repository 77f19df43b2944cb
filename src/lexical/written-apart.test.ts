/** Words written together that others write apart, what stands for them, and what reading them costs. */
import { expect, test, vi } from "vitest";
import { plannerOf } from "./plain-analyzer.check.ts";

type World = ReturnType<typeof plannerOf>;

const readings = ({ planner, dictionary }: World, query: string): string[] =>
  planner
    .plan(query)!
    .readings.map(({ words }) =>
      words.map(({ terms }) => Array.from(terms, (term) => dictionary.text(term)).join("|")).join(" "),
    );

test("both readings are there where the parts are far more frequent, even when short", () => {
  const shop = plannerOf(
    { fullhd: 1, full: 296, hd: 470, mousepad: 4, mouse: 180, pad: 35, "8400gs": 1, "8400": 8, gs: 3, dv7: 12, dv: 90, "7": 900 },
    { documents: 20_000 },
  ); // biome-ignore format: a table of words
  expect(readings(shop, "fullhd ")).toEqual(["fullhd", "full hd"]);
  expect(readings(shop, "mousepad ")).toEqual(["mousepad", "mouse pad"]);
  expect(readings(shop, "8400gs ")).toEqual(["8400gs", "8400 gs"]);
  // Too short to be a name and a number.
  expect(readings(shop, "dv7 ")).toEqual(["dv7"]);
  // Short parts that are no more frequent than the word, and parts that are all short.
  const other = plannerOf({ carpet: 40, carp: 50, et: 60, usb: 900, hd: 900, usbhd: 1 }, { documents: 20_000 });
  expect(readings(other, "carpet ")).toEqual(["carpet"]);
  expect(readings(other, "usbhd ")).toEqual(["usbhd"]);
});

test("a word in parts never counts more than the word itself", () => {
  const shop = plannerOf({ winterjacke: 40, winter: 30, jacke: 20 }, { compounds: true, documents: 1000 });
  const [whole, split] = shop.planner.plan("winterjacke ")!.readings;
  const most = ({ words, weight }: NonNullable<typeof split>) => weight * words.reduce((sum, { idf }) => sum + idf, 0);
  expect(most(split!)).toBeLessThan(0.61 * most(whole!));
});

test("synonyms hold for words written together as for words apart, and the other way round", () => {
  const shop = { smart: 200, phone: 90, smartphone: 7, cell: 50, mobile: 80 };
  const several = plannerOf(shop, { synonyms: [["smart phone", "cell phone"]], documents: 20_000 });
  expect(readings(several, "smartphone ")).toContain("cell phone");
  expect(readings(several, "cellphone ")).toContain("smart phone");
  const one = plannerOf(shop, { synonyms: [["smartphone", "mobile"]], documents: 20_000 });
  expect(readings(one, "smart phone ")).toContain("mobile");
});

test("an identifier that is all of the query names at most 256 items", () => {
  const shop = plannerOf({ ps4: 257, ps5: 256 }, { documents: 20_000 });
  expect(shop.planner.plan("ps4")!.exact).toHaveLength(0);
  expect(shop.planner.plan("ps5")!.exact).toHaveLength(1);
});

test("misspellings of a word are looked for once, however far a query is loosened", () => {
  const { planner } = plannerOf({ keyboard: 90, phone: 80, sensors: 40, red: 300 }, { documents: 20_000 });
  const near = vi.spyOn(planner.lookup, "near");
  expect([...planner.ladder("keybord phonne sensorz qqqqqqqq zzzzzzzz rred ")].length).toBeGreaterThan(1);
  const looks = near.mock.calls.map(([text, most]) => `${text} ${most}`);
  expect(looks.length).toBeGreaterThan(3);
  expect(new Set(looks).size).toBe(looks.length);
});
