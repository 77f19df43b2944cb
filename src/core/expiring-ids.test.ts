import { expect, test } from "vitest";
import { ExpiringIds } from "./expiring-ids.ts";
import { random } from "./random.ts";
import { checksum } from "./state.ts";

const expiryMs = 1000;

function idsThat(keeps: (row: number) => boolean = () => false, forgotten: number[] = [], capacity = 1000) {
  return new ExpiringIds({ name: "ids", capacity, keeps, forget: (row) => void forgotten.push(row) });
}

/** Sweeps often enough to look at every row. */
function sweepAll(ids: ExpiringIds, beforeMs: number): void {
  for (let i = 0; i < ids.rows; i++) ids.sweep(beforeMs);
}

test("agrees with a slow twin: what is kept or was heard of stays, all else goes in time", () => {
  const chance = random("expiring");
  const kept = new Set<number>();
  const ids = idsThat((row) => kept.has(row));
  const heardAtMs = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    ids.nowMs = i;
    const id = `id-${chance.int(60) + Math.floor(i / 50)}`;
    if (chance.int(3) > 0) ids.intern(id);
    else if (ids.find(id) >= 0) ids.hear(ids.find(id));
    if (ids.find(id) >= 0) heardAtMs.set(id, i);
    if (chance.int(30) === 0 && ids.find(id) >= 0) kept.add(ids.find(id));
    if (chance.int(40) === 0) kept.delete([...kept][0] ?? -1);
    ids.sweep(i - expiryMs);
    if (i % 97 > 0) continue;
    let known = 0;
    for (const [one, atMs] of heardAtMs) {
      const row = ids.find(one);
      if (row < 0) expect(atMs, `${one} went too early`).toBeLessThan(i - expiryMs);
      else known++;
      if (row < 0) heardAtMs.delete(one);
    }
    expect(ids.size).toBe(known);
    // No more rows than twice those that cannot go.
    expect(ids.rows).toBeLessThan(2 * (60 + expiryMs / 50 + kept.size) + 100);
  }
});

test("a sweep looks at more rows where more ids came, so that at most half of the rows wait to be forgotten", () => {
  const ids = idsThat(undefined, undefined, 100_000);
  for (let i = 0; i < 2000; i++) {
    ids.nowMs = i * 100;
    for (let k = 0; k < 50; k++) ids.intern(`${i}-${k}`);
    ids.sweep(ids.nowMs - expiryMs);
  }
  const alive = 50 * (expiryMs / 100 + 1);
  expect(ids.rows).toBeLessThan(2 * alive + 100);
});

test("a key is of one id, a code too: the next id of the row has others", () => {
  const forgotten: number[] = [];
  const ids = idsThat(undefined, forgotten);
  const row = ids.intern("first");
  expect([ids.key(row), ids.code(row)]).toEqual([row, row]);
  expect([ids.key(-1), ids.rowOf(-1), ids.code(-1)]).toEqual([-1, -1, -1]);
  const [keys, codes] = [new Set<number>(), new Set<number>()];
  for (let life = 0; life < 100; life++) {
    const key = ids.key(row);
    expect(ids.rowOf(key)).toBe(row);
    keys.add(key);
    codes.add(ids.code(row));
    ids.nowMs++;
    sweepAll(ids, ids.nowMs);
    expect([ids.find(`life ${life - 1}`), ids.id(row), ids.rowOf(key)]).toEqual([-1, undefined, -1]);
    expect(ids.intern(`life ${life}`)).toBe(row);
  }
  expect(keys.size).toBe(100);
  // Of 24 bits.
  expect(codes.size).toBe(100);
  for (const code of [...keys, ...codes]) expect(Number.isInteger(code) && code >= 0).toBe(true);
  for (const code of codes) expect(Math.fround(code)).toBe(code);
  expect(forgotten).toEqual(Array.from({ length: 100 }, () => row));
});

test("at capacity no id is taken until one is forgotten", () => {
  const ids = idsThat(undefined, undefined, 3);
  expect(["a", "b", "c", "d"].map((id) => ids.intern(id))).toEqual([0, 1, 2, -1]);
  ids.hear(-1);
  ids.nowMs = 10;
  ids.intern("b");
  sweepAll(ids, 10);
  expect(ids.size).toBe(1);
  expect(ids.intern("d")).toBeGreaterThanOrEqual(0);
});

test("saved and restored, it goes on the same", () => {
  const live = (ids: ExpiringIds, from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      ids.nowMs = i;
      for (let k = 0; k < i % 4; k++) ids.intern(`id-${(i * 7919 + k) % (i + 40)}`);
      ids.sweep(i - 60);
    }
  };
  const [whole, restored] = [idsThat(), idsThat()];
  live(whole, 0, 700);
  whole.state.buffers.forEach((buffer, b) => {
    const bytes = Buffer.concat(buffer.chunks().map((chunk) => Buffer.from(chunk)));
    let at = 0;
    restored.state.buffers[b]!.restore(buffer.length, (target) => {
      target.set(bytes.subarray(at, (at += target.length)));
    });
  });
  for (const ids of [whole, restored]) live(ids, 700, 1500);
  expect(checksum([restored.state])).toBe(checksum([whole.state]));
});
