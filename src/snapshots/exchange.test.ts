import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { atOnce } from "../core/pieces.ts";
import { exchangeSnapshots } from "./exchange.ts";
import { type Files, nodeFiles } from "./files.ts";
import { folderSnapshots } from "./folder.ts";
import { all, headerAt, world } from "./snapshots.check.ts";

const root = mkdtempSync(join(tmpdir(), "exchange-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const anew = "fedcba9876543210";

/** Snapshots of the log in use, and of the one written anew, at offsets 10 and 30, with a base at 10. */
function folders(): { from: string; to: string } {
  const data = mkdtempSync(join(root, "data-"));
  const [from, to] = [join(data, "erasing"), join(data, "snapshots")];
  for (const [folder, log] of [
    [from, anew],
    [to, headerAt(0).log],
  ] as const) {
    const store = folderSnapshots(folder);
    for (const offset of [10, 30]) store.save({ ...headerAt(offset), log }, world(offset));
    store.keepBase({ ...headerAt(10), log });
  }
  mkdirSync(join(to, "lost+found"));
  writeFileSync(join(to, "unfinished.tmp"), "cut off");
  return { from, to };
}

const isChange = ["makeFolder", "create", "write", "sync", "rename", "remove", "syncFolder"] as const;

/** Dies at its n-th change; `isMounted`: nothing can be renamed from one folder to another. */
function files({ diesAt = Number.POSITIVE_INFINITY, isMounted = false, from = "" }): Files {
  let changes = 0;
  const dying = { ...nodeFiles };
  for (const name of isChange) {
    Object.assign(dying, {
      [name](...given: never[]) {
        if (changes++ >= diesAt) throw Object.assign(new Error("EIO: gone"), { code: "EIO" });
        if (isMounted && name === "rename" && String(given[0]).startsWith(from))
          throw Object.assign(new Error("EXDEV: another device"), { code: "EXDEV" });
        return (nodeFiles[name] as (...all: never[]) => unknown).apply(nodeFiles, given);
      },
    });
  }
  return dying;
}

function expectExchanged({ from, to }: { from: string; to: string }, offsets = [30, 10, 10]): void {
  const store = folderSnapshots(to);
  expect(store.list().map(({ header, isBase }) => [header.log, header.offset, isBase])).toEqual(
    offsets.map((offset, n) => [anew, offset, n === offsets.length - 1]),
  );
  for (const offset of offsets) {
    const isIt = (header: { offset: number }): boolean => header.offset === offset;
    expect(store.load(world(0), isIt, () => expect.fail("damaged"))).toBeDefined();
  }
  expect(readdirSync(to).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(existsSync(join(to, "lost+found"))).toBe(true);
  expect(readdirSync(from)).toEqual([]);
}

test.each([false, true])(
  "cut off at any change and done again, all of the new log's snapshots are there and none of the old one's (mount point: %s)",
  (isMounted) => {
    for (let diesAt = 0; ; diesAt++) {
      const both = folders();
      let isWhole = true;
      try {
        atOnce(exchangeSnapshots(both.from, both.to, files({ diesAt, isMounted, from: both.from })));
      } catch {
        isWhole = false;
      }
      atOnce(exchangeSnapshots(both.from, both.to, files({ isMounted, from: both.from })));
      expectExchanged(both);
      if (isWhole) return expect(diesAt).toBeGreaterThan(5);
    }
  },
);

test("what was written of the new log meanwhile is newer, and stays", () => {
  const both = folders();
  const store = folderSnapshots(both.to);
  rmSync(join(both.to, "000000000001.snapshot"));
  rmSync(join(both.to, "000000000002.snapshot"));
  rmSync(join(both.to, "base.snapshot"));
  for (const offset of [40, 50]) store.save({ ...headerAt(offset), log: anew }, world(offset));
  store.keepBase({ ...headerAt(40), log: anew });
  atOnce(exchangeSnapshots(both.from, both.to));
  expectExchanged(both, [50, 40, 40]);
});

test("without a snapshot to bring nothing is removed", () => {
  const { from, to } = folders();
  const found = readdirSync(to);
  atOnce(exchangeSnapshots(join(from, "not made"), to));
  expect(readdirSync(to)).toEqual(found);
  expect(folderSnapshots(to).load(world(0), all)).toBeDefined();
});
