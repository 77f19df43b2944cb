import { describe, expect, test } from "vitest";
import { dayMs, minuteMs } from "../core/clock.ts";
import { lasting } from "../core/expiring-ids.ts";
import type { Fact } from "../core/fact.ts";
import { History } from "../core/history.ts";
import { limits } from "../core/limits.ts";
import { type Random, random } from "../core/random.ts";
import { bytesInUse, checksum, copyState } from "../core/state.ts";
import { foldedText, wordStarts } from "./folded-text.ts";
import { OwnQueries, ownQueriesMax } from "./own-queries.ts";
import { ShopQueries } from "./shop-queries.ts";
import { Suggestions } from "./suggestions.ts";

const startMs = Date.UTC(2026, 0, 1);
const anything = (): boolean => true;
const owners = (joined: ReadonlyMap<number, number>) => (row: number) => joined.get(row) ?? row;
const shopQueries = (joined: ReadonlyMap<number, number> = new Map(), shoppersMin = 3): ShopQueries =>
  new ShopQueries({ shoppersMin, ownerOf: owners(joined) });

const shown = (queries: ShopQueries, prefix = ""): string[] =>
  queries.best(prefix, 10, anything).map(({ query }) => queries.text(query)!);

describe("the shop's queries", () => {
  test("a query is shown once enough different shoppers chose something for it", () => {
    const queries = shopQueries();
    for (let i = 0; i < 20; i++) queries.choose("red scarf", 7, startMs + i, startMs + i);
    queries.choose("red scarf", -1, startMs + 30, startMs + 30);
    queries.choose("red scarf", 8, startMs + 30, startMs + 30);
    expect(shown(queries)).toEqual([]);
    queries.choose("red scarf", 9, startMs + 31, startMs + 31);
    expect(shown(queries)).toEqual(["red scarf"]);
  });

  test("a session that turns out to be a user's is no other shopper, whenever it turns out", () => {
    const joined = new Map<number, number>();
    const queries = shopQueries(joined);
    const scarf = queries.choose("scarf", 1, startMs, startMs);
    const hat = queries.choose("hat", 1, startMs, startMs);
    joined.set(1, 2);
    queries.join(scarf, 1, 2);
    for (const query of ["scarf", "hat"])
      for (const shopper of [2, 3]) queries.choose(query, shopper, startMs, startMs);
    expect(shown(queries)).toEqual([]);
    // Nobody told: it turns out at the look.
    for (const shopper of [4, 5]) queries.choose("lamp", shopper, startMs, startMs);
    queries.choose("lamp", 6, startMs, startMs);
    expect(shown(queries)).toEqual(["lamp"]);
    joined.set(6, 5);
    expect(shown(queries)).toEqual([]);
    expect(hat).toBeGreaterThanOrEqual(0);
  });

  test("two who both chose count once when they turn out to be one, and who they were is forgotten in time", () => {
    const queries = shopQueries();
    const row = queries.choose("scarf", 1, startMs, startMs);
    for (const shopper of [2, 3]) queries.choose("scarf", shopper, startMs, startMs);
    queries.join(row, 1, 3);
    expect(shown(queries)).toEqual([]);
    queries.choose("scarf", 4, startMs, startMs);
    expect(shown(queries)).toEqual(["scarf"]);
    for (let shopper = 10; shopper < limits.suggestShoppersMax + 100; shopper++)
      queries.choose("scarf", shopper, startMs, startMs);
    queries.join(row, 10, 11);
    expect(queries.isShown(row)).toBe(true);
  });

  test("fifty visits of one shopper, each known as theirs only afterwards, are one shopper", () => {
    const joined = new Map<number, number>();
    const queries = shopQueries(joined);
    for (let session = 100; session < 100 + 2 * limits.suggestShoppersMax; session++) {
      queries.choose("scarf", session, startMs, startMs);
      joined.set(session, 1);
    }
    expect(shown(queries)).toEqual([]);
    queries.choose("scarf", 2, startMs, startMs);
    queries.choose("scarf", 3, startMs, startMs);
    expect(shown(queries)).toEqual(["scarf"]);
  });

  test("who they were is not kept once they are enough for any minimum", () => {
    const queries = shopQueries();
    const isKept = (shopper: number): boolean =>
      queries.state.buffers
        .filter(({ name }) => name === "shoppers.shopper")
        .flatMap((buffer) => buffer.chunks())
        .some((bytes) => new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8).includes(shopper));
    queries.choose("scarf", 123_456_789, startMs, startMs);
    expect(isKept(123_456_789)).toBe(true);
    for (let shopper = 1; shopper < limits.suggestShoppersMax; shopper++)
      queries.choose("scarf", shopper, startMs, startMs);
    expect(isKept(123_456_789)).toBe(false);
  });

  test("what is unsafe is not even kept", () => {
    const queries = shopQueries();
    for (let shopper = 0; shopper < 9; shopper++) queries.choose("anna@example.com", shopper, startMs, startMs);
    expect(queries.size).toBe(0);
    expect(shown(queries)).toEqual([]);
  });

  test("the most chosen stand first, those that begin with what was typed before those of which a later word does", () => {
    const queries = shopQueries();
    const choose = (text: string, times: number): void => {
      for (let i = 0; i < times; i++) queries.choose(text, i % 5, startMs + i, startMs + i);
    };
    choose("silk scarf", 14);
    choose("scarf", 6);
    choose("red scarf", 4);
    choose("scarf ring", 5);
    expect(shown(queries, "sc")).toEqual(["scarf", "scarf ring", "silk scarf", "red scarf"]);
    expect(shown(queries, "scarf r")).toEqual(["scarf ring"]);
    expect(shown(queries, "SC".toLowerCase())).toHaveLength(4);
    expect(shown(queries, "x")).toEqual([]);
  });

  test("what nobody chose for half a year is forgotten, and its row shows nothing of it", () => {
    const queries = shopQueries();
    for (let i = 0; i < 40; i++) for (let s = 0; s < 3; s++) queries.choose(`old ${i}`, s, startMs, startMs);
    expect(queries.best("", 100, anything)).toHaveLength(40);
    const laterMs = startMs + 200 * dayMs;
    for (let i = 0; i < 100; i++) queries.choose(`new ${i}`, 1, laterMs, laterMs);
    expect(queries.best("old", 100, anything)).toEqual([]);
    expect(shown(queries)).toEqual([]);
    expect(queries.size).toBeLessThan(150);
    // Rows that were used before begin anew: with nobody, and with nothing chosen.
    for (let i = 0; i < 100; i++) queries.choose(`new ${i}`, 2, laterMs, laterMs);
    expect(shown(queries)).toEqual([]);
    const once = queries.find("new 70");
    for (let i = 0; i < 100; i++) queries.choose(`new ${i}`, 3, laterMs, laterMs);
    for (let i = 0; i < 100; i++) expect(queries.choices(queries.find(`new ${i}`))).toBe(queries.choices(once));
    expect(queries.best("old", 100, anything)).toEqual([]);
    expect(queries.best("new", 200, anything)).toHaveLength(100);
  });

  test("a full table forgets what was not chosen for longest, and goes on", () => {
    const queries = shopQueries();
    let clockMs = startMs;
    for (let i = 0; i < limits.suggestQueriesMax + 20_000; i++) {
      clockMs += minuteMs / 2;
      queries.choose(`query ${i.toString(36)}`, i, clockMs, clockMs);
      if (i % 100 === 0) for (let s = 0; s < 3; s++) queries.choose("scarf", s, clockMs, clockMs);
    }
    expect(queries.size).toBeLessThan(limits.suggestQueriesMax);
    expect(shown(queries, "sca")).toEqual(["scarf"]);
    const last = (limits.suggestQueriesMax + 19_999).toString(36);
    for (let s = 0; s < 3; s++) queries.choose(`query ${last}`, s, clockMs, clockMs);
    expect(shown(queries, `query ${last}`)).toEqual([`query ${last}`]);
  });
});

