/** How rooms read what the catalogue holds: contracts that `catalogue/` fulfils and others are handed. */

/** A number of each item; NaN where absent. */
export interface ItemNumber {
  get(item: number): number;
}

/** A word of each item (row of the word table); −1 where absent. */
export interface ItemWord {
  get(item: number): number;
}

/** Several words of each item. */
export interface ItemWords {
  /** Writes the words' rows to `out`; returns how many. */
  get(item: number, out: Int32Array): number;
}

export const noNumber: ItemNumber = { get: () => Number.NaN };
export const noWords: ItemWords = { get: () => 0 };
export const noWord: ItemWord = { get: () => -1 };
