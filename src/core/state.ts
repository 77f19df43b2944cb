/**
 * State is bytes (ARCHITECTURE.md, invariant 7): everything folded lives in named, flat buffers, so that to snapshot is to write
 * them, to restore is to read them, to compare is to hash them.
 */
import { createHash } from "node:crypto";

/** One flat buffer of numbers. */
export interface StateBuffer {
  readonly name: string;
  /** Elements in use. */
  readonly length: number;
  /** It is always as long as it is made; a saved one of another length or width is of another shape. */
  readonly isFixed?: boolean;
  /** The bytes in use, in order, as views on live memory. */
  chunks(): Uint8Array[];
  /** Sets `length` and fills each chunk by calling `read` on it, in order. */
  restore(length: number, read: (target: Uint8Array) => void): void;
}

/** A named group of buffers with one version: what a release that changes its meaning rebuilds from the log. */
export interface State {
  readonly name: string;
  readonly version: number;
  /** What its rows are made of, where that changes without the version: kept in a snapshot and compared like it. */
  readonly layout?: string;
  readonly buffers: readonly StateBuffer[];
}

export function state(name: string, version: number, buffers: readonly StateBuffer[]): State {
  return { name, version, buffers };
}

/** The state with a layout of these names. */
export function laidOut(one: State, names: readonly unknown[]): State {
  const layout = createHash("sha256").update(JSON.stringify(names)).digest("hex").slice(0, 16);
  return { ...one, layout };
}

/** A part's buffers under the part's name, for a state made of parts. */
export function prefixed(part: State): StateBuffer[] {
  return part.buffers.map((buffer) => ({
    name: `${part.name}.${buffer.name}`,
    get length() {
      return buffer.length;
    },
    ...(buffer.isFixed === true && { isFixed: true }),
    chunks: () => buffer.chunks(),
    restore: (length, read) => buffer.restore(length, read),
  }));
}

/** The buffer, that tells when it was restored: what was derived from it is dropped then. */
export function whenRestored(buffer: StateBuffer, then: () => void): StateBuffer {
  return {
    name: buffer.name,
    get length() {
      return buffer.length;
    },
    ...(buffer.isFixed === true && { isFixed: true }),
    chunks: () => buffer.chunks(),
    restore(length, read) {
      buffer.restore(length, read);
      then();
    },
  };
}

/** Fills `to` with what `from` holds; two states of the same shape. Throws what {@link StateBuffer.restore} throws. */
export function copyState(from: State, to: State): void {
  from.buffers.forEach((source, b) => {
    const chunks = source.chunks();
    let chunk = 0;
    let at = 0;
    to.buffers[b]!.restore(source.length, (target) => {
      for (let filled = 0; filled < target.length; ) {
        const part = chunks[chunk]!.subarray(at, at + target.length - filled);
        target.set(part, filled);
        filled += part.length;
        at += part.length;
        if (at < chunks[chunk]!.length) continue;
        chunk++;
        at = 0;
      }
    });
  });
}

/** SHA-256 over names, lengths and bytes of all buffers, hexadecimal: equal exactly if the states are. */
export function checksum(states: readonly State[]): string {
  const hash = createHash("sha256");
  for (const { name, version, buffers } of states) {
    for (const buffer of buffers) {
      hash.update(`${name}@${version}/${buffer.name}:${buffer.length}\n`);
      for (const chunk of buffer.chunks()) hash.update(chunk);
    }
  }
  return hash.digest("hex");
}

/** Bytes that the buffers of these states hold in use. */
export function bytesInUse(states: readonly State[]): number {
  let bytes = 0;
  for (const { buffers } of states)
    for (const buffer of buffers) for (const chunk of buffer.chunks()) bytes += chunk.byteLength;
  return bytes;
}
