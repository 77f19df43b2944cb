/**
 * Filters (docs/recommendations.md) compiled for one request to a test on item rows. They come from outside, so each is
 * refused here with its place when it makes no sense.
 */
import { limits } from "../core/limits.ts";
import {
  compileRule,
  type Filterable,
  type ItemTest,
  inStockUnheardOf,
  isObject,
  malformed,
  refuseUnknownField,
} from "./filter-rule.ts";

/** One of the rules that must all hold. */
export interface FilterTest {
  /** The field that the rule alone is about; absent for groups of several fields, and for what is negated. */
  readonly field: string | undefined;
  readonly test: ItemTest;
}

/** Throws FILTER_MALFORMED or FILTER_UNKNOWN_FIELD. */
export const compileFilter = (filters: unknown, source: Filterable): ItemTest =>
  allOf(compileFilterTests(filters, source));

/** The same, each rule of the outermost level by itself. */
export const compileFilterTests = (filters: unknown, source: Filterable): FilterTest[] =>
  compile(filters, source, "/filters", 0, { rules: 0, values: 0 });

/** Rules, and values of their lists, met so far in the filters of one request. */
interface Size {
  rules: number;
  values: number;
}

/** `at`: JSON pointer of the filters in the request. */
function compile(filters: unknown, source: Filterable, at: string, depth: number, size: Size): FilterTest[] {
  if (!isObject(filters)) malformed(at, "Filters are an object: field name to rule, all of which must hold.");
  if (depth > limits.depthMax) malformed(at, `Filters nest at most ${limits.depthMax} levels deep.`);
  const tests: FilterTest[] = [];
  const inner = (one: unknown, innerAt: string): ItemTest => allOf(compile(one, source, innerAt, depth + 1, size));
  for (const [name, rule] of Object.entries(filters)) {
    if (rule === undefined) continue;
    const ruleAt = `${at}/${escaped(name)}`;
    count(rule, ruleAt, size);
    if (name === "not" && isObject(rule)) {
      const test = inner(rule, ruleAt);
      tests.push({ field: undefined, test: (item) => !test(item) });
    } else if ((name === "or" || name === "and") && Array.isArray(rule) && rule.every(isObject)) {
      const members = rule.map((one, i) => inner(one, `${ruleAt}/${i}`));
      if (name === "or") tests.push({ field: onlyField(rule), test: (item) => members.some((test) => test(item)) });
      else tests.push({ field: undefined, test: (item) => members.every((test) => test(item)) });
    } else {
      const field = source.registry.find(name);
      if (field !== undefined) tests.push({ field: name, test: compileRule(field, rule, source, ruleAt) });
      else if (name === "inStock") tests.push({ field: name, test: inStockUnheardOf(rule, ruleAt) });
      else if (Object.hasOwn(groups, name)) malformed(ruleAt, groups[name as keyof typeof groups]);
      else refuseUnknownField(name, "filter on", source.registry, ruleAt);
    }
  }
  return tests;
}

/** What groups of rules take, for who gave one something else. */
const groups = {
  not: `"not" takes an object of rules, not all of which may hold: {"not":{"brand":"Acme"}}.`,
  or: `"or" takes a list of objects of rules, one of which must hold: {"or":[{"brand":"Acme"},{"price":{"lt":20}}]}.`,
  and: `"and" takes a list of objects of rules, each of which must hold: {"and":[{"tags":"wool"},{"tags":"red"}]}.`,
} as const;

function allOf(tests: readonly FilterTest[]): ItemTest {
  if (tests.length === 1) return tests[0]!.test;
  return (item) => {
    for (const { test } of tests) if (!test(item)) return false;
    return true;
  };
}

/** The field that each alternative of an "or" has its one rule on: ranges of one field, of which any may hold. */
function onlyField(alternatives: readonly Readonly<Record<string, unknown>>[]): string | undefined {
  let only: string | undefined;
  for (const one of alternatives) {
    const [name, ...others] = Object.keys(one);
    const isGroup = name === "not" || name === "or" || name === "and";
    if (name === undefined || isGroup || others.length > 0 || (only !== undefined && only !== name)) return undefined;
    only = name;
  }
  return only;
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
