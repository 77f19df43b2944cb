/**
 * A block: the unit that is written, checked and read. What is appended while the disk is busy becomes one block.
 *
 *     u32 CRC-32 of all that follows · u32 count · count × (u32 length · JSON in UTF-8)        little-endian
 */
import { crc32 } from "node:zlib";
import type { LoggedEvent } from "../core/event.ts";

const blockEventsMax = 1000;
const blockBytesMax = 1_000_000;
const headBytes = 8;

/** Events as JSON, to be written from offset `first` on. */
export interface Lines {
  readonly first: number;
  readonly lines: readonly string[];
}

export interface EncodedBlock {
  /** Offset of the first event. */
  readonly first: number;
  readonly bytes: Buffer;
}

/**
 * Appends that follow one another as blocks of at most {@link blockEventsMax} events and, but for a single larger event,
 * {@link blockBytesMax} bytes.
 */
export function encodeBlocks(appends: readonly Lines[]): EncodedBlock[] {
  const blocks: EncodedBlock[] = [];
  let first = appends[0]!.first;
  let lines: string[] = [];
  let byteLength = headBytes;
  for (const append of appends) {
    for (const line of append.lines) {
      const lineBytes = 4 + Buffer.byteLength(line, "utf8");
      if (lines.length > 0 && (lines.length === blockEventsMax || byteLength + lineBytes > blockBytesMax)) {
        blocks.push({ first, bytes: encode(lines, byteLength) });
        first += lines.length;
        lines = [];
        byteLength = headBytes;
      }
      lines.push(line);
      byteLength += lineBytes;
    }
  }
  blocks.push({ first, bytes: encode(lines, byteLength) });
  return blocks;
}

function encode(lines: readonly string[], byteLength: number): Buffer {
  // Memory of its own, not of Buffer's pool: lmdb reads it from another thread, by address, until the commit.
  const block = Buffer.allocUnsafeSlow(byteLength);
  block.writeUInt32LE(lines.length, 4);
  let at = headBytes;
  for (const line of lines) {
    const size = block.write(line, at + 4, "utf8");
    block.writeUInt32LE(size, at);
    at += 4 + size;
  }
  block.writeUInt32LE(crc32(block.subarray(4)), 0);
  return block;
}

/** How many events a block holds, or `undefined` if these are not the bytes that were written. */
export function countOf(block: Buffer): number | undefined {
  const isWhole = block.length >= headBytes && crc32(block.subarray(4)) === block.readUInt32LE(0);
  return isWhole ? block.readUInt32LE(4) : undefined;
}

/** The events of a block, or `undefined` if these are not the bytes that were written. */
export function decodeBlock(block: Buffer): LoggedEvent[] | undefined {
  const count = countOf(block);
  if (count === undefined) return undefined;
  const events: LoggedEvent[] = [];
  let at = headBytes;
  for (let i = 0; i < count; i++) {
    const end = at + 4 + block.readUInt32LE(at);
    events.push(JSON.parse(block.toString("utf8", at + 4, end)) as LoggedEvent);
    at = end;
  }
  return events;
}