/** Another telling of the same state: what was derived from it is younger. */
function copyOf(from: Suggestions, to: Suggestions): Suggestions {
  from.state.forEach((one, s) => {
    copyState(one, to.state[s]!);
  });
  expect(checksum(to.state)).toBe(checksum(from.state));
  return to;
}

const brands = ["Acme", "Zed", "Ácmé Home", "Blue Fox"];
const paths = ["Clothing", "Clothing\u001fScarves", "Clothing\u001fHats", "Home\u001fLamps", "Home"];
const texts = ["scarf", "red scarf", "hat", "silk hat", "lamp", "écharpe", "x@y.z"];

/** A shop whose catalogue is a plain list. */
class Shop {
  readonly items = new Map<number, { brand: number; path: number; isInStock: boolean }>();
  readonly joined = new Map<number, number>();
  suggestions(): Suggestions {
    const words = { ...lasting, id: (row: number): string | undefined => [...brands, ...paths][row] };
    const isOffered = (item: number): boolean => this.items.get(item)?.isInStock === true;
    const word = (of: "brand" | "path", from: number) => () => ({
      get: (item: number) => (this.items.has(item) ? from + this.items.get(item)![of] : -1),
    });
    return new Suggestions({
      shoppersMin: 2,
      ownerOf: owners(this.joined),
      queryText: (row) => texts[row],
      brand: { name: "brands", field: "brand", words, word: word("brand", 0), levels: (one) => [one], isOffered },
      category: {
        ...{ name: "categories", field: "category", words, word: word("path", brands.length), isOffered },
        levels: (one) => one.split("\u001f"),
      },
    });
  }
}

