/**
 * Values of one field that items in stock have, as completions: how many items, and how much of late was chosen among them. Of a path every
 * level is a completion of its own, by its own name: a node of a tree, with its own counts, so that nothing depends on how much is under it.
 */
import { dayMs } from "../core/clock.ts";
import { Int32Column } from "../core/columns.ts";
import { ForwardSums } from "../core/decayed.ts";
import type { Fields } from "../core/event.ts";
import { ExpiringIds, type RowKeys } from "../core/expiring-ids.ts";
import type { ItemWord } from "../core/item-numbers.ts";
import { limits } from "../core/limits.ts";
import { atOnce, type Pieces } from "../core/pieces.ts";
import { prefixed, type State, state, whenRestored } from "../core/state.ts";
import { foldedText, wordStarts } from "./folded-text.ts";
import { type Entry, lookedAtOnce, PrefixIndex } from "./prefix-index.ts";

const halfLifeMs = 30 * dayMs;
/** A value that no item in stock has is as popular as it was when it comes back within so long, and forgotten then. */
const expiryMs = 180 * dayMs;
/** Between the levels in a node's id; no level contains it. */
const separator = "\u001f";

/** One completion: a value, or a level of a path with all that is under it. */
export interface FieldValue {
  /** Row of its node. */
  readonly node: number;
  readonly name: string;
  /** From broad to narrow. */
  readonly path: readonly string[];
}

export interface FieldValuesOptions {
  readonly name: string;
  /** The field as items have it. */
  readonly field: string;
  readonly words: RowKeys & { id(row: number): string | undefined };
  /** The field's word of an item; of a path, the whole of it. */
  word(): ItemWord;
  /** The levels of a word, from broad to narrow; of a plain word itself. */
  levels(word: string): readonly string[];
  /** In the catalogue, and in stock. */
  isOffered(item: number): boolean;
}

export class FieldValues {
  readonly state: State;
  readonly #options: FieldValuesOptions;
  /** Values and levels of paths; those that items in stock have are kept. */
  readonly #nodes: ExpiringIds;
  /** By node: items in stock at and below it, key of the node above it (−1: none), and what was chosen at and below it. */
  readonly #items = new Int32Column("items");
  readonly #above = new Int32Column("above", -1);
  readonly #choices = new ForwardSums("choices", halfLifeMs);
  /** By word: the word's key and its node's key when it was counted last. */
  readonly #wordKey = new Int32Column("wordKey", -1);
  readonly #nodeKey = new Int32Column("nodeKey", -1);
  /** By item: the node that it is counted under, −1 for one that is not offered. */
  readonly #nodeOf = new Int32Column("nodeOf", -1);
  /** Nodes with items by the words of their names; made when first asked for. */
  #found: PrefixIndex | undefined;

