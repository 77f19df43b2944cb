import { hashText, mixPair } from "./core/random.ts";

/**
 * The id of the slate that comes next. Unique in the log by the offset, and by the wall clock where a crash took the list that had this
 * offset before; not to be guessed from another without the log's id.
 */
export function slateId(
  { head, id }: { readonly head: number; readonly id: string },
  seed: number,
  wallMs: number,
): string {
  const mark = mixPair(mixPair(hashText(id, seed), head), wallMs % 2 ** 32) >>> 0;
  return `${head.toString(36)}-${mark.toString(36)}`;
}