const fact = (said: Partial<Fact>): Fact => ({
  ...{ type: "tick", offset: 0, atMs: startMs, clockMs: startMs, item: -1, shopper: -1, action: -1, reward: 0 },
  ...{ isChoice: false, value: Number.NaN, fields: undefined, query: -1, shown: undefined },
  ...{ history: new History(), isRepeat: false },
  ...said,
});

function step(shop: Shop, folding: readonly Suggestions[], chance: Random, clockMs: number): void {
  const item = chance.int(25);
  const kind = chance.int(10);
  if (kind < 3) {
    shop.items.set(item, { brand: chance.int(4), path: chance.int(5), isInStock: chance.int(3) > 0 });
    for (const one of folding) one.fold(fact({ type: "item", item, clockMs, atMs: clockMs }));
  } else if (kind === 3) {
    shop.items.delete(item);
    for (const one of folding) one.forgetItem(item, clockMs);
  } else if (kind < 9) {
    const [query, shopper] = [chance.int(texts.length + 1) - 1, chance.int(8) - 1];
    const atMs = clockMs - (chance.int(5) === 0 ? chance.int(3) * dayMs : 0);
    for (const one of folding) one.fold(fact({ type: "outcome", isChoice: true, item, query, shopper, atMs, clockMs }));
  } else {
    const [from, to] = [chance.int(7), chance.int(7)];
    if (from === to) return;
    if (chance.int(2) === 0) for (const one of folding) one.forget(from);
    else for (const one of folding) one.join(from, to);
  }
}

function answers(suggestions: Suggestions): unknown[] {
  return ["", "s", "sc", "h", "l", "ec", "a", "b", "f", "clothing"].map((prefix) => [
    suggestions.queries.best(prefix, 4, anything),
    suggestions.brands.best(prefix, 4, anything).map(({ path }) => path),
    suggestions.categories.best(prefix, 4, anything).map(({ path }) => path),
    Array.from({ length: 7 }, (_, shopper) => suggestions.own.of(shopper)),
  ]);
}

describe("all of it together", () => {
  test("saved and restored midway it answers the same and goes on the same, whatever was asked before", () => {
    for (const seed of [1, 2, 3]) {
      const shop = new Shop();
      const chance = random(seed);
      const asked = shop.suggestions();
      const silent = shop.suggestions();
      // One that had another past.
      let restored = shop.suggestions();
      const elsewhere = random(`elsewhere ${seed}`);
      const otherShop = new Shop();
      for (let i = 0; i < 300; i++) {
        step(otherShop, [restored], elsewhere, startMs + i * minuteMs);
        if (i % 20 === 0) answers(restored);
      }
      restored = copyOf(asked, restored);
      for (let i = 0; i < 400; i++) {
        step(shop, [asked, silent, restored], chance, startMs + i * 3 * minuteMs);
        if (i % 7 === 0) expect(answers(restored)).toEqual(answers(asked));
        if (i % 50 === 0) restored = copyOf(asked, restored);
      }
      expect(checksum(silent.state)).toBe(checksum(asked.state));
      expect(answers(silent)).toEqual(answers(asked));
    }
  });

  test("brands and categories are those that a recount of the catalogue has in stock", () => {
    const shop = new Shop();
    const chance = random("recount");
    const suggestions = shop.suggestions();
    for (let i = 0; i < 500; i++) {
      step(shop, [suggestions], chance, startMs + i * minuteMs);
      if (i % 5 > 0) continue;
      const offered = [...shop.items.values()].filter(({ isInStock }) => isInStock);
      for (const prefix of ["", "a", "h", "ac", "fox"]) {
        const begins = (name: string): boolean => wordStarts(foldedText(name)).some((one) => one.startsWith(prefix));
        const expected = new Set(offered.map(({ brand }) => brands[brand]!).filter(begins));
        const levels = offered.map(({ path }) => paths[path]!.split("\u001f"));
        const found = levels.flatMap((path) => path.map((_, l) => path.slice(0, l + 1)));
        const wanted = new Set(found.filter((path) => begins(path.at(-1)!)).map((path) => path.join(" > ")));
        const told = suggestions.brands.best(prefix, 9, anything).map(({ name }) => name);
        const paths9 = suggestions.categories.best(prefix, 9, anything).map(({ path }) => path.join(" > "));
        expect(told.toSorted()).toEqual([...expected].sort());
        expect(paths9.toSorted()).toEqual([...wanted].sort());
      }
    }
  });
});

