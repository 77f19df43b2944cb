/**
 * Walks the pages of an LMDB file without LMDB, which trusts what it maps: a damaged page number ends the process or leads
 * it in circles. Data format 2 of LMDB: `MDB_meta`, `MDB_page`, `MDB_node` in mdb.c; little-endian, 64 bit.
 */
import { fstatSync, readSync } from "node:fs";

/** What is wrong with a page; leaves this room as LOG_DAMAGED. */
export class WrongPage extends Error {}

/** One of the two trees of a file: of free pages, and of records. */
interface Tree {
  readonly flags: number;
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** −1: no page. */
  readonly root: number;
}

/** What a commit left behind. Two are kept, in turn. */
export interface Meta {
  readonly pageBytes: number;
  readonly lastPage: number;
  readonly transaction: number;
  readonly free: Tree;
  readonly records: Tree;
}

export interface Entry {
  /** Until the next entry. */
  readonly key: Buffer;
  readonly valueBytes: number;
  /** Reads the value from the file; also later. */
  value(): Buffer;
}

const pageHead = 24;
const nodeHead = 8;
const magic = 0xbeefc0de;
const format = 2;
/** Mapped wherever there is room. */
const noAddress = 0n;
const metaBytes = 160;
const branch = 0x01;
const leaf = 0x02;
const overflow = 0x04;
const meta = 0x08;
/** LMDB may leave free pages unwritten at the end of a file; not more than these. */
const missingBytesMax = 2 ** 32;
/** Of a node: its value is on pages of its own. */
const isBig = 0x01;
const freeFlags = 0x08;
/** Of a node that has one: page, commit and pages of the value. */
const bigValueBytes = 24;
const noPage = 0xffff_ffff_ffff_ffffn;
/** More than any value has. */
const valueBytesMax = 2 ** 28;
/** Deeper trees would hold more pages than a file can have. */
const depthMax = 32;

/** `undefined` if there is no such page, or it is not one. `place`: 0 or 1, of the two. */
function readMeta(descriptor: number, place: number, position: number): Meta | undefined {
  const page = Buffer.alloc(metaBytes);
  if (readSync(descriptor, page, 0, metaBytes, position) !== metaBytes) return undefined;
  const pageBytes = page.readUInt32LE(48);
  const isMeta =
    page.readBigUInt64LE(0) === BigInt(place) &&
    page.readUInt16LE(18) === meta &&
    page.readUInt32LE(24) === magic &&
    page.readUInt32LE(28) === format &&
    page.readBigUInt64LE(32) === noAddress;
  if (!isMeta || !isPageSize(pageBytes)) return undefined;
  const whole = (at: number): number => Number(page.readBigUInt64LE(at));
  const tree = (at: number): Tree => ({
    flags: page.readUInt16LE(at + 4),
    depth: page.readUInt16LE(at + 6),
    branchPages: whole(at + 8),
    leafPages: whole(at + 16),
    overflowPages: whole(at + 24),
    entries: whole(at + 32),
    root: page.readBigUInt64LE(at + 40) === noPage ? -1 : whole(at + 40),
  });
  const transaction = whole(152);
  // They are written in turn.
  if (transaction > 0 && transaction % 2 !== place) return undefined;
  const lastPage = whole(144);
  if (lastPage * pageBytes > fstatSync(descriptor).size + missingBytesMax) return undefined;
  return { pageBytes, lastPage, transaction, free: tree(48), records: tree(96) };
}

const isPageSize = (bytes: number): boolean => bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;

/** Both metas, the newer one first; one that is not a meta is left out. */
export function metasOf(descriptor: number): Meta[] {
  const first = readMeta(descriptor, 0, 0);
  // Without the first, the size of a page is tried out.
  const sizes = first ? [first.pageBytes] : [4096, 16_384, 512, 1024, 2048, 8192, 32_768, 65_536];
  const second = sizes.map((size) => readMeta(descriptor, 1, size)).find((found) => found !== undefined);
  const found = [first, second].filter((one) => one !== undefined);
  return found.sort((a, b) => b.transaction - a.transaction);
}

