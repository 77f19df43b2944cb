/** Keys as they may be given, and how one is found. */
import { timingSafeEqual } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { accessKeys, keyDigest } from "../../src/access-keys.ts";
import { completeConfig } from "../../src/config.ts";
import { manualClock } from "../../src/core/clock.ts";
import { limits } from "../../src/core/limits.ts";
import { held, KeyRing, matchingKey } from "../../src/http/key-ring.ts";

const folder = mkdtempSync(join(tmpdir(), "liveshelf-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sha256 = keyDigest("abc");
const summary = (given: unknown): string[] =>
  accessKeys(given, "/keys").map((key) => `${key.sha256 === sha256 ? "abc" : "?"} ${key.scopes.join("+")}`);

describe("keys are read", () => {
  test.each<[string, unknown, string[]]>([
    ["one, as it is: it may do everything", "abc", ["abc admin"]],
    ["with its scopes", "abc:events+query", ["abc events+query"]],
    ["with a bar between scopes", "abc:events|query", ["abc events+query"]],
    ["with a comma between scopes", "abc:events,query", ["abc events+query"]],
    ["several, by comma", "abc:query,other:admin", ["abc query", "? admin"]],
    [
      "several, by semicolon, space and line",
      "abc;other k3:events\nk4",
      ["abc admin", "? admin", "? events", "? admin"],
    ],
    ["a key with colons", "a:b:query", ["? query"]],
    ["JSON in a text", '[{"name":"shop","key":"abc","scopes":["query"]}]', ["abc query"]],
    ["a map in a text", '{"abc":["events"]}', ["abc events"]],
    ["a map to a text", { abc: "events,query" }, ["abc events+query"]],
    ["a map to more", { abc: { scopes: ["metrics"], name: "watch" } }, ["abc metrics"]],
    ["one object", { key: "abc", scopes: "admin" }, ["abc admin"]],
    ["a whole key file", { keys: [{ sha256 }] }, ["abc admin"]],
    ["hashes", [{ name: "a", scopes: ["query", "query"], sha256: sha256.toUpperCase() }], ["abc query"]],
    ["none", "", []],
    ["an empty list", [], []],
  ])("%s", (_name, given, read) => {
    expect(summary(given)).toEqual(read);
  });

  test("settings that are complete can be taken again", () => {
    const once = completeConfig({ keys: "abc:query" });
    expect(completeConfig({ ...once })).toEqual(once);
  });

  test.each<[string, unknown, string]>([
    ["a scope that is unknown", [{ name: "shop", key: "secret-of-mine", scopes: ["evnts"] }], '"events"'],
    ["a scope that is unknown, in a text", "secret-of-mine:evnts", "access key 1"],
    ["a property that is unknown", [{ ky: "secret-of-mine" }], '"key"'],
    ["neither key nor hash", [{ name: "shop" }], "either"],
    ["both", [{ key: "secret-of-mine", sha256 }], "either"],
    ["a hash that is none", [{ sha256: "secret-of-mine" }], "64 hex digits"],
    ["a key with a space", [{ key: "secret-of-mine and more" }], "visible ASCII"],
    ["no scopes at all", [{ key: "secret-of-mine", scopes: [] }], "list"],
    ["a time that is none", [{ key: "secret-of-mine", expires: "soon" }], "2027-01-01"],
    ["a name with a line break", [{ key: "secret-of-mine", name: "a\nb" }], "letters"],
    ["JSON that is broken", '[{"key":"secret-of-mine"', "JSON"],
    ["a number", 17, "list"],
    [
      "JSON that is broken, whose place is named",
      '[{"key":"secret-of-mine"',
      "LIVESHELF_KEYS) begins like JSON and is none: look at line 1, column 25",
    ],
    ["a variable that nobody filled", "", "LIVESHELF_KEYS) is empty"],
    ["one key twice", "secret-of-mine:query secret-of-mine:events", "1 and 2 are the same key"],
    [
      "two of one name",
      [
        { key: "secret-of-mine", name: "a" },
        { key: "another-one", name: "a" },
      ],
      'both the name "a"',
    ],
    ["one with an empty list", " [] ", "at least one"],
    ["numbers", [17], "object"],
  ])("but not %s, and no key is in what is said", (_name, given, says) => {
    const refusal = () => completeConfig({ keys: given });
    expect(refusal).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(says) }),
    );
    expect(refusal).not.toThrow(/secret-of-mine/);
  });
});

