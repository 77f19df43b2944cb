/**
 * Optimal string alignment: the fewest insertions, deletions, substitutions and swaps of neighbours that turn one word into another,
 * no piece edited twice (the restricted Damerau–Levenshtein distance; Boytsov 2011, “Indexing methods for approximate dictionary searching”, §2).
 */

const rowCells = 64;
/** The last three rows of the table, in turn. Longer words are cut off by their length difference or count as far. */
const rows = [new Uint8Array(rowCells), new Uint8Array(rowCells), new Uint8Array(rowCells)] as const;
/** Words up to so many UTF-16 code units are compared; any longer one is far from every other. */
export const comparedMax = rowCells - 1;

/** The distance, or `max` + 1 for all that is farther. */
export function editDistance(a: string, b: string, max: number): number {
  if (a === b) return 0;
  const far = max + 1;
  if (Math.abs(a.length - b.length) > max || a.length > comparedMax || b.length > comparedMax) return far;
  // What both begin and end with costs nothing, and is most of what near words are.
  let from = 0;
  let aTo = a.length;
  let bTo = b.length;
  while (from < aTo && from < bTo && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  while (aTo > from && bTo > from && a.charCodeAt(aTo - 1) === b.charCodeAt(bTo - 1)) {
    aTo--;
    bTo--;
  }
  const height = aTo - from;
  const width = bTo - from;
  let [before, above, row] = rows as unknown as [Uint8Array, Uint8Array, Uint8Array];
  for (let j = 0; j <= Math.min(width, far); j++) above[j] = j;
  let leastAbove = 0;
  for (let i = 1; i <= height; i++) {
    // Only within `max` of the diagonal can a cell be near enough; the cells beside those count as far.
    const first = Math.max(1, i - max);
    const end = Math.min(width, i + max);
    row[first - 1] = first === 1 ? Math.min(i, far) : far;
    let least = row[first - 1]!;
    const code = a.charCodeAt(from + i - 1);
    for (let j = first; j <= end; j++) {
      const other = b.charCodeAt(from + j - 1);
      let cost = above[j - 1]! + (code === other ? 0 : 1);
      if (above[j]! < cost) cost = Math.min(cost, above[j]! + 1);
      if (row[j - 1]! < cost) cost = Math.min(cost, row[j - 1]! + 1);
      const isSwap =
        i > 1 && j > 1 && code !== other && code === b.charCodeAt(from + j - 2) && other === a.charCodeAt(from + i - 2);
      if (isSwap) cost = Math.min(cost, before[j - 2]! + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (end < width) row[end + 1] = far;
    // The next row is reached from this one, or by a swap from the one above.
    if (least > max && leastAbove >= max) return far;
    leastAbove = least;
    [before, above, row] = [above, row, before];
  }
  return Math.min(far, above[width]!);
}
