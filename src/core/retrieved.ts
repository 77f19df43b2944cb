/** Candidates that the retrievers found for a request, with what each says of every one of them. */
import { List } from "./list.ts";

/** Most candidates of one recommendation. */
export const poolMax = 320;

export class Pool extends List {
  /** [retriever][candidate] strength, 0 where it has nothing to say. */
  readonly strength: readonly Float64Array[];
  /** [retriever][candidate] rank in what the retriever found, 1-based; 0 if it did not find it. */
  readonly rank: readonly Int32Array[];
  /** [retriever] strength of its best. */
  readonly best: Float64Array;

  constructor(retrievers: number, capacity = poolMax) {
    super();
    this.strength = Array.from({ length: retrievers }, () => new Float64Array(capacity));
    this.rank = Array.from({ length: retrievers }, () => new Int32Array(capacity));
    this.best = new Float64Array(retrievers);
  }
}

/** What one retriever found, best first. Reused. */
export class Found {
  count = 0;
  item = new Int32Array(1024);
  strength = new Float64Array(1024);

  clear(): void {
    this.count = 0;
  }

  push(item: number, strength: number): void {
    if (this.count >= this.item.length) return;
    this.item[this.count] = item;
    this.strength[this.count++] = strength;
  }
}
