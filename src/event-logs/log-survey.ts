/** What can still be read of a log's file, whatever happened to it: every page and every block is looked at, without LMDB. */
import { fstatSync } from "node:fs";
import { blockIn, countOf, type EncodedBlock, salvage } from "./block.ts";
import { type Entry, type Meta, metasOf, PageSet, valuesAt, walk, wrongPage } from "./lmdb-pages.ts";

/** A block that was found; it stays in the file until it is asked for. */
export interface Found {
  readonly first: number;
  /** Events that it has a place for. */
  readonly count: number;
  /** Of these, how many cannot be read. */
  readonly lost: number;
  /** It is as it was written. */
  readonly isWhole: boolean;
  block(): EncodedBlock;
}

/** Events that cannot be read, from offset `first` on. */
export interface Loss {
  readonly first: number;
  readonly count: number;
}

export interface Survey {
  /** Of the log; absent if that cannot be read either. */
  readonly id: string | undefined;
  /** By offset, without overlap; events between them are lost. */
  readonly found: readonly Found[];
  readonly start: number;
  readonly head: number;
  readonly losses: readonly Loss[];
  /** What is wrong with the file itself, the first few; where nothing is, single records may be damaged all the same. */
  readonly wrongPages: readonly string[];
  /** The last block is damaged so that nobody can tell how many events it held. */
  readonly isEndUnknown: boolean;
}

/** What snapshots know of the log. */
export interface Reflected {
  /** Of their log. */
  readonly id: string;
  /** All events below have been in the log. */
  readonly offset: number;
}

type Candidate = Pick<Found, "first" | "block"> & { readonly count: number | undefined };

const aboutKey = "log";
const notesMax = 10;
const usualPageBytes = 4096;

export const isDamaged = ({ losses, wrongPages, found }: Survey): boolean =>
  losses.length > 0 || wrongPages.length > 0 || found.some(({ isWhole }) => !isWhole);

/** `reflectedOf`: what the snapshots know of the log of that id, or of any if the log's own cannot be read. */
export function survey(descriptor: number, reflectedOf: (id: string | undefined) => Reflected | undefined): Survey {
  const metas = metasOf(descriptor);
  const newest = metas[0];
  const wrongPages = new Set<string>();
  const note = (wrong: string): void => {
    if (wrongPages.size < notesMax) wrongPages.add(wrong);
  };
  if (metas.length < 2 || metas[0]!.transaction - metas[1]!.transaction > 1) note("its first pages are damaged");
  const wrong = newest && wrongPage(descriptor, newest);
  if (wrong !== undefined) note(wrong);

  const candidates: Candidate[] = [];
  let about: string | undefined;
  const take = ({ key, value }: Entry): void => {
    const first = offsetOf(key);
    if (key.toString("latin1") === aboutKey) about = value().toString("utf8");
    else if (first !== undefined) candidates.push(candidate({ first, block: () => ({ first, bytes: value() }) }));
  };
  if (newest) {
    const pages = new PageSet(newest.lastPage + 1);
    walk(descriptor, newest, newest.records, pages, take, ({ message }) => note(message));
  }
  if (wrongPages.size > 0) about = scan(descriptor, newest, candidates) ?? about;

  const { id, start: startMin } = read(about);
  const reflected = reflectedOf(id);
  const isWhole = wrongPages.size === 0;
  const all = withoutOverlap(candidates);
  // Pages that are no longer in use may still hold what was trimmed.
  const found = isWhole ? all : all.filter(({ first, count }) => first + count > startMin);
  const start = isWhole ? (found[0]?.first ?? 0) : Math.min(found[0]?.first ?? startMin, startMin);
  const { losses, end } = lossesOf(found, start, reflected?.offset ?? 0);
  return {
    id: id ?? reflected?.id,
    found,
    start,
    head: end,
    losses,
    wrongPages: [...wrongPages],
    isEndUnknown: isEndUnknown(found.at(-1)),
  };
}

function candidate(found: Pick<Found, "first" | "block">): Candidate {
  return { ...found, count: countOf(found.block()) };
}

