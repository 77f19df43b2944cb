/** The item itself: its id, the words of its fields, and where its numbers lie among those of the shop. */
import type { RowKeys } from "../core/expiring-ids.ts";
import type { ItemNumber, ItemWord, ItemWords } from "../core/item-numbers.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { absent, clamp } from "./buckets.ts";
import { code, type Feature } from "./feature.ts";

/** Fields that have a column, in order of first appearance in the catalogue. */
export const wordPlaces = 6;
export const numberPlaces = 4;

/** Where the fields stand that are learned from; what is not there (yet) reads as absent. */
export interface LearnedFields {
  word(place: number): ItemWord;
  number(place: number): ItemNumber;
  /** Several words of an item: its tags, or the first list field. */
  words(): ItemWords;
}

/** `items`, `words`: codes of their rows. */
export function itemFields(fields: LearnedFields, items: RowKeys, words: RowKeys): Feature {
  return {
    name: "item-fields",
    columns: [
      code("item"),
      ...Array.from({ length: wordPlaces }, (_, k) => code(`field-${k}`, -1)),
      ...Array.from({ length: numberPlaces }, (_, k) => code(`number-${k}`, absent)),
    ],
    state: state("feature.item-fields", 1, []),
    read(_request: Request, { count, item }: List, { dense, width }: Rows, column: number) {
      for (let i = 0; i < count; i++) dense[i * width + column] = items.code(item[i]!);
      for (let k = 0; k < wordPlaces; k++) {
        const word = fields.word(k);
        for (let i = 0; i < count; i++)
          dense[i * width + column + 1 + k] = item[i]! < 0 ? -1 : words.code(word.get(item[i]!));
      }
      for (let k = 0; k < numberPlaces; k++) {
        const number = fields.number(k);
        for (let i = 0; i < count; i++) {
          const value = item[i]! < 0 ? Number.NaN : number.get(item[i]!);
          dense[i * width + column + 1 + wordPlaces + k] = magnitude(value);
        }
      }
    },
  };
}

/** Signed doublings, two steps each: comparable for any scale, without statistics. */
function magnitude(value: number): number {
  if (Number.isNaN(value)) return absent;
  return Math.sign(value) * clamp(Math.round(2 * Math.log2(1 + Math.abs(value))), 0, 60);
}
