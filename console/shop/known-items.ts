/** Fields of items that are named by id, each asked for once. */
import type { Fields } from "../../src/core/event.ts";
import { api } from "../app/api.ts";

const known = new Map<string, Fields>();

export async function fieldsOf(items: readonly string[]): Promise<ReadonlyMap<string, Fields>> {
  await Promise.all(
    items
      .filter((item) => !known.has(item))
      .map(async (item) => {
        const report = await api.item(item).catch(() => undefined);
        if (report) known.set(item, report.fields);
      }),
  );
  return known;
}