/**
 * Walks a tree in the order of its keys. What is wrong goes to `onWrong`, which throws it, or returns to have the page or
 * entry passed over. Counts must agree with the tree's only where nothing was passed over.
 */
export function walk(
  descriptor: number,
  { pageBytes, lastPage, transaction }: Meta,
  tree: Tree,
  seen: PageSet,
  onEntry: (entry: Entry) => void,
  onWrong: (wrong: WrongPage) => void,
): void {
  const body = pageBytes - pageHead;
  const pages: Buffer[] = [];
  const head = Buffer.alloc(pageHead);
  let [branches, leaves, overflows, entries, passedOver] = [0, 0, 0, 0, 0];

  // Keys of the free pages are numbers of commits.
  const compare = (a: Buffer, b: Buffer): number =>
    tree.flags === freeFlags && a.length === 8 && b.length === 8
      ? Number(a.readBigUInt64LE(0) - b.readBigUInt64LE(0))
      : a.compare(b);
  const passOver = (wrong: unknown): void => {
    if (!(wrong instanceof WrongPage)) throw wrong;
    passedOver++;
    onWrong(wrong);
  };

  const claim = (page: number, count: number): void => {
    if (!(page > 1 && count > 0 && page + count - 1 <= lastPage)) throw new WrongPage(`page ${page} is out of range`);
    for (let i = 0; i < count; i++) if (!seen.add(page + i)) throw new WrongPage(`page ${page + i} is used twice`);
  };

  /** The page's kind, once it is known to be a page of a tree, with nodes inside its bounds. */
  function checked(page: Buffer, number: number, level: number): number {
    const kind = page.readUInt16LE(18);
    const isTree = kind === (level < tree.depth ? branch : leaf);
    if (!isTree || page.readBigUInt64LE(0) !== BigInt(number)) throw new WrongPage(`page ${number} is not of its kind`);
    if (page.readBigUInt64LE(8) > BigInt(transaction)) throw new WrongPage(`page ${number} is of a later commit`);
    const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)];
    if (lower < 2 || lower % 2 !== 0 || lower > upper || upper > body)
      throw new WrongPage(`page ${number} has no bounds`);
    let used = 0;
    for (let i = 0; i < lower; i += 2) {
      const at = page.readUInt16LE(pageHead + i);
      if (at < upper || at + nodeHead > body) throw new WrongPage(`page ${number} points out of itself`);
      used += nodeBytes(page, pageHead + at, kind);
    }
    if (used !== body - upper) throw new WrongPage(`page ${number} has nodes of other sizes`);
    return kind;
  }

  function visit(number: number, level: number, low: Buffer | undefined, high: Buffer | undefined): void {
    claim(number, 1);
    pages[level] ??= Buffer.alloc(pageBytes);
    const page = pages[level];
    if (readSync(descriptor, page, 0, pageBytes, number * pageBytes) !== pageBytes)
      throw new WrongPage(`page ${number} is cut off`);
    const kind = checked(page, number, level);
    const isBranch = kind === branch;
    if (isBranch) branches++;
    else leaves++;
    const count = page.readUInt16LE(20) / 2;
    let last = low;
    for (let i = 0; i < count; i++) {
      const at = pageHead + page.readUInt16LE(pageHead + 2 * i);
      const key = keyAt(page, at);
      // The first key of a branch stands for everything below the second.
      const isKey = !isBranch || i > 0;
      // The first key of a leaf may be the one that its branch names.
      const isAbove = last === undefined || compare(key, last) > (i === 0 && !isBranch ? -1 : 0);
      if (isKey && !(isAbove && (high === undefined || compare(key, high) < 0)))
        throw new WrongPage(`page ${number} has keys out of order`);
      if (isKey) last = key;
      if (!isBranch) entryAt(page, number * pageBytes, at, key);
      else {
        const next = i + 1 < count ? keyAt(page, pageHead + page.readUInt16LE(pageHead + 2 * (i + 1))) : high;
        const child = page.readUInt16LE(at) + page.readUInt16LE(at + 2) * 2 ** 16 + page.readUInt16LE(at + 4) * 2 ** 32;
        guarded(() => visit(child, level + 1, isKey ? key : low, next));
      }
    }
  }

  function entryAt(page: Buffer, pageAt: number, at: number, key: Buffer): void {
    entries++;
    const flags = page.readUInt16LE(at + 4);
    const valueBytes = page.readUInt32LE(at);
    const from = at + nodeHead + key.length;
    guarded(() => {
      if ((flags & ~isBig) !== 0) throw new WrongPage("an entry has unknown flags");
      if (flags === 0) {
        onEntry({ key, valueBytes, value: () => bytesAt(descriptor, pageAt + from, valueBytes) });
        return;
      }
      const number = Number(page.readBigUInt64LE(from));
      const count = Math.floor((pageHead - 1 + valueBytes) / pageBytes) + 1;
      if (Number(page.readBigUInt64LE(from + 16)) !== count) throw new WrongPage(`page ${number} has another length`);
      claim(number, count);
      readSync(descriptor, head.fill(0), 0, pageHead, number * pageBytes);
      const isRun =
        head.readBigUInt64LE(0) === BigInt(number) &&
        head.readBigUInt64LE(8) === page.readBigUInt64LE(from + 8) &&
        head.readBigUInt64LE(8) <= BigInt(transaction) &&
        head.readUInt16LE(18) === overflow &&
        head.readUInt32LE(20) === count;
      // What is at its place may be the value all the same, or parts of it.
      if (!isRun) passOver(new WrongPage(`page ${number} is not of its kind`));
      overflows += count;
      onEntry({ key, valueBytes, value: () => bytesAt(descriptor, number * pageBytes + pageHead, valueBytes) });
    });
  }

  function guarded(look: () => void): void {
    try {
      look();
    } catch (wrong) {
      passOver(wrong);
    }
  }

  guarded(() => {
    if (tree.root < 0) {
      if (tree.depth !== 0 || tree.entries !== 0) throw new WrongPage("a tree has no root");
      return;
    }
    if (tree.depth < 1 || tree.depth > depthMax) throw new WrongPage(`a tree is ${tree.depth} deep`);
    visit(tree.root, 1, undefined, undefined);
  });
  const { branchPages, leafPages, overflowPages } = tree;
  const isAll =
    branches === branchPages && leaves === leafPages && overflows === overflowPages && entries === tree.entries;
  if (passedOver === 0 && !isAll) onWrong(new WrongPage("a tree has other pages than were counted"));
}

