/**
 * A block: the unit that is written, checked and read. What is appended while the disk is busy becomes one block.
 *
 *     u32 CRC-32 of all that follows · u32 count · u64 first offset · count × record        little-endian
 *     record: u32 length · u32 mark · JSON in UTF-8
 *
 * A mark is the CRC-32 of the JSON, begun with the event's offset (its lower 32 bits): of a damaged block it finds the
 * records that are whole, and which they are, even where the lengths before them are lost.
 */
import { crc32 } from "node:zlib";
import type { LoggedEvent } from "../core/event.ts";

const blockEventsMax = 1000;
const blockBytesMax = 1_000_000;
const headBytes = 16;
const recordHeadBytes = 8;

/** Events as JSON, to be written from offset `first` on. */
export interface Lines {
  readonly first: number;
  readonly lines: readonly string[];
  /** [line] bytes in UTF-8. */
  readonly sizes: readonly number[];
}

export interface EncodedBlock {
  /** Offset of the first event. */
  readonly first: number;
  readonly bytes: Uint8Array;
}

export function linesOf(first: number, events: readonly LoggedEvent[]): Lines {
  const lines = events.map((event) => JSON.stringify(event));
  return { first, lines, sizes: lines.map((line) => Buffer.byteLength(line, "utf8")) };
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
    for (let i = 0; i < append.lines.length; i++) {
      const recordBytes = recordHeadBytes + append.sizes[i]!;
      if (lines.length > 0 && (lines.length === blockEventsMax || byteLength + recordBytes > blockBytesMax)) {
        blocks.push({ first, bytes: encode(first, lines, byteLength) });
        first += lines.length;
        lines = [];
        byteLength = headBytes;
      }
      lines.push(append.lines[i]!);
      byteLength += recordBytes;
    }
  }
  blocks.push({ first, bytes: encode(first, lines, byteLength) });
  return blocks;
}

