/** The catalogue against a slow, obvious twin. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveshelfError } from "../core/errors.ts";
import type { Fields, FieldValue } from "../core/event.ts";
import { IdTable } from "../core/id-table.ts";
import type { Filters } from "../core/public.ts";
import { checksum, type State } from "../core/state.ts";
import { type Catalogue, itemCatalogue } from "./catalogue.ts";
import { pathLevels } from "./field-types.ts";

type Reading = number | string | string[] | undefined;

const fixed = new Map(
  Object.entries({
    title: "text",
    brand: "word",
    category: "path",
    price: "number",
    tags: "word-list",
    inStock: "boolean",
  }),
);

const isWord = (value: unknown): boolean =>
  typeof value === "number" || (typeof value === "string" && value.length <= 64);

/** The slow, obvious twin: plain objects, everything read from them anew. */
class SlowCatalogue {
  readonly items = new Map<number, Fields>();
  readonly types = new Map<string, string>();

  fold(item: number, given: Fields | undefined): void {
    if (given === undefined) {
      this.items.delete(item);
      return;
    }
    const merged = new Map(Object.entries(this.items.get(item) ?? {}));
    for (const [name, value] of Object.entries(given)) {
      if (value === null) {
        merged.delete(name);
        continue;
      }
      merged.set(name, value);
      const type = fixed.get(name) ?? this.#infer(value);
      if (!this.types.has(name) && type !== undefined) this.types.set(name, type);
    }
    this.items.set(item, Object.fromEntries(merged));
  }

  /** What the item's column should say; of a path the level names. */
  reading(item: number, name: string): Reading {
    const value = new Map(Object.entries(this.items.get(item) ?? {})).get(name);
    if (value === undefined) return undefined;
    const list = Array.isArray(value) ? value : [value];
    switch (this.types.get(name)) {
      case "number":
        return ["0", "1", "7", "19.9", "19.90", " 7 "].includes(String(value)) && isWord(value)
          ? Number(value) + 0
          : undefined;
      case "boolean":
        if (typeof value === "object") return undefined;
        if (["true", "1"].includes(String(value).toLowerCase())) return 1;
        return ["false", "0"].includes(String(value).toLowerCase()) ? 0 : undefined;
      case "word":
        return isWord(value) ? String(value) : undefined;
      case "word-list":
        return [...new Set(list.filter(isWord).map(String))];
      case "path": {
        const end = list.findIndex((level) => !isWord(level));
        return list.slice(0, end < 0 ? list.length : end).map(String);
      }
      default:
        return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
    }
  }

  matches(item: number, filters: Filters): boolean {
    return Object.entries(filters).every(([name, rule]) => {
      const reading = this.reading(item, name) ?? (name === "inStock" ? 1 : undefined);
      if (typeof rule === "object" && "under" in rule) {
        const levels = [rule.under].flat();
        return Array.isArray(reading) && levels.every((level, i) => reading[i] === level);
      }
      if (typeof rule === "object" && !Array.isArray(rule)) {
        const { gte = -Infinity, lt = Infinity } = rule as { gte?: number; lt?: number };
        return typeof reading === "number" && reading >= gte && reading < lt;
      }
      const wanted = [rule].flat() as (string | number | boolean)[];
      if (reading === undefined) return false;
      return wanted.some((one) => {
        if (Array.isArray(reading)) return reading.includes(String(one));
        if (typeof reading === "string") return reading === String(one);
        if (this.types.get(name) !== "boolean" && name !== "inStock") return Number(one) === reading;
        return ["true", "1"].includes(String(one).toLowerCase()) === (reading === 1);
      });
    });
  }

  #infer(value: FieldValue): string | undefined {
    if (typeof value === "number" || typeof value === "boolean") return typeof value;
    if (typeof value === "string") return value.length <= 64 ? "word" : "text";
    return Array.isArray(value) ? "word-list" : undefined;
  }
}

const newWords = () => new IdTable("words");
/** Writes every buffer out and reads it into another state of the same shape. */
function carry(from: State, to: State): void {
  from.buffers.forEach((buffer, b) => {
    const saved = Buffer.concat(buffer.chunks());
    let at = 0;
    expect(to.buffers[b]!.name).toBe(buffer.name);
    to.buffers[b]!.restore(buffer.length, (target) => {
      target.set(saved.subarray(at, at + target.byteLength));
      at += target.byteLength;
    });
  });
}

function wordsOf(
  catalogue: Catalogue,
  words: IdTable,
  field: string,
  item: number,
): (string | undefined)[] | undefined {
  const out = new Int32Array(300);
  const list = catalogue.wordList(field);
  return list && [...out.subarray(0, list.get(item, out))].map((row) => words.id(row));
}

const word = fc.constantFrom("a", "b", "c", "7", "Hats", "é");
const scalar: fc.Arbitrary<FieldValue> = fc.oneof(
  word,
  fc.constantFrom<FieldValue>(0, 1, 7, 19.9, -0, "19.90", " 7 ", "true", "False", true, false, "w".repeat(65), {}),
);
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 4 }) },
);
const names = ["price", "inStock", "brand", "category", "tags", "title", "size", "weight", "__proto__"];
const fieldsGiven = fc
  .array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries) as Fields);
