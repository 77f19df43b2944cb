/** Electronics with graded queries: 19,406 products of Icecat, 2,651 grades (0–3) of 98 queries (Chorus, Apache-2.0). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Fields } from "../../src/core/event.ts";
import type { EventInput } from "../../src/core/public.ts";
import { folderOf, type GradedSet, itemEvent, unpackedLines } from "./dataset.ts";

/** The products' fields alone; undefined where the set is not there. */
export function chorusProducts(): readonly Fields[] | undefined {
  const folder = folderOf("chorus");
  return folder === undefined ? undefined : products(folder).map(({ fields }) => fields as Fields);
}

export function chorus(folder: string): GradedSet {
  return {
    items: products(folder),
    grades: (parse(readFileSync(join(folder, "ratings.csv")), { columns: true }) as Record<string, string>[]).map(
      ({ query, docid, rating }) => ({ query: query!, item: docid!, grade: Number(rating) }),
    ),
  };
}

const products = (folder: string): EventInput[] =>
  unpackedLines(join(folder, "products.jsonl.gz")).map((line) => product(JSON.parse(line)));

function product(given: Readonly<Record<string, unknown>>): EventInput {
  return itemEvent(given.id as string, {
    title: given.title,
    brand: given.supplier,
    description: given.short_description,
    price: typeof given.price === "number" && given.price > 0 ? given.price / 100 : null,
    released: given.date_released,
    image: given.img_500x500,
    model: given.name,
    type: given.attr_t_product_type ?? given.attr_t_type,
  });
}
