/** Every match of a query with its score, rows ascending. Reused; it grows and is never copied out. */
export class Matches {
  count = 0;
  item = new Int32Array(1024);
  /** [match] above 0. */
  score = new Float64Array(1024);

  clear(): void {
    this.count = 0;
  }

  /** Room for `more` further matches. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.item.length) return;
    const length = Math.max(needed, 2 * this.item.length);
    const item = new Int32Array(length);
    item.set(this.item.subarray(0, this.count));
    const score = new Float64Array(length);
    score.set(this.score.subarray(0, this.count));
    this.item = item;
    this.score = score;
  }

  /** Keeps those that `accepts` lets pass. */
  keep(accepts: (item: number) => boolean): void {
    const { item, score, count } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      if (!accepts(item[i]!)) continue;
      item[kept] = item[i]!;
      score[kept++] = score[i]!;
    }
    this.count = kept;
  }
}
