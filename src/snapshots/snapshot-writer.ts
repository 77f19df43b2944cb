/**
 * One snapshot as a file:
 *
 *     header line (JSON) "\n" u32 CRC-32 of the line
 *     for each buffer: runs (u32 zero bytes left out · u32 bytes that follow · these bytes) until (0 · 0), then u32 CRC-32 of all runs
 *     "END\n"                                                                                          little-endian
 *
 * Pages of zeros are left out: hash tables and weights begin empty. Nothing is ever held in one piece.
 */
import { crc32 } from "node:zlib";
import type { State, StateBuffer } from "../core/state.ts";
import type { Files } from "./files.ts";
import type { SnapshotHeader } from "./snapshot-store.ts";

export const pageBytes = 4096;
export const pieceBytes = 4 * 1024 * 1024;
const zeroBytesMax = 0x40000000;
const zeroPage = Buffer.alloc(pageBytes);
export const endMark = Buffer.from("END\n");

export interface SavedBuffer {
  readonly name: string;
  readonly length: number;
  readonly bytes: number;
}

export interface SavedState {
  readonly name: string;
  readonly version: number;
  readonly layout?: string;
  readonly buffers: readonly SavedBuffer[];
}

/** The header line. */
export interface Contents extends SnapshotHeader {
  readonly states: readonly SavedState[];
}

export function writeSnapshot(
  files: Files,
  descriptor: number,
  header: SnapshotHeader,
  states: readonly State[],
): void {
  const contents: Contents = { ...headerOf(header), states: states.map(described) };
  const line = Buffer.from(`${JSON.stringify(contents)}\n`);
  const out = pieces(files, descriptor);
  out.write(line);
  out.write(u32(crc32(line)));
  for (const { buffers } of states) for (const buffer of buffers) writeBuffer(out, buffer);
  out.write(endMark);
  out.flush();
}

/** Without what else an object may carry. */
export function headerOf({ format, release, config, log, offset, rebuilt }: SnapshotHeader): SnapshotHeader {
  return { format, release, config, log, offset, ...(rebuilt?.length && { rebuilt }) };
}

function described({ name, version, layout, buffers }: State): SavedState {
  return {
    name,
    version,
    ...(layout !== undefined && { layout }),
    buffers: buffers.map((buffer) => ({ name: buffer.name, length: buffer.length, bytes: bytesOf(buffer) })),
  };
}

export function bytesOf(buffer: StateBuffer): number {
  let bytes = 0;
  for (const chunk of buffer.chunks()) bytes += chunk.byteLength;
  return bytes;
}

function writeBuffer(out: Pieces, buffer: StateBuffer): void {
  let crc = 0;
  let zeros = 0;
  const put = (bytes: Uint8Array): void => {
    crc = crc32(bytes, crc);
    out.write(bytes);
  };
  const run = (bytes: Uint8Array): void => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(zeros, 0);
    head.writeUInt32LE(bytes.length, 4);
    put(head);
    put(bytes);
    zeros = 0;
  };
  const nothing = new Uint8Array(0);
  for (const chunk of buffer.chunks()) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += pageBytes) {
      const page = chunk.subarray(at, at + pageBytes);
      if (!isZero(page)) {
        // Bounded, so that a run's length fits 32 bits.
        if (at - start < pieceBytes) continue;
        run(chunk.subarray(start, at));
        start = at;
        continue;
      }
      if (at > start) run(chunk.subarray(start, at));
      zeros += page.length;
      if (zeros >= zeroBytesMax) run(nothing);
      start = at + page.length;
    }
    if (start < chunk.length) run(chunk.subarray(start));
  }
  if (zeros > 0) run(nothing);
  run(nothing);
  out.write(u32(crc));
}

export const isZero = (page: Uint8Array): boolean =>
  page[0] === 0 && Buffer.compare(page, page.length === pageBytes ? zeroPage : zeroPage.subarray(0, page.length)) === 0;

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}

interface Pieces {
  write(bytes: Uint8Array): void;
  flush(): void;
}

/** Gathers small writes into pieces of {@link pieceBytes}. */
function pieces(files: Files, descriptor: number): Pieces {
  const piece = Buffer.allocUnsafe(pieceBytes);
  let filled = 0;
  const flush = (): void => {
    for (let at = 0; at < filled; ) at += files.write(descriptor, piece.subarray(at, filled));
    filled = 0;
  };
  return {
    flush,
    write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const count = Math.min(bytes.length - at, pieceBytes - filled);
        piece.set(bytes.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled === pieceBytes) flush();
      }
    },
  };
}
