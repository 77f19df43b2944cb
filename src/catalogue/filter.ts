/**
 * Filters (docs/recommendations.md) compiled for one request to a test on item rows. They come from outside, so each is
 * refused here with its place when it makes no sense.
 */
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { FieldRegistry } from "./field-registry.ts";
import { compileRule, type Filterable, type ItemTest, inStockUnheardOf, isObject, malformed } from "./filter-rule.ts";

/** `at`: JSON pointer of the filters in the request. */
export function compileFilter(filters: unknown, source: Filterable, at = "/filters", depth = 0): ItemTest {
  if (!isObject(filters)) malformed(at, "Filters are an object: field name to rule, all of which must hold.");
  if (depth > limits.depthMax) malformed(at, `Filters nest at most ${limits.depthMax} levels deep.`);
  const tests: ItemTest[] = [];
  for (const [name, rule] of Object.entries(filters)) {
    if (rule === undefined) continue;
    const ruleAt = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (name === "not" && isObject(rule)) {
      const inner = compileFilter(rule, source, ruleAt, depth + 1);
      tests.push((item) => !inner(item));
    } else if (name === "or" && Array.isArray(rule) && rule.every(isObject)) {
      const inner = rule.map((one, i) => compileFilter(one, source, `${ruleAt}/${i}`, depth + 1));
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

function unknownField(name: string, { all }: FieldRegistry): string {
  const unknown = `There is no field ${JSON.stringify(name.slice(0, limits.nameLengthMax))} to filter on`;
  if (all.length === 0) return `${unknown}: the catalogue is empty. Send item events first.`;
  const full = all.length >= limits.catalogueFieldsMax ? ` (no more than ${limits.catalogueFieldsMax} can be)` : "";
  return `${unknown}; the fields are ${all.map((field) => field.name).join(", ")}${full}.`;
}
