/** What the tests of snapshots have in common. */
import { FixedBuffer, Float32Column, Float64Column, Int32Column, Uint8Column } from "../core/columns.ts";
import { HashTable } from "../core/hash-table.ts";
import { random } from "../core/random.ts";
import { type State, state } from "../core/state.ts";
import type { SnapshotHeader, SnapshotStore } from "./snapshot-store.ts";

export const headerAt = (offset: number): SnapshotHeader => ({
  format: 1,
  release: "0.1.0",
  config: "c",
  log: "0123456789abcdef",
  offset,
});
export const all = (): boolean => true;

/** States with every kind of buffer; `seed` 0 leaves them as made. */
export function world(seed: number): State[] {
  const pairs = new HashTable("pairs", ["count"]);
  const prices = new Float64Column("price", Number.NaN);
  const rows = new Int32Column("row", -1);
  const short = new Float32Column("short");
  const bytes = new Uint8Column("bytes");
  const weights = new FixedBuffer("weights", new Float32Array(50_000));
  const chance = random(seed);
  if (seed !== 0) {
    for (let i = 0; i < 3000; i++) pairs.values[0]!.set(pairs.put(chance.int(500), chance.int(500)), i);
    for (let i = 0; i < 40_000; i++) prices.push(chance.next());
    rows.set(20_000 + chance.int(20_000), 7);
    for (let i = 0; i < 1 + chance.int(4000); i++) short.push(chance.normal());
    bytes.ensure(100_000);
    bytes.set(70_000, 1 + chance.int(200));
    for (let i = 0; i < 30; i++) weights.array[chance.int(50_000)] = chance.normal();
  }
  return [pairs.state, state("items", 3, [prices, rows, short]), state("model", 1, [bytes, weights])];
}

/** The header of what was restored. */
export const loaded = (
  store: SnapshotStore,
  states: readonly State[],
  accept: (header: SnapshotHeader) => boolean = all,
) => store.load(states, accept)?.header;
