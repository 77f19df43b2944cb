/** Films with graded queries: 9,750 films, 270,476 grades (0 or 1) of 11,447 queries (Metarank's MSRD, CC BY-SA 4.0). */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { GradedSet } from "./dataset.ts";
import { itemEvent, unpackedLines } from "./dataset.ts";

/** Tenths of the queries, by md5(query id): 0–4 to learn from, 5 and 6 to be tested on. */
export type Tenths = readonly number[];
export const trainTenths: Tenths = [0, 1, 2, 3, 4];
export const testTenths: Tenths = [5, 6];

export function msrd(folder: string): GradedSet & { of(tenths: Tenths): GradedSet } {
  const items = unpackedLines(join(folder, "movies-corpus.jsonl.gz")).map((line) => {
    const { id, overview, ...fields } = JSON.parse(line) as Record<string, unknown>;
    return itemEvent(String(id), { ...fields, description: overview });
  });
  const rows = unpackedLines(join(folder, "movies-judgments.tsv.gz"))
    .slice(1)
    .map((line) => {
      const [id, query, item, grade] = line.split("\t") as [string, string, string, string];
      return { id, query, item, grade: Number(grade) };
    });
  return {
    items,
    grades: rows,
    of: (tenths) => ({ items, grades: rows.filter(({ id }) => tenths.includes(tenth(id))) }),
  };
}

const tenth = (id: string): number => Number(BigInt(`0x${createHash("md5").update(id).digest("hex")}`) % 10n);