test("who turned out to be one stays one, also when what joined them is forgotten", () => {
  const shop = new Shop();
  const suggestions = shop.suggestions();
  const choose = (shopper: number): void =>
    suggestions.fold(fact({ type: "outcome", isChoice: true, item: 1, query: 0, shopper }));
  choose(1);
  choose(2);
  shop.joined.set(1, 2);
  suggestions.join(1, 2);
  shop.joined.clear();
  expect(suggestions.queries.best("", 9, anything)).toEqual([]);
  choose(3);
  expect(suggestions.queries.best("", 9, anything)).toHaveLength(1);
});

test("a query that joins bring below the minimum is in no index, as in one made anew", () => {
  const shop = new Shop();
  const live = shop.suggestions();
  const choose = (shopper: number): void =>
    live.fold(fact({ type: "outcome", isChoice: true, item: 1, query: 0, shopper }));
  live.prepare();
  for (const shopper of [1, 2]) choose(shopper);
  expect(live.queries.near("skarf")).toEqual(["scarf"]);
  shop.joined.set(1, 2);
  live.join(1, 2);
  const anew = copyOf(live, shop.suggestions());
  for (const typed of ["scarv", "scraf", "skarf"]) expect(live.queries.near(typed)).toEqual(anew.queries.near(typed));
  expect(live.queries.near("skarf")).toEqual([]);
  choose(3);
  expect(live.queries.near("skarf")).toEqual(["scarf"]);
});

test("who gets the row of a forgotten shopper is somebody else", () => {
  const suggestions = new Shop().suggestions();
  const choose = (query: number, shopper: number): void =>
    suggestions.fold(fact({ type: "outcome", isChoice: true, item: 1, query, shopper }));
  const texts = (): string[] => shown(suggestions.queries);
  for (const query of [0, 2]) choose(query, 5);
  suggestions.forget(5);
  expect(texts()).toEqual([]);
  // Somebody new with the same row: the second who chose it.
  choose(0, 5);
  expect(texts()).toEqual(["scarf"]);
  // What the new one turns out to be says nothing of the one before.
  suggestions.join(5, 6);
  choose(0, 6);
  expect(texts()).toEqual(["scarf"]);
  suggestions.join(6, 7);
  choose(2, 7);
  expect(texts().toSorted()).toEqual(["hat", "scarf"]);
});

describe("a shopper's own queries", () => {
  test("are the latest few, each once, the latest first", () => {
    const own = new OwnQueries();
    for (let query = 0; query < 12; query++) own.add(3, query);
    own.add(3, 8);
    expect(own.of(3)).toEqual([8, 11, 10, 9, 7, 6, 5, 4]);
    expect(own.of(3)).toHaveLength(ownQueriesMax);
    own.add(-1, 8);
    expect([own.of(-1), own.of(4)]).toEqual([[], []]);
  });

  test("go along with a session to its user, and away with the shopper", () => {
    const own = new OwnQueries();
    for (const query of [1, 2]) own.add(5, query);
    for (const query of [2, 3]) own.add(6, query);
    own.join(5, 6);
    expect([own.of(5), own.of(6)]).toEqual([[], [2, 1, 3]]);
    own.forget(6);
    own.add(7, 9);
    expect([own.of(6), own.of(7)]).toEqual([[], [9]]);
    own.join(6, 8);
    expect(own.of(8)).toEqual([]);
    const before = bytesInUse([own.state]);
    for (let i = 0; i < 100_000; i++) {
      own.add(7, i);
      own.forget(7);
    }
    expect(bytesInUse([own.state])).toBe(before);
  });
});
