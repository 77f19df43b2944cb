/** The byte-level mutator: what a broken cable, a wrong encoder or an attacker makes of bytes that were fine. */
import type { Random } from "../../src/core/random.ts";

const spliced = [
  ...[
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\r\n\r\n",
    " ",
    "\t",
    "\x7f",
    '"',
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-",
    "e999",
    "0x10",
    "NaN",
  ],
  ...[
    "\\u0000",
    "\\ud800",
    "\\u",
    "null",
    "true",
    "1e308",
    "9007199254740993",
    "__proto__",
    "constructor",
    "\ufeff",
    "﻿",
  ],
].map((text) => Buffer.from(text));
const notUtf8 = [
  [0xff],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0x80],
  [0xe2, 0x82],
  [0xfe, 0xff],
].map((bytes) => Buffer.from(bytes));

/** The bytes with one to four changes. */
export function mutated(bytes: Buffer, chance: Random): Buffer {
  let result = bytes;
  for (let changes = 1 + chance.int(4); changes > 0; changes--) result = changed(result, chance);
  return result;
}

function changed(bytes: Buffer, chance: Random): Buffer {
  const at = chance.int(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + chance.int(chance.next() < 0.8 ? 4 : 64));
  const around = (middle: Buffer, from = at, to = at): Buffer =>
    Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]);
  const pick = (from: readonly Buffer[]): Buffer => from[chance.int(from.length)]!;
  switch (chance.int(9)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at]! ^= 1 << chance.int(8);
      return flipped;
    }
    case 1:
      return around(Buffer.from([chance.int(256)]), at, Math.min(bytes.length, at + 1));
    case 2:
      return around(Buffer.alloc(0), at, end);
    case 3:
      return around(bytes.subarray(at, end));
    case 4:
      return around(pick(spliced));
    case 5:
      return around(pick(spliced), at, end);
    case 6:
      return around(pick(notUtf8));
    case 7: {
      const other = chance.int(bytes.length + 1);
      return around(bytes.subarray(other, Math.min(bytes.length, other + 1 + chance.int(32))));
    }
    default:
      return chance.next() < 0.3
        ? Buffer.from(bytes.subarray(0, at))
        : around(Buffer.from(String(chance.int(1e9))), at, end);
  }
}