describe("a key is found", () => {
  const keys = accessKeys(
    Array.from({ length: 9 }, (_, i) => ({ name: `k${i}`, key: `key-number-${i}` })),
    "/keys",
  ).map(held);

  test("by comparing digests of 32 bytes with every key, whether and wherever it matches", () => {
    const compared = (given: string): [string | undefined, number[]] => {
      const lengths: number[] = [];
      const found = matchingKey(given, keys, (a, b) => {
        lengths.push(a.length, b.length);
        return timingSafeEqual(a, b);
      });
      return [found?.key.name, lengths];
    };
    const all = new Array(2 * keys.length).fill(32);
    expect(compared("key-number-0")).toEqual(["k0", all]);
    expect(compared("key-number-8")).toEqual(["k8", all]);
    for (const near of ["key-number-", "key-number-00", "Key-number-0", "", "x".repeat(10_000)])
      expect(compared(near)).toEqual([undefined, all]);
  });

  test("in a file that changed, at the next call a second later; what cannot be read leaves the keys as they are", () => {
    const keysFile = join(folder, "keys.json");
    writeFileSync(keysFile, "first-key-of-all:query");
    const said: string[] = [];
    const ring = new KeyRing({ keys: accessKeys("kept", "/keys"), keysFile }, (message) => said.push(message));
    const found = (nowMs: number) =>
      ["kept", "first-key-of-all", "second-key-of-all"].map((key) => ring.find(key, nowMs) !== undefined);
    expect(found(0)).toEqual([true, true, false]);
    writeFileSync(keysFile, "first-key-of-all:query second-key-of-all:query");
    expect(found(999)).toEqual([true, true, false]);
    expect(found(1000)).toEqual([true, true, true]);
    writeFileSync(keysFile, "second-key-of-all:query");
    expect(found(2000)).toEqual([true, false, true]);
    writeFileSync(keysFile, "");
    expect(found(3000)).toEqual([true, false, true]);
    rmSync(keysFile);
    expect(found(4000)).toEqual([true, false, true]);
    expect(said.filter((message) => /stay as they were/.test(message)).length).toBe(2);
    writeFileSync(keysFile, "first-key-of-all");
    expect(found(5000)).toEqual([true, true, false]);
    expect(said.join()).not.toMatch(/-key-of-all/);
  });

  test("but lets nobody in where all have expired, and says so", () => {
    const said: string[] = [];
    const clock = manualClock(Date.UTC(2026, 10, 22));
    const keys = (expires: string) => accessKeys([{ key: "some-key-of-the-shop", expires }], "/keys");
    const ring = new KeyRing({ keys: keys("2026-01-01"), keysFile: undefined }, (message) => said.push(message), clock);
    expect(said.join()).toContain("Every access key has expired");
    said.length = 0;
    ring.change({ keys: keys("2027-01-01"), keysFile: undefined });
    expect(said.join()).not.toContain("expired");
  });

  test("but a server does not start with a key file that is missing or holds none", () => {
    const open = (keysFile: string) => () => new KeyRing({ keys: [], keysFile }, () => {});
    expect(open(join(folder, "nowhere.json"))).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", at: "/keysFile" }),
    );
    writeFileSync(join(folder, "empty.json"), "[]");
    expect(open(join(folder, "empty.json"))).toThrow(/holds no key/);
  });

  test("in settings and file together up to the limit", () => {
    const some = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `key-number-${i}` }));
    const keysFile = join(folder, "many.json");
    writeFileSync(keysFile, JSON.stringify(some(limits.accessKeysMax - 1)));
    const ring = (count: number) => () => new KeyRing({ keys: accessKeys(some(count), "/keys"), keysFile }, () => {});
    expect(ring(1)).not.toThrow();
    expect(ring(2)).toThrow(/At most 100 access keys/);
  });
});
