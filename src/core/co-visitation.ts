/** Which items shoppers turn to after which: the contract between the retriever that owns the counts and the feature that reads them. */
export interface CoVisitation {
  /** Sum of the weights of all that followed an item, decayed to `atMs`. */
  total(item: number, atMs: number): number;
  /** Calls `visit` with each kept neighbour and its weight. */
  neighbours(item: number, atMs: number, visit: (neighbour: number, weight: number) => void): void;
}
