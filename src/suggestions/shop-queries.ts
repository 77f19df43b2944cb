/**
 * What shoppers of this shop searched and then chose something for: a decayed count of choices for each query, and how many different
 * shoppers made them. Below a minimum of these a query is shown to nobody else; unsafe ones are not even kept. Counted are choices that
 * joined a slate with the query, never what was only typed.
 */
import { dayMs } from "../core/clock.ts";
import { Int32Column, Uint8Column } from "../core/columns.ts";
import { ForwardSums } from "../core/decayed.ts";
import { ExpiringIds } from "../core/expiring-ids.ts";
import { HashTable } from "../core/hash-table.ts";
import { limits } from "../core/limits.ts";
import { atOnce, type Pieces } from "../core/pieces.ts";
import { prefixed, type State, state, whenRestored } from "../core/state.ts";
import { foldedText, wordStarts } from "./folded-text.ts";
import { type Entry, lookedAtOnce, PrefixIndex } from "./prefix-index.ts";
import { isUnsafe } from "./unsafe.ts";

const halfLifeMs = 30 * dayMs;
/** A query for which nothing was chosen for so long is forgotten; sooner where the table is more than half full, but not before a day. */
const expiryMs = 180 * dayMs;
/** Shopper rows that lives are told apart by: a number is the row, and times this the life. */
const shopperRows = 2 ** 24;
/** A query that begins with what was typed counts as so many in which a later word does. */
const startsCount = 3;

export interface ShopQueriesOptions {
  /** Shoppers who must have chosen something for a query before others see it, 1 to {@link limits.suggestShoppersMax}. */
  readonly shoppersMin: number;
  /** The shopper that a row is of, where a session turned out to be a user's. */
  ownerOf(shopper: number): number;
}

interface Found {
  readonly starts: PrefixIndex;
  readonly inner: PrefixIndex;
}

export interface FoundQuery {
  /** Row. */
  readonly query: number;
  /** Comparable between queries: what was chosen for it of late, times how well it fits what was typed. */
  readonly weight: number;
}

export class ShopQueries {
  readonly state: State;
  readonly #options: ShopQueriesOptions;
  readonly #queries: ExpiringIds;
  readonly #choices = new ForwardSums("choices", halfLifeMs);
  /** Query row, number → shopper: who chose something for it, until they are {@link limits.suggestShoppersMax}. */
  readonly #shoppers = new HashTable("shoppers", ["shopper"]);
  /** By shopper row: how many shoppers had it before, who are forgotten: the next one is somebody else. */
  readonly #lives = new Int32Column("lives");
  /** By query: how many these are, or were when they became enough. */
  readonly #shopperCount = new Uint8Column("shopperCount");
  /** Queries that enough shoppers chose something for, by their beginning and by those of further words; made when first asked for. */
  #found: Found | undefined;
  #shoppersMin: number;

