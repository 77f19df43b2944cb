/**
 * Slots of rows: each cross of one to three columns, with the codes that stand there, is hashed to one of 2^k slots; four crosses at a
 * time. The plain twin stands in src/kernels/slots.ts, and what a program is.
 */

/** Bytes of a block's salts and of what of it counts; and of each column: where it is in a row, and its silent codes. */
const headBytes: usize = 32;
const columnBytes: usize = 32;

/** Fills slots[starts[i] … starts[i + 1]) for each row of `rows`; blocks of 1, 2 and 3 columns follow each other in the program. */
export function find(
  rows: usize, rowBytes: usize, count: i32, regime: i32,
  program: usize, ones: i32, twos: i32, threes: i32, packing: usize,
  slots: usize, starts: usize, mask: i32,
): void {
  const masks = i32x4.splat(mask);
  let to = slots;
  store<u32>(starts, 0);
  for (let i = 0; i < count; i++) {
    const row = rows + <usize>i * rowBytes;
    let kept = 0;
    if (regime >= 0) kept = (<i32>i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(v128.load32_splat(row + <usize>regime)), 0) + 1) * <i32>0x9e3779b1;
    const start = i32x4.splat(kept);
    let block = program;
    for (let b = 0; b < ones; b++) {
      const a = codesAt(row, block + headBytes);
      const said = v128.andnot(v128.load(block, 16), silent(a, block + headBytes));
      to = pack(step(v128.xor(v128.load(block), start), a), said, masks, packing, to);
      block += headBytes + columnBytes;
    }
    for (let b = 0; b < twos; b++) {
      const a = codesAt(row, block + headBytes);
      const c = codesAt(row, block + headBytes + columnBytes);
      let said = v128.andnot(v128.load(block, 16), silent(a, block + headBytes));
      said = v128.andnot(said, silent(c, block + headBytes + columnBytes));
      to = pack(step(step(v128.xor(v128.load(block), start), a), c), said, masks, packing, to);
      block += headBytes + 2 * columnBytes;
    }
    for (let b = 0; b < threes; b++) {
      const a = codesAt(row, block + headBytes);
      const c = codesAt(row, block + headBytes + columnBytes);
      const d = codesAt(row, block + headBytes + 2 * columnBytes);
      let said = v128.andnot(v128.load(block, 16), silent(a, block + headBytes));
      said = v128.andnot(said, silent(c, block + headBytes + columnBytes));
      said = v128.andnot(said, silent(d, block + headBytes + 2 * columnBytes));
      to = pack(step(step(step(v128.xor(v128.load(block), start), a), c), d), said, masks, packing, to);
      block += headBytes + 3 * columnBytes;
    }
    store<u32>(starts + (<usize>i << 2), <u32>((to - slots) >> 2), 4);
  }
}

/** Codes of a row in four columns, whose byte offsets stand at `column`. */
// @ts-ignore: a decorator of the compiler
@inline
function codesAt(row: usize, column: usize): v128 {
  let values = v128.load32_zero(row + <usize>load<u32>(column));
  values = v128.load32_lane(row + <usize>load<u32>(column, 4), values, 1);
  values = v128.load32_lane(row + <usize>load<u32>(column, 8), values, 2);
  values = v128.load32_lane(row + <usize>load<u32>(column, 12), values, 3);
  return i32x4.trunc_sat_f32x4_s(values);
}

// @ts-ignore: a decorator of the compiler
@inline
function silent(codes: v128, column: usize): v128 {
  return i32x4.eq(codes, v128.load(column, 16));
}

/** One code of each into four hashes. */
// @ts-ignore: a decorator of the compiler
@inline
function step(hash: v128, codes: v128): v128 {
  hash = i32x4.mul(v128.xor(hash, codes), i32x4.splat(<i32>0x85ebca6b));
  hash = v128.xor(hash, i32x4.shr_u(hash, 13));
  hash = i32x4.mul(hash, i32x4.splat(<i32>0xc2b2ae35));
  return v128.xor(hash, i32x4.shr_u(hash, 16));
}

/** Writes the slots of what is said, side by side; answers the end. Up to 16 bytes after it are written over. */
// @ts-ignore: a decorator of the compiler
@inline
function pack(hash: v128, said: v128, masks: v128, packing: usize, to: usize): usize {
  const found = v128.and(v128.xor(hash, i32x4.shr_u(hash, 15)), masks);
  const which = i32x4.bitmask(said);
  v128.store(to, i8x16.swizzle(found, v128.load(packing + (<usize>which << 4))));
  return to + (<usize>popcnt(which) << 2);
}