  constructor(options: FieldValuesOptions) {
    this.#options = options;
    this.#nodes = new ExpiringIds({
      name: "nodes",
      capacity: limits.wordsMax,
      keeps: (node) => this.#items.get(node) > 0,
      forget: (node) => this.#choices.clear(node),
    });
    this.state = state(`suggestions.${options.name}`, 1, [
      ...prefixed(this.#nodes.state),
      ...prefixed(this.#choices.state),
      this.#above,
      this.#wordKey,
      this.#nodeKey,
      this.#nodeOf,
      whenRestored(this.#items, () => {
        this.#found = undefined;
      }),
    ]);
  }

  /** An item came or changed; `given`: by these fields, where that is known. */
  count(item: number, given: Fields | undefined, clockMs: number): void {
    const { field, isOffered, word } = this.#options;
    // Prices change all the time.
    if (given !== undefined && !(field in given) && !("inStock" in given)) return;
    this.#nodes.nowMs = clockMs;
    this.#setNode(item, isOffered(item) ? this.#countedUnder(word().get(item)) : -1);
    this.#nodes.sweep(clockMs - expiryMs);
  }

  /** `clockMs`: the engine's clock; an earlier event may have been folded in another process. */
  forgetItem(item: number, clockMs: number): void {
    this.#nodes.nowMs = clockMs;
    this.#setNode(item, -1);
  }

  /** A shopper chose the item. */
  choose(item: number, atMs: number): void {
    if (item < 0) return;
    for (let node = this.#nodeOf.get(item); node >= 0; node = this.#nodes.rowOf(this.#above.get(node))) {
      this.#choices.add(node, 1, atMs);
      this.#stands(node, "put");
    }
  }

  /**
   * The values of whose name a word begins with the folded text: the most chosen first, then those of most items; those of the best
   * thousand that are accepted, at most `limit`.
   */
  best(prefix: string, limit: number, accepts: (value: FieldValue) => boolean): FieldValue[] {
    if (limit < 1) return [];
    const known = new Map<number, FieldValue>();
    const isFine = (node: number): boolean => {
      const value = known.get(node) ?? this.#value(node);
      known.set(node, value);
      return accepts(value);
    };
    const found = this.#index().best(prefix, limit, isFine);
    return found.map((node) => known.get(node)!);
  }

  /** What each node has of these shares, by word row: its own, and those of all below it. */
  shares(ofWords: ReadonlyMap<number, number>): Map<number, number> {
    const { words } = this.#options;
    const sums = new Map<number, number>();
    for (const [word, share] of ofWords) {
      let node = this.#wordKey.get(word) === words.key(word) ? this.#nodes.rowOf(this.#nodeKey.get(word)) : -1;
      for (; node >= 0; node = this.#nodes.rowOf(this.#above.get(node))) sums.set(node, (sums.get(node) ?? 0) + share);
    }
    return sums;
  }

  /** Makes, in pieces, what the first look would have to make; nothing may be folded meanwhile. */
  *preparing(): Pieces<void> {
    if (this.#found === undefined) this.#found = yield* this.#indexing();
  }

  /** What may have been meant by a prefix that no value begins with: see {@link PrefixIndex.near}. */
  near(prefix: string): string[] {
    return this.#index().near(prefix);
  }

  /** The node of a word, made if need be, with all above it; −1 for no word, and where the table is full. */
  #countedUnder(word: number): number {
    const { words, levels } = this.#options;
    if (word < 0) return -1;
    if (this.#wordKey.get(word) === words.key(word)) {
      const known = this.#nodes.rowOf(this.#nodeKey.get(word));
      // Nodes above one with items are there.
      if (known >= 0 && this.#items.get(known) > 0) return known;
    }
    const path = levels(words.id(word) ?? "");
    let above = -1;
    for (let l = 1; l <= path.length; l++) {
      const node = this.#nodes.intern(path.slice(0, l).join(separator));
      if (node < 0) break;
      this.#above.set(node, this.#nodes.key(above));
      above = node;
    }
    this.#wordKey.set(word, words.key(word));
    this.#nodeKey.set(word, this.#nodes.key(above));
    return above;
  }

  #setNode(item: number, node: number): void {
    const old = this.#nodeOf.get(item);
    if (old === node) return;
    this.#nodeOf.set(item, node);
    // First what comes, so that levels which both have are never without items.
    for (let one = node; one >= 0; one = this.#nodes.rowOf(this.#above.get(one))) {
      this.#items.add(one, 1);
      this.#stands(one, "put");
    }
    for (let one = old; one >= 0; one = this.#nodes.rowOf(this.#above.get(one))) {
      this.#items.add(one, -1);
      this.#nodes.hear(one);
      this.#stands(one, this.#items.get(one) > 0 ? "sink" : "remove");
    }
  }

  #stands(node: number, verb: "put" | "sink" | "remove"): void {
    if (this.#found === undefined) return;
    for (const start of this.#starts(node)) this.#found[verb](start, node);
  }

  #starts(node: number): string[] {
    const id = this.#nodes.id(node)!;
    return wordStarts(foldedText(id.slice(id.lastIndexOf(separator) + 1)));
  }

  #value(node: number): FieldValue {
    const path = this.#nodes.id(node)!.split(separator);
    return { node, name: path.at(-1)!, path };
  }

  #index(): PrefixIndex {
    this.#found ??= atOnce(this.#indexing());
    return this.#found;
  }

  *#indexing(): Pieces<PrefixIndex> {
    const [items, choices] = [this.#items, this.#choices];
    const index = new PrefixIndex((a, b) => {
      const more = choices.raw(a) - choices.raw(b) || items.get(a) - items.get(b) || b - a;
      return more > 0;
    });
    const entries: Entry[] = [];
    for (let node = 0; node < this.#nodes.rows; node++) {
      if (node % lookedAtOnce === 0) yield;
      if (items.get(node) < 1) continue;
      for (const key of this.#starts(node)) entries.push({ key, row: node });
    }
    yield* index.filling(entries);
    return index;
  }
}