  constructor(options: ShopQueriesOptions) {
    this.#options = options;
    this.#shoppersMin = options.shoppersMin;
    this.#queries = new ExpiringIds({
      name: "queries",
      capacity: limits.suggestQueriesMax,
      keeps: () => false,
      forget: (query) => this.#forget(query),
    });
    this.state = state("suggestions.queries", 1, [
      ...prefixed(this.#queries.state),
      ...prefixed(this.#choices.state),
      ...prefixed(this.#shoppers.state),
      this.#lives,
      whenRestored(this.#shopperCount, () => {
        this.#found = undefined;
      }),
    ]);
  }

  /** Queries kept, shown or not. */
  get size(): number {
    return this.#queries.size;
  }

  /** Row of a query as it was normalised, −1 for one that is not kept. */
  find(text: string): number {
    return this.#queries.find(text);
  }

  text(query: number): string | undefined {
    return this.#queries.id(query);
  }

  key(query: number): number {
    return this.#queries.key(query);
  }

  rowOf(key: number): number {
    return this.#queries.rowOf(key);
  }

  /** Comparable between queries. */
  choices(query: number): number {
    return this.#choices.raw(query);
  }

  /** A shopper chose something for the query (−1: nobody in particular). Answers its row, −1 where it is not kept. */
  choose(text: string, shopper: number, atMs: number, clockMs: number): number {
    this.#queries.nowMs = clockMs;
    const isKept = !isUnsafe(text);
    const query = isKept ? this.#queries.intern(text) : -1;
    if (query >= 0) {
      this.#choices.add(query, 1, atMs);
      if (shopper >= 0) this.#note(query, this.#living(this.#options.ownerOf(shopper)));
      this.#rise(query, text);
    }
    const fullness = this.#queries.size / limits.suggestQueriesMax;
    const patience = Math.max(dayMs, expiryMs * Math.min(1, 2 * (1 - fullness)));
    this.#queries.sweep(clockMs - patience);
    return query;
  }

  /** One shopper turned out to be another: where both chose, they count once. */
  join(query: number, from: number, to: number): void {
    const fromAt = this.#placeOf(query, this.#living(from));
    if (fromAt < 0) return;
    if (this.#placeOf(query, this.#living(to)) < 0) this.#setShopper(query, fromAt, this.#living(to));
    else this.#leave(query, fromAt);
  }

  /** The row goes to somebody else: what its shopper chose still counts, as somebody's whom nobody knows. */
  forgetShopper(shopper: number): void {
    this.#lives.add(shopper, 1);
  }

  /** True if enough different shoppers chose something for it. */
  isShown(query: number): boolean {
    const shoppersMin = this.#shoppersMin;
    const count = this.#shopperCount.get(query);
    if (count < shoppersMin || count === limits.suggestShoppersMax) return count >= shoppersMin;
    // Two who were counted may have turned out to be one.
    const known: number[] = [];
    for (let i = 0; i < count && known.length < shoppersMin; i++) {
      const shopper = this.#ownerOf(this.#shopper(query, i));
      if (!known.includes(shopper)) known.push(shopper);
    }
    return known.length >= shoppersMin;
  }

  /** The queries shown to everybody of which a word begins with the folded text, by falling weight. */
  best(prefix: string, limit: number, accepts: (query: number) => boolean): FoundQuery[] {
    const { starts, inner } = this.#index();
    const isFine = (query: number): boolean => this.isShown(query) && accepts(query);
    const found = starts
      .best(prefix, limit, isFine)
      .map((query) => ({ query, weight: startsCount * this.choices(query) }));
    const isStart = new Set(found.map(({ query }) => query));
    for (const query of inner.best(prefix, limit, isFine))
      if (!isStart.has(query)) found.push({ query, weight: this.choices(query) });
    return found.sort((a, b) => b.weight - a.weight || a.query - b.query).slice(0, limit);
  }

  /** Makes, in pieces, what the first look would have to make; nothing may be folded meanwhile. */
  *preparing(): Pieces<void> {
    if (this.#found === undefined) this.#found = yield* this.#indexing();
  }

  set shoppersMin(count: number) {
    if (count === this.#shoppersMin) return;
    this.#shoppersMin = count;
    this.#found = undefined;
  }

  /** What may have been meant by a prefix that no query begins with: see {@link PrefixIndex.near}. */
  near(prefix: string): string[] {
    return this.#index().starts.near(prefix);
  }

  #note(query: number, shopper: number): void {
    if (this.#shopperCount.get(query) >= limits.suggestShoppersMax || this.#placeOf(query, shopper) >= 0) return;
    if (this.#shopperCount.get(query) + 1 === limits.suggestShoppersMax) this.#mergeSame(query);
    const count = this.#shopperCount.get(query);
    this.#shopperCount.set(query, count + 1);
    if (count + 1 < limits.suggestShoppersMax) this.#setShopper(query, count, shopper);
    // Enough for any minimum: who they were is forgotten.
    else for (let i = 0; i < count; i++) this.#shoppers.remove(query, i);
  }

  /** Of those who turned out to be one, one is left: afterwards nobody can tell. */
  #mergeSame(query: number): void {
    const known = new Set<number>();
    for (let i = this.#shopperCount.get(query) - 1; i >= 0; i--) {
      const shopper = this.#ownerOf(this.#shopper(query, i));
      if (known.has(shopper)) this.#leave(query, i);
      known.add(shopper);
    }
  }

  #leave(query: number, at: number): void {
    const last = this.#shopperCount.get(query) - 1;
    this.#setShopper(query, at, this.#shopper(query, last));
    this.#shoppers.remove(query, last);
    this.#shopperCount.set(query, last);
    // As an index made anew would not have it.
    if (last + 1 === this.#shoppersMin && this.#found !== undefined) this.#inIndex(query, this.text(query)!, "remove");
  }

  #living(row: number): number {
    return row + shopperRows * this.#lives.get(row);
  }

  /** Who a kept shopper turned out to be; somebody forgotten stays who they were. */
  #ownerOf(shopper: number): number {
    const row = shopper % shopperRows;
    return this.#living(row) === shopper ? this.#living(this.#options.ownerOf(row)) : shopper;
  }

  /** Number under which a shopper (with its life) is kept; −1 if not, or if nobody is any more. */
  #placeOf(query: number, shopper: number): number {
    const count = this.#shopperCount.get(query);
    if (count >= limits.suggestShoppersMax) return -1;
    for (let i = 0; i < count; i++) {
      const kept = this.#shopper(query, i);
      if (kept === shopper || this.#ownerOf(kept) === shopper) return i;
    }
    return -1;
  }

  #shopper(query: number, at: number): number {
    return this.#shoppers.values[0]!.get(this.#shoppers.find(query, at));
  }

  #setShopper(query: number, at: number, shopper: number): void {
    this.#shoppers.values[0]!.set(this.#shoppers.put(query, at), shopper);
  }

  #forget(query: number): void {
    if (this.#found !== undefined) this.#inIndex(query, this.text(query)!, "remove");
    const count = this.#shopperCount.get(query);
    if (count < limits.suggestShoppersMax) for (let i = 0; i < count; i++) this.#shoppers.remove(query, i);
    if (count > 0) this.#shopperCount.set(query, 0);
    this.#choices.clear(query);
  }

  #rise(query: number, text: string): void {
    if (this.#found === undefined || this.#shopperCount.get(query) < this.#shoppersMin) return;
    this.#inIndex(query, text, "put");
  }

  #inIndex(query: number, text: string, verb: "put" | "remove"): void {
    const [start, ...inner] = wordStarts(foldedText(text));
    this.#found!.starts[verb](start!, query);
    for (const key of inner) this.#found!.inner[verb](key, query);
  }

  #index(): Found {
    this.#found ??= atOnce(this.#indexing());
    return this.#found;
  }

  *#indexing(): Pieces<Found> {
    const isBetter = (a: number, b: number): boolean => {
      const more = this.choices(a) - this.choices(b);
      return more > 0 || (more === 0 && a < b);
    };
    const [starts, inner] = [new PrefixIndex(isBetter), new PrefixIndex(isBetter)];
    const [whole, parts]: Entry[][] = [[], []];
    for (let row = 0; row < this.#shopperCount.length; row++) {
      if (row % lookedAtOnce === 0) yield;
      if (this.#shopperCount.get(row) < this.#shoppersMin) continue;
      const [start, ...further] = wordStarts(foldedText(this.text(row)!));
      whole!.push({ key: start!, row });
      for (const key of further) parts!.push({ key, row });
    }
    yield* starts.filling(whole!);
    yield* inner.filling(parts!);
    return { starts, inner };
  }
}
