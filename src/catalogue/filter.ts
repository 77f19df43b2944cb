/**
 * Filters (docs/recommendations.md) compiled for one request to a test on item rows. They come from outside, so each is
 * refused here with its place when it makes no sense.
 */
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { FieldRegistry } from "./field-registry.ts";
import { compileRule, type Filterable, type ItemTest, inStockUnheardOf, isObject, malformed } from "./filter-rule.ts";

/** Throws FILTER_MALFORMED or FILTER_UNKNOWN_FIELD. */
export function compileFilter(filters: unknown, source: Filterable): ItemTest {
  return compile(filters, source, "/filters", 0, { rules: 0, values: 0 });
}

/** Rules, and values of their lists, met so far in the filters of one request. */
interface Size {
  rules: number;
  values: number;
}

/** `at`: JSON pointer of the filters in the request. */
function compile(filters: unknown, source: Filterable, at: string, depth: number, size: Size): ItemTest {
  if (!isObject(filters)) malformed(at, "Filters are an object: field name to rule, all of which must hold.");
  if (depth > limits.depthMax) malformed(at, `Filters nest at most ${limits.depthMax} levels deep.`);
  const tests: ItemTest[] = [];
  for (const [name, rule] of Object.entries(filters)) {
    if (rule === undefined) continue;
    const ruleAt = `${at}/${escaped(name)}`;
    count(rule, ruleAt, size);
    if (name === "not" && isObject(rule)) {
      const inner = compile(rule, source, ruleAt, depth + 1, size);
      tests.push((item) => !inner(item));
    } else if (name === "or" && Array.isArray(rule) && rule.every(isObject)) {
      const inner = rule.map((one, i) => compile(one, source, `${ruleAt}/${i}`, depth + 1, size));
      tests.push((item) => inner.some((test) => test(item)));
    } else {
      const field = source.registry.find(name);
      if (field !== undefined) tests.push(compileRule(field, rule, source, ruleAt));
      else if (name === "inStock") tests.push(inStockUnheardOf(rule, ruleAt));
      else throw new LiveshelfError("FILTER_UNKNOWN_FIELD", unknownField(name, source.registry), ruleAt);
    }
  }
  if (tests.length === 1) return tests[0]!;
  return (item) => {
    for (const test of tests) if (!test(item)) return false;
    return true;
  };
}

/** Every item may be tested by every rule: their number is bounded. */
function count(rule: unknown, at: string, size: Size): void {
  size.rules++;
  if (Array.isArray(rule)) size.values += rule.length;
  if (size.rules > limits.filterRulesMax) malformed(at, `Filters have at most ${limits.filterRulesMax} rules.`);
  if (size.values > limits.filterValuesMax)
    malformed(at, `The lists in filters have at most ${limits.filterValuesMax} values together.`);
}

/** A field's name as part of a JSON pointer; a long one is cut. */
const escaped = (name: string): string =>
  name.slice(0, limits.idLengthMax).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");

function unknownField(name: string, { all }: FieldRegistry): string {
  const unknown = `There is no field ${JSON.stringify(name.slice(0, limits.nameLengthMax))} to filter on`;
  if (all.length === 0) return `${unknown}: the catalogue is empty. Send item events first.`;
  const full = all.length >= limits.catalogueFieldsMax ? ` (no more than ${limits.catalogueFieldsMax} can be)` : "";
  return `${unknown}; the fields are ${all.map((field) => field.name).join(", ")}${full}.`;
}