function encode(first: number, lines: readonly string[], byteLength: number): Buffer {
  // Memory of its own, not of Buffer's pool: lmdb reads it from another thread, by address, until the commit.
  const block = Buffer.allocUnsafeSlow(byteLength);
  block.writeUInt32LE(lines.length, 4);
  block.writeBigUInt64LE(BigInt(first), 8);
  let at = headBytes;
  for (let i = 0; i < lines.length; i++) {
    const from = at + recordHeadBytes;
    const size = block.write(lines[i]!, from, "utf8");
    block.writeUInt32LE(size, at);
    block.writeUInt32LE(crc32(block.subarray(from, from + size), (first + i) >>> 0), at + 4);
    at = from + size;
  }
  block.writeUInt32LE(crc32(block.subarray(4)), 0);
  return block;
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** How many events a block holds, or `undefined` if these are not the bytes that were written as this block. */
export function countOf({ first, bytes }: EncodedBlock): number | undefined {
  const block = asBuffer(bytes);
  const isWhole =
    block.length >= headBytes &&
    crc32(block.subarray(4)) === block.readUInt32LE(0) &&
    block.readBigUInt64LE(8) === BigInt(first);
  return isWhole ? block.readUInt32LE(4) : undefined;
}

/** The events of a block, or `undefined` if these are not the bytes that were written as this block. */
export function decodeBlock(encoded: EncodedBlock): LoggedEvent[] | undefined {
  const count = countOf(encoded);
  if (count === undefined) return undefined;
  const block = asBuffer(encoded.bytes);
  const events: LoggedEvent[] = [];
  let at = headBytes;
  for (let i = 0; i < count; i++) {
    const end = at + recordHeadBytes + block.readUInt32LE(at);
    events.push(JSON.parse(block.toString("utf8", at + recordHeadBytes, end)) as LoggedEvent);
    at = end;
  }
  return events;
}

/** What can be read of a damaged block. */
export interface Salvage {
  /** [place in the block] JSON of the record, `undefined` if it is lost. As long as the block is known to have been. */
  readonly records: readonly (string | undefined)[];
  /** False if it may have held more: its end and its count are both damaged. */
  readonly isComplete: boolean;
}

/** The whole records of a damaged block. `count`: how many it held, where that is known from the block after it. */
export function salvage({ first, bytes }: EncodedBlock, count?: number): Salvage {
  const block = asBuffer(bytes);
  const found = new Map<number, string>();
  const most = Math.min(count ?? blockEventsMax, blockEventsMax);
  let place = 0;
  let lastEnd = headBytes;
  for (let at = headBytes; at + recordHeadBytes < block.length; ) {
    const record = recordAt(block, at, first, place, most);
    if (record === undefined) {
      at++;
      continue;
    }
    if (record.place === place + 1 && at > lastEnd) {
      // One record is missing, and where it ends is known: its length may be all that is damaged.
      const between = jsonAt(block, lastEnd, at, first + place);
      if (between !== undefined) found.set(place, between);
    }
    found.set(record.place, record.json);
    place = record.place + 1;
    lastEnd = at = record.end;
  }
  const tail = place < most ? jsonAt(block, lastEnd, block.length, first + place) : undefined;
  if (tail !== undefined) {
    found.set(place++, tail);
    lastEnd = block.length;
  }
  if (count !== undefined) return { records: places(found, count), isComplete: true };
  const told = block.length >= 8 ? block.readUInt32LE(4) : 0;
  if (lastEnd === block.length && place > 0) return { records: places(found, place), isComplete: told === place };
  // Every record after the last whole one takes a head and two bytes of JSON at least.
  const room = Math.floor((block.length - lastEnd) / (recordHeadBytes + 2));
  const isPlausible = told > place && told <= Math.min(place + room, blockEventsMax);
  return { records: places(found, isPlausible ? told : place + 1), isComplete: isPlausible };
}

const places = (found: ReadonlyMap<number, string>, count: number): (string | undefined)[] =>
  Array.from({ length: count }, (_, place) => found.get(place));

/** A whole record that begins at `at`, at one of the places from `placeMin` to before `placeEnd` of the block. */
function recordAt(
  block: Buffer,
  at: number,
  first: number,
  placeMin: number,
  placeEnd: number,
): { json: string; place: number; end: number } | undefined {
  const from = at + recordHeadBytes;
  const end = from + block.readUInt32LE(at);
  if (end > block.length || block[from] !== 0x7b || block[end - 1] !== 0x7d) return undefined;
  const body = block.subarray(from, end);
  const mark = block.readUInt32LE(at + 4);
  for (let place = placeMin; place < placeEnd; place++) {
    if (crc32(body, (first + place) >>> 0) !== mark) continue;
    const json = body.toString("utf8");
    return isJson(json) ? { json, place, end } : undefined;
  }
  return undefined;
}

/** The JSON of the record from `at` to `end`, whatever its length says. */
function jsonAt(block: Buffer, at: number, end: number, offset: number): string | undefined {
  const from = at + recordHeadBytes;
  if (from >= end || crc32(block.subarray(from, end), offset >>> 0) !== block.readUInt32LE(at + 4)) return undefined;
  const json = block.toString("utf8", from, end);
  return isJson(json) ? json : undefined;
}

/** By chance alone, one in millions of places has a mark that fits. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The whole block that these bytes begin with, by what it says of itself; `undefined` if there is none. */
export function blockIn(found: Uint8Array): EncodedBlock | undefined {
  if (found.length < headBytes) return undefined;
  const bytes = asBuffer(found);
  const count = bytes.readUInt32LE(4);
  let end = headBytes;
  for (let i = 0; i < count && i < blockEventsMax && end + recordHeadBytes <= bytes.length; i++)
    end += recordHeadBytes + bytes.readUInt32LE(end);
  if (count < 1 || count > blockEventsMax || end > bytes.length) return undefined;
  const block = { first: Number(bytes.readBigUInt64LE(8)), bytes: bytes.subarray(0, end) };
  return countOf(block) === count ? block : undefined;
}
