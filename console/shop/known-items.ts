/** Fields of items that are named by id, each asked for once. */
import type { Fields } from "../../src/core/event.ts";
import { ApiError, api } from "../app/api.ts";

const known = new Map<string, Fields>();

export async function fieldsOf(items: readonly string[]): Promise<ReadonlyMap<string, Fields>> {
  await Promise.all(
    items
      .filter((item) => !known.has(item))
      .map(async (item) => {
        try {
          known.set(item, (await api.item(item)).fields);
        } catch (error) {
          // Shown, and never told of: there is nothing to ask for again.
          if (error instanceof ApiError && error.status === 404) known.set(item, {});
        }
      }),
  );
  return known;
}
