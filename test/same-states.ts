/** Which states of two engines differ: faster than their checksums, and says where. */
import type { State } from "../src/core/state.ts";

const bytesOf = (chunks: readonly Uint8Array[]): Uint8Array =>
  chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);

const isSame = (one: State, other: State): boolean =>
  one.buffers.length === other.buffers.length &&
  one.buffers.every((buffer, b) => {
    const twin = other.buffers[b]!;
    if (buffer.name !== twin.name || buffer.length !== twin.length) return false;
    return Buffer.compare(bytesOf(buffer.chunks()), bytesOf(twin.chunks())) === 0;
  });

/** Names of the states that the two do not both hold with the same bytes; versions are not compared. */
export function differingStates(these: readonly State[], others: readonly State[]): string[] {
  const names = new Set([...these, ...others].map(({ name }) => name));
  return [...names].filter((name) => {
    const one = these.find((state) => state.name === name);
    const other = others.find((state) => state.name === name);
    return one === undefined || other === undefined || !isSame(one, other);
  });
}
