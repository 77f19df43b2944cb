/** Rules of synonyms as lines of text: “sofa, couch” stand for each other, “tv => television” goes one way. */
import type { SynonymRules } from "../../src/core/search-desk.ts";

type Rule = SynonymRules[number];

/** What a line cannot say stands as JSON. */
const special = /[,\n]|=>|^\s|\s$|^[[{]/;

export function writeRules(rules: SynonymRules): string {
  return rules.map(writeRule).join("\n");
}

function writeRule(rule: Rule): string {
  const [from, to] = "from" in rule ? [rule.from, rule.to] : [undefined, rule];
  if ([from ?? "", ...to].some((word) => special.test(word)) || to.length < (from === undefined ? 2 : 1))
    return JSON.stringify(rule);
  return `${from === undefined ? "" : `${from} => `}${to.join(", ")}`;
}

export interface ReadRules {
  readonly rules: SynonymRules;
  /** Numbers of lines, from 1, that are no rule. */
  readonly wrong: readonly number[];
}

export function readRules(text: string): ReadRules {
  const rules: Rule[] = [];
  const wrong: number[] = [];
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const rule = readRule(line.trim());
    if (rule) rules.push(rule);
    else wrong.push(i + 1);
  });
  return { rules, wrong };
}

function readRule(line: string): Rule | undefined {
  if (/^[[{]/.test(line)) {
    try {
      // What is no rule after all the server names.
      return JSON.parse(line) as Rule;
    } catch {
      return undefined;
    }
  }
  const words = (part: string): string[] =>
    // Also as a Chinese keyboard has it.
    part
      .split(/[,，]/)
      .map((word) => word.trim())
      .filter(Boolean);
  const [left = "", right, ...more] = line.split(/=>|⇒/);
  if (more.length > 0) return undefined;
  if (right === undefined) return words(left).length > 1 ? words(left) : undefined;
  const [from, ...others] = words(left);
  return from && others.length === 0 && words(right).length > 0 ? { from, to: words(right) } : undefined;
}

/** Rules that one set has and the other has not. */
export function changes(before: SynonymRules, after: SynonymRules): { added: Rule[]; removed: Rule[] } {
  const texts = (rules: SynonymRules): Set<string> => new Set(rules.map((rule) => JSON.stringify(rule)));
  const [old, now] = [texts(before), texts(after)];
  return {
    added: after.filter((rule) => !old.has(JSON.stringify(rule))),
    removed: before.filter((rule) => !now.has(JSON.stringify(rule))),
  };
}
