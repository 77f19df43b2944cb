/**
 * Where the text of an item counts: seven slots, each with its weight, how much its length matters, and what length is usual.
 * The constants are fixed (not averages of the catalogue), so that what is indexed never has to be rewritten because averages drift.
 */

/** Slot numbers are places in this list. `words`: other short text fields; `texts`: other long ones. */
export const textSlots = ["title", "brand", "category", "tags", "words", "description", "texts"] as const;
export type TextSlot = (typeof textSlots)[number];
export const slotCount = textSlots.length;

/** BM25F (Robertson & Zaragoza 2009, §3.6): [slot] weight w, length normalisation b (0 to 1), and usual length in words. */
export const slotWeight: readonly number[] = [6, 3.5, 2, 1, 0.7, 0.8, 0.4];
export const slotB: readonly number[] = [0.8, 0.3, 0.3, 0.6, 0.3, 0.75, 0.75];
export const slotPivot: readonly number[] = [10, 2, 3, 20, 3, 32, 60];
/** k₁: the weighted frequency at which half of a term's idf is had. */
export const saturation = 1.6;

/** Share of a term's idf that an item has by a weighted frequency tf~: tf~ / (k₁ + tf~), below 1. */
export const saturated = (frequency: number): number => frequency / (saturation + frequency);

/** What one occurrence in a slot of `length` words adds to tf~. */
export function occurrenceWeight(slot: number, length: number): number {
  const b = slotB[slot]!;
  return slotWeight[slot]! / (1 - b + (b * length) / slotPivot[slot]!);
}

const fixedSlots: ReadonlyMap<string, TextSlot> = new Map([
  ["title", "title"],
  ["brand", "brand"],
  ["category", "category"],
  ["tags", "tags"],
  ["description", "description"],
]);

/** Slot of a catalogue field by its name and its type as the catalogue infers it; −1 for what is no text. */
export function slotOfField(name: string, type: string): number {
  const fixed = fixedSlots.get(name);
  if (fixed !== undefined) return textSlots.indexOf(fixed);
  if (name === "image") return -1;
  switch (type) {
    case "word":
      return textSlots.indexOf("words");
    case "word-list":
      return textSlots.indexOf("tags");
    case "path":
      return textSlots.indexOf("category");
    case "text":
      return textSlots.indexOf("texts");
    default:
      return -1;
  }
}
