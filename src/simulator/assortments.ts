/** What a simulated shop may sell. */
import { departmentStoreDe } from "./department-store-de.ts";
import { departmentStoreEn } from "./department-store-en.ts";
import { departmentStoreZh } from "./department-store-zh.ts";
import { type Language, type Words, words } from "./words.ts";

/**
 * - `small`: 12 categories of one kind of thing each, 24 houses.
 * - `wide`: 24 categories of three kinds each, 48 houses; titles as long as real ones.
 */
export type Assortment = "small" | "wide";

const wide: Readonly<Record<Language, Words>> = {
  en: departmentStoreEn,
  de: departmentStoreDe,
  zh: departmentStoreZh,
};

export const wordsOf = (assortment: Assortment, language: Language): Words =>
  (assortment === "small" ? words : wide)[language];
