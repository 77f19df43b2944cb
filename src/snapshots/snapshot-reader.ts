/** Reads what `snapshot-writer.ts` writes, in pieces: first all of it to check the hashes, then again into the states. */
import { crc32 } from "node:zlib";
import type { Pieces } from "../core/pieces.ts";
import type { State, StateBuffer } from "../core/state.ts";
import type { Files } from "./files.ts";
import {
  bytesOf,
  type Contents,
  endMark,
  isZero,
  pageBytes,
  pieceBytes,
  type SavedBuffer,
  type SavedState,
} from "./snapshot-writer.ts";

const headerBytesMax = 16 * 1024 * 1024;

/** What can be wrong with a file; never leaves this room. */
export class Damage extends Error {}

export interface SnapshotReader {
  readonly contents: Contents;
  /** Of the whole file. */
  readonly bytes: number;
  /** Reads everything, checks every hash. Throws {@link Damage}. */
  check(): Pieces<void>;
  /** Fills those of the states that {@link isOf} is true of. Only after {@link check}. */
  restore(states: readonly State[]): Pieces<void>;
}

/** Reads the header. Throws {@link Damage}. */
export function readSnapshot(files: Files, descriptor: number): SnapshotReader {
  const source = reader(files, descriptor);
  const line = source.line();
  if (source.u32() !== crc32(line)) throw new Damage("header");
  const contents = JSON.parse(line.toString("utf8")) as Contents;
  const bodyAt = source.position();
  return {
    contents,
    bytes: files.size(descriptor),
    *check() {
      source.seek(bodyAt);
      for (const { buffers } of contents.states) for (const buffer of buffers) yield* checkBuffer(source, buffer);
      const end = Buffer.alloc(endMark.length + 1);
      if (source.some(end) !== endMark.length || !end.subarray(0, endMark.length).equals(endMark))
        throw new Damage("end");
    },
    *restore(states) {
      source.seek(bodyAt);
      for (const saved of contents.states) {
        const state = states.find((one) => isOf(saved, one));
        for (const [b, buffer] of saved.buffers.entries()) {
          if (state === undefined) skipBuffer(source);
          else yield* restoreBuffer(source, buffer, state.buffers[b]!);
        }
      }
    },
  };
}

/** True if it was saved of such a state: name, version, layout, names of buffers, and sizes of those that never change. */
export function isOf(saved: SavedState, state: State): boolean {
  if (saved.name !== state.name || saved.version !== state.version || saved.layout !== state.layout) return false;
  if (saved.buffers.length !== state.buffers.length) return false;
  return state.buffers.every((buffer, b) => {
    const { name, length, bytes } = saved.buffers[b]!;
    return name === buffer.name && (!buffer.isFixed || (length === buffer.length && bytes === bytesOf(buffer)));
  });
}

/** Bytes that are looked at or filled before other work on the thread may have its turn. */
const atOnceBytes = 512 * 1024;

function* checkBuffer(source: Source, saved: SavedBuffer): Pieces<void> {
  const head = Buffer.alloc(8);
  let crc = 0;
  let bytes = 0;
  let looked = 0;
  for (;;) {
    source.fill(head);
    crc = crc32(head, crc);
    const zeros = head.readUInt32LE(0);
    let left = head.readUInt32LE(4);
    if (zeros === 0 && left === 0) break;
    bytes += zeros + left;
    while (left > 0) {
      const part = source.next(left);
      crc = crc32(part, crc);
      left -= part.length;
      if ((looked += part.length) < atOnceBytes) continue;
      looked = 0;
      yield;
    }
  }
  if (source.u32() !== crc || bytes !== saved.bytes) throw new Damage(saved.name);
}

function skipBuffer(source: Source): void {
  const head = Buffer.alloc(8);
  for (;;) {
    source.fill(head);
    const bytes = head.readUInt32LE(4);
    if (head.readUInt32LE(0) === 0 && bytes === 0) break;
    source.seek(source.position() + bytes);
  }
  source.u32();
}

