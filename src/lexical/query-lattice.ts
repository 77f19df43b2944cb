/**
 * Ways through a query: from each word to the next by itself, or over several at once (a whole, a compound written apart, a synonym of
 * several words). The best few ways are the query's readings.
 */
import type { QueryWord, Reading } from "../core/text-query.ts";

/** A stretch of the query's words, and what it is read as. */
export interface Edge {
  /** Leaves, from and up to. */
  readonly from: number;
  readonly to: number;
  readonly words: readonly QueryWord[];
  /** 0 to 1: what it takes off from the reading's weight. */
  readonly weight: number;
}

interface Way {
  readonly edge: Edge | undefined;
  readonly before: Way | undefined;
  readonly weight: number;
  /** Required words that nothing in the catalogue is like. */
  readonly missing: number;
}

/**
 * At most `size` readings: those with the fewest missing words, of these the weightiest, of equals what comes first in `edges`. Readings with
 * a missing word match nothing, and are left out where others have none. Some edge leads from each leaf to the next.
 */
export function readings(leaves: number, edges: readonly Edge[], size: number): Reading[] {
  const ways: Way[][] = Array.from({ length: leaves + 1 }, () => []);
  ways[0]!.push({ edge: undefined, before: undefined, weight: 1, missing: 0 });
  const byEnd: Edge[][] = Array.from({ length: leaves + 1 }, () => []);
  for (const edge of edges) byEnd[edge.to]!.push(edge);
  for (let at = 1; at <= leaves; at++) {
    const found = ways[at]!;
    for (const edge of byEnd[at]!) {
      const missing = missingIn(edge);
      for (const before of ways[edge.from]!)
        found.push({ edge, before, weight: before.weight * edge.weight, missing: before.missing + missing });
    }
    // A stable sort: of equals the first stays first.
    if (found.length > 1) found.sort((a, b) => a.missing - b.missing || b.weight - a.weight);
    if (found.length > size) found.length = size;
  }
  const best = ways[leaves]!;
  const fewest = best[0]!.missing;
  return best
    .filter(({ missing }, i) => (fewest === 0 ? missing === 0 : i === 0))
    .map((way) => ({ words: wordsOf(way), weight: way.weight }));
}

function missingIn({ words }: Edge): number {
  let missing = 0;
  for (const { isRequired, terms } of words) if (isRequired && terms.length === 0) missing++;
  return missing;
}

function wordsOf(way: Way): QueryWord[] {
  const edges: Edge[] = [];
  for (let at: Way | undefined = way; at?.edge !== undefined; at = at.before) edges.push(at.edge);
  return edges.reverse().flatMap(({ words }) => words);
}
