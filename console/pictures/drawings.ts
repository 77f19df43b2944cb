/** The drawings of things, read beside the page's first words: what has none yet is an empty place on the shelf. */
import { signal } from "@preact/signals";
import { dataFile } from "../app/data-file.ts";
import address from "./things.json?url";
import { type Drawings, looks } from "./things.ts";

export const drawings = signal<(Drawings & { readonly lookOf: ReturnType<typeof looks> }) | undefined>(undefined);

void dataFile<Drawings>(address).then((found) => {
  drawings.value = { ...found, lookOf: looks(found) };
});