/** A buffer's chunks are views on live memory: they are asked for at once, and filled in pieces. */
function* restoreBuffer(source: Source, saved: SavedBuffer, buffer: StateBuffer): Pieces<void> {
  const head = Buffer.alloc(8);
  let zeros = 0;
  let left = 0;
  let filled = 0;
  const next = (): boolean => {
    source.fill(head);
    zeros = head.readUInt32LE(0);
    left = head.readUInt32LE(4);
    return zeros > 0 || left > 0;
  };
  const targets: Uint8Array[] = [];
  buffer.restore(saved.length, (target) => void targets.push(target));
  yield;
  let since = 0;
  for (const target of targets) {
    for (let at = 0; at < target.length; ) {
      if (zeros === 0 && left === 0 && !next()) throw new Damage(`${saved.name} is shorter`);
      const most = Math.min(target.length - at, atOnceBytes);
      const skipped = Math.min(zeros, most);
      clear(target.subarray(at, at + skipped));
      zeros -= skipped;
      const read = zeros > 0 ? 0 : Math.min(left, most - skipped);
      source.fill(target.subarray(at + skipped, at + skipped + read));
      left -= read;
      at += skipped + read;
      if ((since += skipped + read) < atOnceBytes) continue;
      since = 0;
      yield;
    }
    filled += target.length;
  }
  if (filled !== saved.bytes || next()) throw new Damage(`${saved.name} is longer`);
  source.u32();
}

/** Zeros it. Pages that are zero already are left alone: never touched, they take no memory. */
function clear(target: Uint8Array): void {
  for (let at = 0; at < target.length; at += pageBytes) {
    const page = target.subarray(at, at + pageBytes);
    if (!isZero(page)) page.fill(0);
  }
}

type Source = ReturnType<typeof reader>;

/** Reads a file in pieces. Its `fill` and `u32` throw {@link Damage} at the end of the file. */
function reader(files: Files, descriptor: number) {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, Math.max(1, files.size(descriptor))));
  let pieceAt = 0;
  let pieceLength = 0;
  let at = 0;
  /** Fills what there is; returns how many bytes. */
  const some = (target: Uint8Array): number => {
    let filled = 0;
    while (filled < target.length) {
      if (at === pieceLength) {
        pieceAt += pieceLength;
        at = 0;
        pieceLength = files.read(descriptor, piece, pieceAt);
        if (pieceLength === 0) break;
      }
      const count = Math.min(target.length - filled, pieceLength - at);
      target.set(piece.subarray(at, at + count), filled);
      filled += count;
      at += count;
    }
    return filled;
  };
  const fill = (target: Uint8Array): void => {
    if (some(target) !== target.length) throw new Damage("cut off");
  };
  const word = Buffer.alloc(4);
  return {
    some,
    fill,
    /** What comes next, at most `length` bytes, as a view that is good until more is read. Throws {@link Damage} at the end of the file. */
    next(length: number): Buffer {
      if (at === pieceLength) {
        pieceAt += pieceLength;
        at = 0;
        pieceLength = files.read(descriptor, piece, pieceAt);
        if (pieceLength === 0) throw new Damage("cut off");
      }
      const part = piece.subarray(at, Math.min(pieceLength, at + Math.min(length, atOnceBytes)));
      at += part.length;
      return part;
    },
    u32(): number {
      fill(word);
      return word.readUInt32LE(0);
    },
    /** Up to and with the first line feed. */
    line(): Buffer {
      const parts: Buffer[] = [];
      let length = 0;
      for (;;) {
        const part = Buffer.alloc(1024);
        const count = some(part);
        const feed = part.subarray(0, count).indexOf(10);
        parts.push(part.subarray(0, feed < 0 ? count : feed + 1));
        length += parts.at(-1)!.length;
        if (feed >= 0) {
          this.seek(length);
          return Buffer.concat(parts);
        }
        if (count < part.length || length > headerBytesMax) throw new Damage("header");
      }
    },
    position: (): number => pieceAt + at,
    seek(position: number): void {
      if (position >= pieceAt && position <= pieceAt + pieceLength) {
        at = position - pieceAt;
        return;
      }
      pieceAt = position;
      pieceLength = at = 0;
    },
  };
}