/** lmdb's encoding of a number that is not negative: a nibble of 1, then its bits as a double, zeros at the end left out. */
function offsetOf(key: Buffer): number | undefined {
  if (key.length === 0 || key.length > 9 || key[0]! >>> 4 !== 1) return undefined;
  const first = Buffer.from(key.toString("hex").slice(1, 17).padEnd(16, "0"), "hex").readDoubleBE(0);
  return Number.isSafeInteger(first) && first >= 0 ? first : undefined;
}

/** Adds the whole blocks of every page, those that are no longer in use too; answers what the file says about itself. */
function scan(descriptor: number, newest: Meta | undefined, candidates: Candidate[]): string | undefined {
  const pageBytes = newest?.pageBytes ?? usualPageBytes;
  const pages = Math.ceil(fstatSync(descriptor).size / pageBytes);
  const stray: (Candidate & { readonly commit: number })[] = [];
  let about: string | undefined;
  let aboutAt = 0;
  for (let page = 2; page < pages; page++) {
    const { commit, values } = valuesAt(descriptor, pageBytes, page);
    if (newest && commit > newest.transaction) continue;
    values.forEach((value, i) => {
      const block = blockIn(value);
      const text = block ? "" : value.subarray(0, 100).toString("latin1");
      if (text.startsWith('{"format":') && commit >= aboutAt) [about, aboutAt] = [value.toString("utf8"), commit];
      if (!block) return;
      const again = (): EncodedBlock => blockIn(valuesAt(descriptor, pageBytes, page).values[i]!)!;
      stray.push({ first: block.first, count: countOf(block), block: again, commit });
    });
  }
  // What was written last counts where two are of the same offset.
  stray.sort((a, b) => b.commit - a.commit);
  candidates.push(...stray);
  return about;
}

/** Whole blocks before damaged ones, and the earlier in the list before the later. */
function withoutOverlap(candidates: readonly Candidate[]): Found[] {
  const taken: Found[] = [];
  /** Place in `taken` where a block from this offset on belongs. */
  const placeOf = (first: number): number => {
    let [low, high] = [0, taken.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (taken[middle]!.first < first) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const take = (block: Found): void => {
    const { first, count } = block;
    const at = placeOf(first);
    const [before, after] = [taken[at - 1], taken[at]];
    const isFree = (!before || before.first + before.count <= first) && (!after || first + count <= after.first);
    if (isFree) taken.splice(at, 0, block);
  };
  for (const { first, count, block } of candidates)
    if (count !== undefined) take({ first, count, lost: 0, isWhole: true, block });
  // From the end: how many there were is known from where the next one begins.
  const damaged = candidates.filter(({ count }) => count === undefined).sort((a, b) => b.first - a.first);
  for (const { first, block } of damaged) {
    const room = (taken[placeOf(first)]?.first ?? Number.POSITIVE_INFINITY) - first;
    const told = salvage(block()).records;
    const records = told.length <= room ? told : salvage(block(), room).records;
    const lost = records.filter((record) => record === undefined).length;
    take({ first, count: records.length, lost, isWhole: false, block });
  }
  return taken;
}

function lossesOf(found: readonly Found[], start: number, headMin: number): { losses: Loss[]; end: number } {
  const losses: Loss[] = [];
  const lose = (first: number, count: number): void => {
    const last = losses.at(-1);
    if (last && last.first + last.count === first)
      losses[losses.length - 1] = { first: last.first, count: last.count + count };
    else losses.push({ first, count });
  };
  let end = start;
  for (const { first, count, lost, block } of found) {
    if (first > end) lose(end, first - end);
    const records = lost > 0 ? salvage(block(), count).records : [];
    for (let i = 0; i < records.length; i++) if (records[i] === undefined) lose(first + i, 1);
    end = first + count;
  }
  if (headMin > end) lose(end, headMin - end);
  return { losses, end: Math.max(end, headMin) };
}

function isEndUnknown(last: Found | undefined): boolean {
  return last !== undefined && last.lost > 0 && !salvage(last.block()).isComplete;
}

/** What the log says of itself. */
function read(about: string | undefined): { id: string | undefined; start: number } {
  try {
    const { id, start } = JSON.parse(about ?? "{}") as { id?: unknown; start?: unknown };
    return {
      id: typeof id === "string" && /^[0-9a-f]{16}$/.test(id) ? id : undefined,
      start: Number.isSafeInteger(start) ? Math.max(0, start as number) : 0,
    };
  } catch {
    return { id: undefined, start: 0 };
  }
}
