/** How an item's texts match the query, in steps that linear learners can weigh: what a match is worth differs from shop to shop. */
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import type { TextMatcher } from "../core/text-query.ts";
import { code, type Feature } from "./feature.ts";

/** Without a query that has words, and of an item that has none of them. */
const silent = -1;

/** The matcher's columns that each code is made of: those it lacks read as 0. */
const read = {
  share: "share",
  coverage: "coverage",
  title: "coverage-title",
  begins: "title-begins",
  titleShare: "title-share",
  exact: "title-exact",
  phrase: "phrase",
  literalness: "literalness",
  identifier: "identifier",
} as const;

/** `matcher`: what it says depends on query and item alone. */
export function textMatch(matcher: TextMatcher): Feature {
  const at = Object.fromEntries(
    Object.entries(read).map(([name, column]) => [name, matcher.columns.indexOf(column)]),
  ) as Record<keyof typeof read, number>;
  let scratch = new Float32Array(0);
  return {
    name: "text-match",
    columns: [
      code("text-share", silent),
      code("text-coverage", silent),
      code("text-title", silent),
      code("text-exactness", silent),
      code("text-phrase", silent),
      code("text-literalness", silent),
    ],
    state: state("feature.text-match", 1, []),
    read({ text }: Request, list: List, { dense, width }: Rows, column: number) {
      const { count, item } = list;
      if (text === undefined) {
        for (let i = 0; i < count; i++) dense.fill(silent, i * width + column, i * width + column + 6);
        return;
      }
      const wide = matcher.columns.length;
      let described = list.described?.query === text ? list.described.rows : undefined;
      if (described === undefined) {
        if (scratch.length < count * wide) scratch = new Float32Array(2 * count * wide);
        described = scratch;
        matcher.describe(text, item, count, described);
      }
      const rows = described;
      for (let i = 0; i < count; i++) {
        const row = i * wide;
        const said = (place: number): number => (place < 0 ? 0 : rows[row + place]!);
        const to = i * width + column;
        if (said(at.coverage) === 0) {
          dense.fill(silent, to, to + 6);
          continue;
        }
        dense[to] = steps(said(at.share), 20);
        dense[to + 1] = steps(said(at.coverage), 6);
        dense[to + 2] = steps(said(at.title), 6);
        dense[to + 3] = exactness(
          said(at.identifier),
          said(at.exact),
          said(at.begins),
          said(at.titleShare),
          said(at.coverage),
        );
        dense[to + 4] = steps(said(at.phrase), 4);
        dense[to + 5] = steps(said(at.literalness), 4);
      }
    },
  };
}

/** A share, 0 to 1, in so many steps; only the whole is the last. The small addend: what rounds to a whole is one. */
const steps = (share: number, count: number): number =>
  Math.min(count, Math.max(0, Math.floor(share * count + 1e-4))) || 0;

/** 5 named exactly · 4 the title is the query · 3 the title begins with it · 2 the title is half of it or more · 1 all words somewhere · 0 else. */
function exactness(identifier: number, exact: number, begins: number, titleShare: number, coverage: number): number {
  if (identifier > 0) return 5;
  if (exact > 0) return 4;
  if (begins > 0.999) return 3;
  if (coverage < 0.999) return 0;
  return titleShare >= 0.5 ? 2 : 1;
}
