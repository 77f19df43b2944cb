/** What of a text matched, marked for a page: HTML, everything escaped but the marks themselves. */
import type { Analyzer, Token } from "../core/analyzer.ts";
import { limits } from "../core/limits.ts";
import { readable } from "../core/read-length.ts";
import { withoutTags } from "./tags.ts";

/** A text longer than this is shown in part, in so many code units or a word less; as a title it is shown whole. */
const wholeLengthMax = 240;
const snippetLength = 200;
/** Of a snippet, what comes before its first match. */
const leadLength = 50;

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly term: string;
}

/**
 * The text with `<em>` around the words that are one of `terms` or begin with one of `prefixes` (only the beginning is marked), all folded as
 * the analyzer folds; undefined where none is there. Of a text longer than 240 code units the about 200 with the most different matches
 * are shown, whole words, with “…” where something is left out; the first of equal ones. HTML tags in a text are left out, and what comes
 * after `unitsMax` units ({@link readable}) is neither read nor shown.
 */
export function highlight(
  analyzer: Analyzer,
  text: string,
  terms: ReadonlySet<string>,
  prefixes: readonly string[] = [],
  unitsMax: number = limits.slotTextMax,
): string | undefined {
  const read = readable(text, unitsMax);
  const isCut = read.length < text.length;
  const shown = withoutTags(read);
  const found: Stretch[] = [];
  for (const token of analyzer.analyze(shown)) {
    const end = matchedEnd(shown, token, terms, prefixes);
    if (end > token.start) found.push({ start: token.start, end, term: token.text });
  }
  if (found.length === 0) return undefined;
  const stretches = joined(found.sort((a, b) => a.start - b.start || b.end - a.end));
  const isWhole = shown.length <= wholeLengthMax;
  const { start, end } = isWhole ? { start: 0, end: shown.length } : snippetOf(shown, found);
  return `${start > 0 ? "…" : ""}${marked(shown, start, end, stretches)}${end < shown.length || isCut ? "…" : ""}`;
}

/** Up to where a token is marked; its start where it is not. */
function matchedEnd(text: string, token: Token, terms: ReadonlySet<string>, prefixes: readonly string[]): number {
  if (terms.has(token.text)) return token.end;
  let longest = 0;
  for (const prefix of prefixes) {
    if (prefix.length > longest && token.text.startsWith(prefix)) longest = prefix.length;
  }
  if (longest === 0) return token.start;
  // Where folding kept the length, code units of the token are those of the text; else the whole word is marked.
  const isPlain = token.end - token.start === token.text.length && !splitsPair(text, token.start + longest);
  return isPlain ? token.start + longest : token.end;
}

function splitsPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code < 0xe000;
}

/** Overlapping and touching stretches as one: pairs of ideograms, a whole with its parts. */
function joined(found: readonly Stretch[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const one of found) {
    const last = stretches.at(-1);
    if (last === undefined || one.start > last.end) stretches.push(one);
    else if (one.end > last.end) stretches[stretches.length - 1] = { ...last, end: one.end };
  }
  return stretches;
}

function snippetOf(text: string, found: readonly Stretch[]): { start: number; end: number } {
  let best = 0;
  let most = 0;
  /** How often each term is among the matches from `first` up to `next`. */
  const counts = new Map<string, number>();
  let next = 0;
  found.forEach(({ start, term }, first) => {
    for (; next < found.length && (next <= first || found[next]!.end <= start + snippetLength - leadLength); next++)
      counts.set(found[next]!.term, (counts.get(found[next]!.term) ?? 0) + 1);
    if (counts.size > most) {
      best = first;
      most = counts.size;
    }
    const left = counts.get(term)! - 1;
    if (left === 0) counts.delete(term);
    else counts.set(term, left);
  });
  const match = found[best]!;
  const wanted = Math.max(0, match.start - leadLength);
  const start = wanted === 0 ? 0 : wordStart(text, wanted, match.start);
  const end = Math.max(match.end, wordEnd(text, Math.min(text.length, start + snippetLength), match.end));
  return { start, end };
}

/** The next beginning of a word from `at` on, `latest` at the latest. */
function wordStart(text: string, at: number, latest: number): number {
  for (let i = at; i < latest; i++) if (isSpace(text, i - 1) && !isSpace(text, i)) return i;
  // Nothing but one long word, or a script without spaces.
  return splitsPair(text, at) ? at + 1 : at;
}

/** The last end of a word up to `at`, `earliest` at the earliest. */
function wordEnd(text: string, at: number, earliest: number): number {
  if (at === text.length) return at;
  for (let i = at; i > earliest; i--) if (isSpace(text, i) && !isSpace(text, i - 1)) return i;
  return splitsPair(text, at) ? at - 1 : at;
}

const isSpace = (text: string, at: number): boolean => /\s/.test(text[at] ?? " ");

function marked(text: string, start: number, end: number, stretches: readonly Stretch[]): string {
  let html = "";
  let at = start;
  for (const one of stretches) {
    const from = Math.max(one.start, start);
    const to = Math.min(one.end, end);
    if (to <= from) continue;
    html += `${escaped(text.slice(at, from))}<em>${escaped(text.slice(from, to))}</em>`;
    at = to;
  }
  return html + escaped(text.slice(at, end));
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => escapes[sign]!);