const itemRow = fc.integer({ min: 0, max: 11 });
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ item: itemRow, given: fieldsGiven }) },
  {
    weight: 3,
    arbitrary: fc.record({
      item: itemRow,
      given: fc.record(
        { price: fc.constantFrom(1, 7, 19.9, "7"), inStock: fc.boolean() },
        { requiredKeys: [] },
      ) as fc.Arbitrary<Fields>,
    }),
  },
  { weight: 1, arbitrary: fc.record({ item: itemRow, given: fc.constant(undefined) }) },
);
const rule = fc.oneof(
  word,
  fc.constantFrom<unknown>(7, 19.9, "19.90", true, false, "w".repeat(65)),
  fc.array(fc.oneof(word, fc.constantFrom<unknown>(7, "true", 0)), { maxLength: 3 }),
  fc.record({ gte: fc.constantFrom(1, 7), lt: fc.constantFrom(7, 20) }, { requiredKeys: [] }),
  fc.record({ under: fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })) }),
);
const filtersGiven = fc
  .array(fc.tuple(fc.constantFrom(...names), rule), { maxLength: 2 })
  .map((entries) => Object.fromEntries(entries) as Filters);

describe("against a slow twin", () => {
  function expectSame(shop: Catalogue, words: IdTable, twin: SlowCatalogue, filters: readonly Filters[]): void {
    expect(shop.size).toBe(twin.items.size);
    expect(shop.fieldNames.map(({ name, type }) => [name, type])).toEqual([...twin.types]);
    const compiled = filters.map((one) => {
      try {
        return shop.filter(one);
      } catch (error) {
        if (error instanceof LiveshelfError) return undefined;
        throw error;
      }
    });
    const held = new Set<number>();
    for (let item = 0; item < 12; item++) {
      expect(JSON.stringify(shop.fields(item))).toBe(JSON.stringify(twin.items.get(item)));
      for (const { name, type } of shop.fieldNames) {
        const expected = twin.reading(item, name);
        if (type === "number" || type === "boolean") expect(shop.number(name)!.get(item)).toBe(expected ?? Number.NaN);
        if (type === "word") {
          const row = shop.word(name)!.get(item);
          expect(row < 0 ? undefined : words.id(row)).toBe(expected);
          held.add(row);
        }
        for (const one of wordsOf(shop, words, name, item) ?? []) {
          held.add(words.find(one!));
          if (type === "path") held.add(words.find(pathLevels(one!).at(-1)!));
        }
        if (type === "word-list") expect(wordsOf(shop, words, name, item)).toEqual(expected ?? []);
        if (type === "path")
          expect(wordsOf(shop, words, name, item)!.map((path) => pathLevels(path!).at(-1))).toEqual(expected ?? []);
      }
      filters.forEach((one, f) => {
        const test = compiled[f];
        if (test !== undefined) expect([one, item, test(item)]).toEqual([one, item, twin.matches(item, one)]);
      });
    }
    for (let row = 0; row < words.rows; row++) expect([row, shop.refersTo(row)]).toEqual([row, held.has(row)]);
  }

  test("10,000 random events, filters and readings, and saved and restored on the way", () => {
    let events = 0;
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 100, maxLength: 100 }),
        fc.array(filtersGiven, { minLength: 20, maxLength: 20 }),
        (operations, filters) => {
          let words = newWords();
          let shop = itemCatalogue(words);
          const twin = new SlowCatalogue();
          operations.forEach(({ item, given }, i) => {
            if (given !== undefined) shop.fold(item, given, i);
            else if (i % 2 === 0) shop.remove(item);
            else shop.forgetItem(item);
            twin.fold(item, given);
            events++;
            if (i % 20 === 19) expectSame(shop, words, twin, filters);
            if (i !== 50) return;
            const freshWords = newWords();
            const fresh = itemCatalogue(freshWords);
            carry(words.state, freshWords.state);
            carry(shop.state, fresh.state);
            expect(checksum([fresh.state])).toBe(checksum([shop.state]));
            // Both go on, and stay the same.
            for (const { item: other, given: fields } of operations) {
              for (const one of [shop, fresh]) {
                if (fields === undefined) one.remove(other);
                else one.fold(other, fields, 1000);
              }
              twin.fold(other, fields);
            }
            expect(checksum([fresh.state, freshWords.state])).toBe(checksum([shop.state, words.state]));
            [words, shop] = [freshWords, fresh];
          });
        },
      ),
      { numRuns: 100, seed: 20261122 },
    );
    expect(events).toBeGreaterThanOrEqual(10_000);
  });

  test("a state restored over another's replaces all of it", () => {
    const words = newWords();
    const [shop, other] = [itemCatalogue(words), itemCatalogue(words)];
    shop.fold(0, { brand: "Acme", price: 1, tags: ["a"] }, 1);
    other.fold(3, { weight: 1, brand: 7 }, 1);
    expect(other.fieldNames.length).toBe(2);
    carry(shop.state, other.state);
    expect(other.fieldNames.map((field) => field.name)).toEqual(["brand", "price", "tags"]);
    expect([...other.items()]).toEqual([0]);
    expect(other.filter({ brand: "Acme" })(0)).toBe(true);
  });
});
