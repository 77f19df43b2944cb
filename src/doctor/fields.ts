/** What do items say of themselves: fields that are missing, always the same, of mixed types, or spoilt on the way? */
import { Int32Column, Uint8Column } from "../core/columns.ts";
import type { IdTable } from "../core/id-table.ts";
import { limits } from "../core/limits.ts";
import { hashText } from "../core/random.ts";
import { type Finding, judged, Parts, Tally } from "./finding.ts";
import type { Check, SeenEvent } from "./seen.ts";

const namesMax = 256;
/** Of the first fields it is known which items have them. */
const coveredMax = 128;
const fewItems = 20;
const textReadMax = 2000;

const kinds = ["number", "boolean", "text", "list", "object"] as const;
const html = /<\/?[a-z][a-z0-9]*(?:\s[^<>]*)?\/?>|&(?:amp|nbsp|lt|gt|quot|apos|[a-z]+acute|[a-z]uml|#\d{2,5});/i;
/** UTF-8 that was read as Latin-1, or what a broken reader puts for what it could not read. */
const garbled = /Ã[\u0080-\u00bf¡-¿ƒ‚-›€]|Â[\u0080-\u00a0£©®°»«´]|â(?:€|\u0080)|ï¿½|\uFFFD/;
const numeric = /^\s*[-+]?\s*(?:[€$£¥]|[A-Z]{3}\s)?\s*\d+(?:[.,\s'’]\d+)*\s*(?:[€$£¥]|[A-Z]{3})?\s*$/;
/** Texts of digits that are no amounts. */
const naming =
  /(?:id|ids|sku|code|ean|gtin|upc|isbn|asin|mpn|model|number|zip|plz|phone|date|released?|year|version|size|season|series)$/i;
/** Worth a finding of their own when constant? What every item of many shops has in common. */
const mayBeConstant = new Set(["inStock", "currency", "priceCurrency", "language", "country", "condition"]);
/** A text or a list of texts, as the shop likes. */
const textOrList = new Set(["category", "tags"]);

interface Field {
  readonly name: string;
  readonly place: number;
  /** Values by kind, in the order of {@link kinds}. */
  readonly counts: number[];
  readonly others: Tally;
  first: number;
  varies: boolean;
  numericTexts: number;
  readonly numericExample: Tally;
}

export function fields(ids: IdTable): Check {
  const byName = new Map<string, Field>();
  const has = Array.from({ length: coveredMax / 32 }, (_, word) => new Int32Column(`has${word}`));
  const state = new Uint8Column("state");
  const isHtml = new Uint8Column("html");
  const isGarbled = new Uint8Column("garbled");
  const htmlTally = new Tally();
  const garbledTally = new Tally();
  let beyond = 0;

  const field = (name: string): Field | undefined => {
    const known = byName.get(name);
    if (known) return known;
    if (byName.size >= namesMax) {
      beyond++;
      return undefined;
    }
    const made: Field = {
      name,
      place: byName.size,
      counts: kinds.map(() => 0),
      others: new Tally(),
      first: Number.NaN,
      varies: false,
      numericTexts: 0,
      numericExample: new Tally(),
    };
    byName.set(name, made);
    return made;
  };

  const mark = (item: number, place: number, isThere: boolean): void => {
    if (place >= coveredMax) return;
    const column = has[place >> 5]!;
    const bit = 1 << (place & 31);
    column.set(item, isThere ? column.get(item) | bit : column.get(item) & ~bit);
  };

  const look = (seen: SeenEvent, one: Field, value: unknown): void => {
    const kind = kindOf(value);
    one.counts[kind]!++;
    // The engine goes by the first value; here the rarer kind is the odd one.
    if (kind !== one.counts.indexOf(Math.max(...one.counts)))
      one.others.add(seen, `"${one.name}": ${JSON.stringify(value)}`);
    if (!one.varies) {
      const hash = typeof value === "string" ? hashText(value) : hashText(JSON.stringify(value));
      if (Number.isNaN(one.first)) one.first = hash;
      else if (one.first !== hash) one.varies = true;
    }
    if (typeof value === "string" && value.length <= 24 && numeric.test(value)) {
      one.numericTexts++;
      one.numericExample.add(seen, `"${one.name}": ${JSON.stringify(value)}`);
    }
  };

  const readTexts = (seen: SeenEvent, name: string, value: unknown, bit: number): void => {
    const text = Array.isArray(value) ? value.join(" ") : value;
    const short = typeof text === "string" ? text.slice(0, textReadMax) : "";
    if (name !== "description") note(isHtml, htmlTally, seen, bit, html.test(short), name, short);
    note(isGarbled, garbledTally, seen, bit, garbled.test(short), name, short);
  };

  return {
    see(seen) {
      const { event, item } = seen;
      if (item < 0) return;
      if (event.type === "item-removed") state.set(item, 0);
      if (event.type !== "item") return;
      state.set(item, 1);
      for (const name in event.fields) {
        const value = event.fields[name];
        const one = field(name);
        if (one === undefined) continue;
        const isThere = value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
        mark(item, one.place, isThere);
        const bit = textBits[name] ?? 0;
        if (bit !== 0) readTexts(seen, name, value, bit);
        if (isThere) look(seen, one, value);
      }
    },

    findings() {
      const all = [...byName.values()];
      const { items, covered } = coverage();
      const without = (name: string): number => items - (covered.get(byName.get(name)?.place ?? -1) ?? 0);
      const values = all.reduce((sum, { counts }) => sum + total(counts), 0);
      const mixed = new Parts();
      const texts = new Parts();
      const constant = new Parts();
      for (const one of all) {
        const odd = oddOnes(one);
        if (odd > 0) mixed.add(one.name, odd);
        const textCount = one.counts[2]!;
        const isAmount = one.name === "price" || (!naming.test(one.name) && one.numericTexts >= 0.9 * textCount);
        if (isAmount && textCount >= (one.name === "price" ? 1 : 5) && one.numericTexts > 0 && total(one.counts) > 0)
          texts.add(one.name, one.numericTexts);
        const isEverywhere = (covered.get(one.place) ?? 0) >= 0.5 * items;
        if (items >= fewItems && isEverywhere && !one.varies && !mayBeConstant.has(one.name))
          constant.add(one.name, total(one.counts));
      }
      const sum = (parts: Parts): number => [...parts.counts.values()].reduce((a, b) => a + b, 0);
      const exampleOf = (parts: Parts, of: (field: Field) => Tally) => {
        const [name] = parts.largest()[0] ?? [];
        return name === undefined ? undefined : of(byName.get(name)!).example;
      };
      const priceTexts = texts.get("price");
      return [
        missing(
          "title",
          without("title"),
          items,
          "Search does not find them, and reasons cannot name them.",
          'Send a "title" with every item.',
        ),
        missing(
          "price",
          without("price"),
          items,
          "No price facet, filter or sorting for them, and no price range that fits the shopper.",
          'Send "price" as a number.',
        ),
        missing(
          "category",
          without("category"),
          items,
          "Nothing is learned from one item to its like, and a new item begins from nothing.",
          'Send "category" as a path from broad to narrow.',
        ),
        judged({
          code: "fields-of-mixed-types",
          count: sum(mixed),
          of: values,
          fine: "The values of a field are of one type.",
          wrong: "values are of another type than most values of their field.",
          parts: mixed,
          example: exampleOf(mixed, (one) => one.others),
          costs:
            "A field has the type of its first value: what does not fit is shown, but not learned from, filtered or sorted by.",
          mend: "Send each field as one type: numbers as numbers, yes and no as true and false, several words as a list.",
        }),
        judged({
          code: "numbers-as-text",
          count: sum(texts),
          of: values,
          fine: "No field holds numbers as text.",
          wrong: "values are numbers written as text.",
          failAbove: priceTexts > 0.1 * items ? 0 : 1,
          parts: texts,
          example: exampleOf(texts, (one) => one.numericExample),
          costs: "No range, no sorting, no learning from more and less: each is a word of its own.",
          mend: 'Send numbers without quotes, unit or currency: "price": 19.9.',
        }),
        judged({
          code: "constant-fields",
          count: constant.counts.size,
          of: all.length,
          fine: "No field has the same value in every item.",
          wrong: "fields have one and the same value in every item.",
          parts: constant,
          costs: "They tell no item from another, and take a place among the fields that are learned from.",
          mend: "Leave them out, or look whether the export fills them.",
        }),
        judged({
          code: "html-in-texts",
          count: bits(isHtml),
          of: items,
          fine: "No title, brand or category holds HTML.",
          wrong: "items have HTML in their title, brand or category.",
          example: htmlTally.example,
          costs: "Tags and entities are shown to shoppers and searched as words.",
          mend: "Send plain text, with entities such as &amp; resolved.",
        }),
        judged({
          code: "garbled-texts",
          count: bits(isGarbled),
          of: items,
          fine: "No text was read in a wrong encoding.",
          wrong: "items have texts that were read in a wrong encoding.",
          failAbove: 0.2,
          example: garbledTally.example,
          costs: "Words with accents are not found, and shoppers see characters such as Ã¼.",
          mend: "Export as UTF-8, and read it as UTF-8 at every step.",
        }),
        judged({
          code: "too-many-fields",
          count: byName.size > limits.catalogueFieldsMax ? byName.size - limits.catalogueFieldsMax : 0,
          of: byName.size,
          fine: `${byName.size} fields by name.`,
          wrong: `fields by name${beyond > 0 ? " and more" : ""} are beyond the ${limits.catalogueFieldsMax} that can be filtered on.`,
          costs: "What comes later than the others is kept and shown, but neither filtered on nor learned from.",
          mend: "Put what is rare into one list of texts, such as tags.",
        }),
      ];
    },
  };

  function coverage(): { items: number; covered: Map<number, number> } {
    let items = 0;
    const covered = new Map<number, number>();
    const places = Math.min(byName.size, coveredMax);
    const counts = new Float64Array(places);
    for (let item = 0; item < state.length; item++) {
      if (state.get(item) === 0) continue;
      items++;
      for (let place = 0; place < places; place++)
        if ((has[place >> 5]!.get(item) >>> (place & 31)) & 1) counts[place]!++;
    }
    counts.forEach((count, place) => {
      covered.set(place, count);
    });
    return { items, covered };
  }

  /** Id of an item of the catalogue that lacks the field. */
  function firstWithout(place: number | undefined): string | undefined {
    for (let item = 0; item < state.length; item++) {
      if (state.get(item) === 0) continue;
      if (place === undefined || ((has[place >> 5]?.get(item) ?? 0) >>> (place & 31)) % 2 === 0) return ids.id(item);
    }
    return undefined;
  }

  /** Items of the catalogue with any bit. */
  function bits(column: Uint8Column): number {
    let count = 0;
    for (let item = 0; item < column.length; item++) if (column.get(item) !== 0 && state.get(item) !== 0) count++;
    return count;
  }

  function missing(field: string, count: number, of: number, costs: string, mend: string): Finding {
    const lacking = count > 0 ? firstWithout(byName.get(field)?.place) : undefined;
    return judged({
      code: `items-without-${field}`,
      count: of === 0 ? 0 : count,
      of,
      fine: of === 0 ? "There is no catalogue." : `Every item has a ${field}.`,
      wrong: `items have no ${field}.`,
      example: lacking === undefined ? undefined : { where: "the first of them", excerpt: lacking },
      costs,
      mend,
    });
  }
}

const textBits: Readonly<Record<string, number>> = { title: 1, brand: 2, category: 4, description: 8 };

function note(
  column: Uint8Column,
  tally: Tally,
  seen: SeenEvent,
  bit: number,
  is: boolean,
  name: string,
  text: string,
): void {
  const known = column.get(seen.item);
  if (is) {
    column.set(seen.item, known | bit);
    tally.add(seen, `"${name}": ${JSON.stringify(text.slice(0, 100))}`);
  } else if (known !== 0) column.set(seen.item, known & ~bit);
}

function kindOf(value: unknown): number {
  if (typeof value === "number") return 0;
  if (typeof value === "boolean") return 1;
  if (typeof value === "string") return 2;
  return Array.isArray(value) ? 3 : 4;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Values that are not of the field's most frequent kind. */
function oddOnes({ name, counts }: Field): number {
  const merged = textOrList.has(name)
    ? counts.map((count, kind) => (kind === 2 ? count + counts[3]! : kind === 3 ? 0 : count))
    : counts;
  return total(merged) - Math.max(0, ...merged);
}