const keyAt = (page: Buffer, at: number): Buffer =>
  page.subarray(at + nodeHead, at + nodeHead + page.readUInt16LE(at + 6));

/** Of the node with its key and value, as the page counts it; more than a page if it leaves the page. */
function nodeBytes(page: Buffer, at: number, kind: number): number {
  const keyBytes = page.readUInt16LE(at + 6);
  const isHere = kind === leaf && (page.readUInt16LE(at + 4) & isBig) === 0;
  const valueBytes = kind === branch ? 0 : isHere ? page.readUInt32LE(at) : bigValueBytes;
  const bytes = nodeHead + keyBytes + valueBytes;
  return at + bytes > page.length ? page.length : bytes + (bytes & 1);
}

/** Zeros where the file is cut off. */
function bytesAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(descriptor, bytes, 0, length, position);
  return bytes;
}

/** A page outside of any tree: the values in a leaf, or the pages of a value that begin here. */
export function valuesAt(descriptor: number, pageBytes: number, number: number): { commit: number; values: Buffer[] } {
  const page = Buffer.alloc(pageBytes);
  readSync(descriptor, page, 0, pageBytes, number * pageBytes);
  const kind = page.readUInt16LE(18);
  const commit = Number(page.readBigUInt64LE(8));
  if (page.readBigUInt64LE(0) !== BigInt(number)) return { commit, values: [] };
  if (kind === overflow) {
    const length = Math.min(page.readUInt32LE(20) * pageBytes, valueBytesMax);
    const run = Buffer.alloc(length);
    const read = readSync(descriptor, run, 0, length, number * pageBytes);
    return { commit, values: [run.subarray(pageHead, read)] };
  }
  const values: Buffer[] = [];
  if (kind !== leaf) return { commit, values };
  const end = Math.min(page.readUInt16LE(20), pageBytes - pageHead);
  for (let i = 0; i + 2 <= end; i += 2) {
    const at = pageHead + page.readUInt16LE(pageHead + i);
    if (at + nodeHead > pageBytes || page.readUInt16LE(at + 4) !== 0) continue;
    const from = at + nodeHead + page.readUInt16LE(at + 6);
    const to = from + page.readUInt32LE(at);
    if (to <= pageBytes) values.push(page.subarray(from, to));
  }
  return { commit, values };
}

