/** Fields of items that are named by id, each asked for once. */
import type { Fields } from "../../src/core/event.ts";
import { ApiError, ask } from "../app/api.ts";

const known = new Map<string, Fields>();
/** Asked for at the same time. */
const atOnce = 6;

/** Of `items` and no others; without those that could not be had now. */
export async function fieldsOf(items: readonly string[], ended?: AbortSignal): Promise<ReadonlyMap<string, Fields>> {
  const waiting = items.filter((item) => !known.has(item)).values();
  // At a fault no further one is asked for: it would hardly fare better.
  const askInTurn = async (): Promise<void> => {
    for (const item of waiting) if (!(await isTold(item, ended))) return;
  };
  await Promise.all(Array.from({ length: atOnce }, askInTurn));
  return new Map(
    items.flatMap((item) => {
      const fields = known.get(item);
      return fields ? [[item, fields]] : [];
    }),
  );
}

async function isTold(item: string, ended: AbortSignal | undefined): Promise<boolean> {
  try {
    const answer = await ask(`v1/items/${encodeURIComponent(item)}`, { signal: ended }, 1);
    known.set(item, ((await answer.json()) as { readonly fields: Fields }).fields);
  } catch (error) {
    // Shown, and never told of: there is nothing to ask for again.
    if (!(error instanceof ApiError && error.status === 404)) return false;
    known.set(item, {});
  }
  return true;
}