/** Pages that were seen; a bit for each. */
export class PageSet {
  readonly #bits: Uint8Array;

  constructor(pages: number) {
    this.#bits = new Uint8Array(Math.ceil(pages / 8));
  }

  /** False if it was in already. */
  add(page: number): boolean {
    const bit = 1 << (page & 7);
    if (this.#bits[page >>> 3]! & bit) return false;
    this.#bits[page >>> 3]! |= bit;
    return true;
  }
}

/**
 * What is wrong with the newest commit of a file, if anything: pages of records and the list of free pages, each page once.
 * The values themselves are not read.
 */
export function wrongPage(descriptor: number, newest: Meta): string | undefined {
  const throws = (wrong: WrongPage): never => {
    throw wrong;
  };
  try {
    if (newest.free.flags !== freeFlags || newest.records.flags !== 0) throw new WrongPage("a tree has unknown flags");
    const seen = new PageSet(newest.lastPage + 1);
    walk(descriptor, newest, newest.records, seen, () => {}, throws);
    const free: Buffer[] = [];
    walk(descriptor, newest, newest.free, seen, (entry) => free.push(checkedFree(entry, newest)), throws);
    for (const list of free) claimFree(list, newest, seen);
    return undefined;
  } catch (error) {
    if (error instanceof WrongPage) return error.message;
    throw error;
  }
}

function checkedFree({ key, valueBytes, value }: Entry, { transaction }: Meta): Buffer {
  if (key.length !== 8 || valueBytes < 8) throw new WrongPage("the list of free pages is damaged");
  const commit = key.readBigUInt64LE(0);
  if (commit === 0n || commit > BigInt(transaction)) throw new WrongPage("the list of free pages is of a later commit");
  return value();
}

/** i64 count · count × (0: nothing · page · −length, then the first page of so many) */
function claimFree(list: Buffer, { lastPage }: Meta, seen: PageSet): void {
  const count = Number(list.readBigInt64LE(0));
  if (count < 0 || 8 * (count + 1) > list.length) throw new WrongPage("the list of free pages is cut off");
  for (let i = 1; i <= count; i++) {
    const entry = Number(list.readBigInt64LE(8 * i));
    if (entry === 0) continue;
    if (entry < 0 && ++i > count) throw new WrongPage("the list of free pages is cut off");
    const length = entry < 0 ? -entry : 1;
    const first = Number(list.readBigInt64LE(8 * i));
    if (!(first > 1 && length <= lastPage && first + length - 1 <= lastPage))
      throw new WrongPage(`free page ${first} is out of range`);
    for (let page = first; page < first + length; page++)
      if (!seen.add(page)) throw new WrongPage(`page ${page} is free and used, or free twice`);
  }
}
