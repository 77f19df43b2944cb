import { beforeEach, describe, expect, test } from "vitest";
import { type Action, actions } from "../core/actions.ts";
import { minuteMs } from "../core/clock.ts";
import type { Lesson } from "../core/lesson.ts";
import { List } from "../core/list.ts";
import { random } from "../core/random.ts";
import { Rows } from "../core/rows.ts";
import { checksum } from "../core/state.ts";
import { Attribution, type AttributionOptions, type Consequences } from "./attribution.ts";
import { Sales } from "./sales.ts";
import { Surfaces } from "./surfaces.ts";

const waitMs = minuteMs;
const windowMs = 60 * minuteMs;
const action = actions();
const verdicts = ["silent", "chosen", "passed over", "chosen before"];

interface When {
  readonly shopper?: number;
  readonly atMs?: number;
  readonly clockMs?: number;
}

/** Attribution with a row of two numbers for each impression, slate and item, so that lessons can be told apart. */
class Subject {
  readonly attribution: Attribution;
  /** Each lesson as text: what it says of each row but silence. */
  lessons: string[] = [];
  impressions: string[] = [];
  /** What was told of chosen impressions. */
  followed: string[] = [];
  /** [number] ids of slates, in the order of their opening. */
  readonly ids: string[] = [];
  /** What was taught of each impression, by number of the slate and item. */
  readonly taught = new Map<string, string[]>();
  readonly consequences: Consequences = {
    teach: (lesson) => void this.lessons.push(this.#text(lesson)),
    follow: ({ rows, step, outcome = "" }) => {
      const [slate, item] = [rows.dense[0]!, rows.dense[1]!];
      expect(rows.count).toBe(1);
      this.followed.push(`${this.ids[slate]}:${item} ${outcome}${outcome && " "}${step}`);
    },
    impressions: ({ count, item, clicked }) => {
      const looked = Array.from(item.subarray(0, count));
      this.impressions.push(`${looked.map((one) => (one < 0 ? "-" : one)).join(" ")} clicked ${clicked}`);
    },
  };

  constructor(options: Partial<AttributionOptions> = {}) {
    this.attribution = new Attribution({
      width: 2,
      waitMs,
      windowMs,
      slatesMax: 1000,
      rowsMax: 100_000,
      salesMax: 100,
      ...options,
    });
  }

  /** Rows of a slate that is there already are not looked at. */
  open(id: string, items: readonly number[], { shopper = -1, atMs = 0, clockMs = atMs }: When = {}): void {
    if (this.attribution.slates.find(id) < 0) this.ids.push(id);
    const list = new List();
    const rows = new Rows(2);
    rows.resize(items.length);
    items.forEach((item, i) => {
      list.push(item, Number.NaN, i);
      rows.dense.set([this.ids.length - 1, item], i * 2);
    });
    const slate = { id, shopper, surface: 7, query: 8, orderedByEngine: true, atMs, clockMs };
    this.attribution.open(slate, list, Int32Array.from(items), rows, this.consequences);
  }

  join(
    name: string | Action,
    item: number,
    { slate, shopper = -1, atMs = 0, clockMs = atMs }: When & { slate?: string },
  ): number {
    const done = typeof name === "string" ? action(name, undefined) : name;
    return this.attribution.join({ slateId: slate, shopper, item, action: done, atMs, clockMs }, this.consequences);
  }

  advance(clockMs: number): void {
    this.attribution.advance(clockMs, this.consequences);
  }

  take(): string[] {
    const taken = this.lessons;
    this.lessons = [];
    return taken;
  }

  #text({ rows, verdict, position, isChoice, isWorthMore, reward, orderedByEngine, surface, weight }: Lesson): string {
    expect([orderedByEngine, surface, weight]).toEqual([true, 7, 1]);
    const said: string[] = [];
    for (let i = 0; i < rows.count; i++) {
      expect(position[i]).toBeGreaterThanOrEqual(0);
      if (verdict[i] === 0) continue;
      const [slate, item] = [rows.dense[i * 2]!, rows.dense[i * 2 + 1]!];
      said.push(`${this.ids[slate]}:${item} ${verdicts[verdict[i]!]}`);
      const key = `${slate} ${item}`;
      if (verdict[i] !== 3 && !isWorthMore)
        this.taught.set(key, [...(this.taught.get(key) ?? []), verdicts[verdict[i]!]!]);
    }
    if (isWorthMore) return `worth ${reward} more ${said.join(", ")}`;
    return `${isChoice ? "choice" : "rest"} ${said.join(", ")}`;
  }
}

let subject: Subject;
beforeEach(() => {
  subject = new Subject();
});
const counts = () => subject.attribution.counts;

describe("an outcome joins", () => {
  test("the slate that it names", () => {
    subject.open("a", [1, 2], { shopper: 5 });
    subject.open("b", [1, 2], { shopper: 5 });
    subject.join("click", 2, { slate: "a", shopper: 5 });
    expect(subject.take()).toEqual(["choice a:1 passed over, a:2 chosen"]);
    expect(counts()).toMatchObject({ joinedById: 1, joinedByShopper: 0, lessons: 1 });
  });

  test("else the shopper's last slate that held the item, shown before it and within the window", () => {
    subject.open("a", [1, 2], { shopper: 5, atMs: 1000 });
    subject.open("b", [2, 3], { shopper: 5, atMs: 2000 });
    subject.open("c", [4], { shopper: 5, atMs: 3000 });
    subject.open("other", [1, 2, 3], { shopper: 6, atMs: 3000 });
    subject.join("click", 2, { shopper: 5, atMs: 3000 });
    subject.join("click", 1, { shopper: 5, atMs: 1500, clockMs: 3000 });
    expect(subject.take()).toEqual(["choice b:2 chosen", "choice a:1 chosen"]);
    expect(subject.join("click", 3, { shopper: 5, atMs: 1500, clockMs: 3000 })).toBe(-1);
    expect(subject.join("click", 4, { shopper: 5, atMs: 3000 + windowMs + 1 })).toBe(-1);
    expect(subject.join("click", 4, { shopper: -1, atMs: 3000 })).toBe(-1);
    expect(subject.join("click", 9, { shopper: 5, atMs: 3000 })).toBe(-1);
    expect(counts()).toMatchObject({ joinedByShopper: 2, orphans: 4 });
  });

  test("the shopper's last slate, too, if the one that it names did not hold the item", () => {
    subject.open("a", [1], { shopper: 5 });
    subject.open("b", [2], { shopper: 5 });
    subject.join("click", 1, { slate: "b", shopper: 5 });
    expect(subject.take()).toEqual(["choice a:1 chosen"]);
  });

  test("the slates of a session once it is the user's, in the order in which they were shown", () => {
    const session = 3;
    const user = 4;
    subject.open("u1", [1, 2, 3], { shopper: user, atMs: 1 });
    subject.open("s1", [2, 3], { shopper: session, atMs: 2 });
    subject.open("u2", [3, 4], { shopper: user, atMs: 3 });
    subject.open("s2", [4, 5], { shopper: session, atMs: 4 });
    subject.attribution.slates.joinShopper(session, user);
    for (const item of [1, 2, 3, 4, 5]) subject.join("click", item, { shopper: user, atMs: 10 });
    expect(subject.take()).toEqual([
      "choice u1:1 chosen",
      "choice s1:2 chosen",
      "choice u2:3 chosen",
      "choice s2:4 chosen",
      "choice s2:4 chosen before, s2:5 chosen",
    ]);
    subject.attribution.slates.forgetShopper(user);
    expect(subject.join("click", 1, { shopper: user, atMs: 10 })).toBe(-1);
    expect(subject.join("cart", 4, { shopper: session, atMs: 10 })).toBe(-1);
  });

  test("a slate that comes after it, in the order in which the outcomes came, unless it comes too late", () => {
    expect(subject.join("click", 3, { slate: "a", clockMs: 0 })).toBe(-1);
    subject.join("click", 2, { slate: "a", clockMs: 0 });
    subject.join("click", 9, { slate: "a", clockMs: 0 });
    subject.join("click", 1, { slate: "b", clockMs: 0 });
    subject.open("a", [1, 2, 3], { atMs: 0, clockMs: waitMs });
    expect(subject.take()).toEqual([
      "choice a:1 passed over, a:2 passed over, a:3 chosen",
      "choice a:2 chosen, a:3 chosen before",
    ]);
    subject.open("b", [1], { atMs: 0, clockMs: waitMs + 1 });
    expect(subject.take()).toEqual([]);
    expect(counts()).toMatchObject({ early: 4, orphans: 0 });
  });

  test("early ones are kept up to 256, the oldest leaves, and the order stays where the ring begins anew", () => {
    for (let i = 0; i < 255; i++) subject.join("click", 1, { slate: `s-${i}` });
    subject.join("click", 2, { slate: "across" });
    subject.join("click", 1, { slate: "across" });
    subject.open("s-0", [1]);
    expect(subject.take()).toEqual([]);
    subject.open("s-1", [1]);
    expect(subject.take()).toEqual(["choice s-1:1 chosen"]);
    subject.open("across", [1, 2]);
    expect(subject.take()).toEqual([
      "choice across:1 passed over, across:2 chosen",
      "choice across:1 chosen, across:2 chosen before",
    ]);
  });
});

describe("a lesson", () => {
  test("at once: the row chosen against those above it; after the wait: the rest", () => {
    subject.open("a", [1, 2, 3, 4]);
    subject.join("click", 2, { slate: "a" });
    expect(subject.take()).toEqual(["choice a:1 passed over, a:2 chosen"]);
    expect(subject.impressions).toEqual(["1 2 3 4 clicked 1"]);
    subject.advance(waitMs - 1);
    expect(subject.take()).toEqual([]);
    subject.advance(waitMs);
    expect(subject.take()).toEqual(["rest a:3 passed over, a:4 passed over"]);
    expect(subject.impressions.length).toBe(1);
  });

  test("a second choice competes with what was not taught yet; the first is out of the race", () => {
    subject.open("a", [1, 2, 3, 4]);
    subject.join("click", 2, { slate: "a" });
    subject.join("click", 4, { slate: "a" });
    subject.join("purchase", 1, { slate: "a" });
    expect(subject.take()).toEqual([
      "choice a:1 passed over, a:2 chosen",
      "choice a:2 chosen before, a:3 passed over, a:4 chosen",
      "choice a:1 chosen, a:2 chosen before, a:4 chosen before",
    ]);
    subject.advance(waitMs);
    expect(subject.take()).toEqual([]);
  });

  test("without a choice, only what was reported as seen", () => {
    subject.open("a", [1, 2, 3]);
    subject.open("b", [1, 2, 3]);
    subject.join("seen", 1, { slate: "a" });
    subject.join("seen", 3, { slate: "a" });
    subject.advance(waitMs);
    expect(subject.take()).toEqual(["rest a:1 passed over, a:3 passed over"]);
    expect(subject.impressions).toEqual(["1 - 3 clicked -1"]);
  });

  test("what is worth nothing teaches nothing; what is worth less than nothing passes its row over, once", () => {
    subject.open("a", [1, 2]);
    subject.join("view", 1, { slate: "a" });
    subject.join("wishlist", 1, { slate: "a" });
    expect(subject.take()).toEqual([]);
    subject.join("hide", 2, { slate: "a" });
    subject.join("dislike", 2, { slate: "a" });
    expect(subject.take()).toEqual(["rest a:2 passed over"]);
    subject.join("click", 1, { slate: "a" });
    subject.join("return", 1, { slate: "a" });
    subject.advance(waitMs);
    expect(subject.take()).toEqual(["choice a:1 chosen"]);
  });

  test("a choice that turns out to be worth more teaches by the difference; what is brought back may be earned again", () => {
    const slate = "a";
    subject.open(slate, [1, 2, 3]);
    for (const name of ["click", "cart", "cart", "click"]) subject.join(name, 2, { slate });
    subject.join("click", 3, { slate });
    subject.advance(waitMs);
    for (const name of ["purchase", "purchase", "return", "cart"]) subject.join(name, 2, { slate, clockMs: waitMs });
    expect(subject.take()).toEqual([
      "choice a:1 passed over, a:2 chosen",
      "worth 2 more a:2 chosen",
      "choice a:2 chosen before, a:3 chosen",
      "worth 7 more a:2 chosen, a:3 chosen before",
      "worth 3 more a:2 chosen, a:3 chosen before",
    ]);
    expect(counts()).toMatchObject({ repeated: 3, lessons: 5 });
  });

  test("a reward that is no round number is not worth more the second time", () => {
    const own = { name: "own", code: 9, reward: 0.7, isChoice: false };
    subject.open("a", [1]);
    for (let i = 0; i < 3; i++) subject.join(own, 1, { slate: "a" });
    expect(subject.take()).toEqual(["choice a:1 chosen"]);
    expect(counts().repeated).toBe(2);
  });

  test("a choice repeated is counted, not taught; a late one teaches what is kept", () => {
    subject.open("a", [1, 2, 3]);
    subject.open("b", [1, 2, 3]);
    subject.join("purchase", 2, { slate: "a" });
    subject.join("cart", 2, { slate: "a" });
    subject.join("seen", 1, { slate: "b" });
    subject.advance(waitMs);
    subject.take();
    subject.join("purchase", 2, { slate: "a", clockMs: waitMs });
    subject.join("click", 3, { slate: "a", clockMs: waitMs });
    subject.join("seen", 2, { slate: "b", clockMs: waitMs });
    expect(subject.take()).toEqual([]);
    expect(counts()).toMatchObject({ repeated: 2, late: 2 });
  });

  test("of a slate that nobody answered within the wait is still to come until the window ends", () => {
    subject.open("a", [1, 2, 3]);
    subject.advance(waitMs);
    subject.join("click", 2, { slate: "a", clockMs: 2 * waitMs });
    expect(subject.take()).toEqual(["choice a:1 passed over, a:2 chosen, a:3 passed over"]);
    subject.open("b", [1]);
    subject.advance(windowMs);
    expect(subject.attribution.slates.size).toBe(0);
    expect(subject.attribution.slates.rowsKept).toBe(0);
    subject.join("click", 1, { slate: "b", clockMs: windowMs });
    expect(counts()).toMatchObject({ early: 1, late: 1 });
  });
});

describe("a slate corrected", () => {
  test("teaches of what was really shown, in that order, and nothing of what was not", () => {
    subject.open("a", [1, 2, 3, 4]);
    subject.open("a", [4, 9, 2]);
    expect(counts().corrected).toBe(1);
    expect(subject.attribution.slates.rowsKept).toBe(2);
    subject.join("click", 2, { slate: "a" });
    subject.join("click", 9, { slate: "a" });
    expect(subject.join("click", 1, { slate: "a" })).toBe(-1);
    expect(subject.take()).toEqual(["choice a:4 passed over, a:2 chosen"]);
    subject.advance(waitMs);
    expect(subject.take()).toEqual([]);
  });

  test("keeps what is known of the items that stay, may be empty, and may be corrected again", () => {
    subject.open("a", [1, 2, 3]);
    subject.join("click", 2, { slate: "a" });
    subject.open("a", [3, 2]);
    subject.join("click", 2, { slate: "a" });
    expect(counts().repeated).toBe(1);
    subject.open("a", []);
    expect(subject.attribution.slates.rowsKept).toBe(0);
    subject.open("a", [1]);
    subject.join("click", 1, { slate: "a" });
    subject.advance(waitMs);
    expect(subject.take()).toEqual(["choice a:1 passed over, a:2 chosen"]);
    subject.advance(windowMs);
    expect(subject.attribution.slates.size).toBe(0);
  });
});

describe("bounds", () => {
  test("at the most slates the oldest is closed and forgotten", () => {
    subject = new Subject({ slatesMax: 3 });
    for (let i = 0; i < 10; i++) {
      subject.open(`s-${i}`, [1, 2, 3], { shopper: 5, clockMs: i });
      subject.join("click", 2, { slate: `s-${i}`, clockMs: i });
      expect(subject.attribution.slates.size).toBeLessThanOrEqual(3);
    }
    expect(counts().closedEarly).toBe(7);
    expect(subject.take().filter((lesson) => lesson.startsWith("rest"))).toEqual(
      Array.from({ length: 7 }, (_, i) => `rest s-${i}:3 passed over`),
    );
    expect(subject.join("click", 1, { slate: "s-6" })).toBe(-1);
    expect(subject.join("click", 1, { slate: "s-7" })).toBeGreaterThanOrEqual(0);
  });

  test("at the most rows the oldest slates are closed and lose theirs, but are still joined", () => {
    subject = new Subject({ rowsMax: 10 });
    for (let i = 0; i < 10; i++) subject.open(`s-${i}`, [1, 2, 3, 4], { shopper: 5, clockMs: i });
    expect(subject.attribution.slates.rowsKept).toBeLessThanOrEqual(10);
    expect(subject.attribution.slates.size).toBe(10);
    expect(counts().closedEarly).toBe(8);
    expect(subject.join("click", 2, { slate: "s-0", clockMs: 10 })).toBeGreaterThanOrEqual(0);
    expect(subject.take()).toEqual([]);
    subject.join("click", 2, { slate: "s-9", clockMs: 10 });
    expect(subject.take()).toEqual(["choice s-9:1 passed over, s-9:2 chosen"]);
  });

  test("a slate larger than the most rows keeps its own", () => {
    subject = new Subject({ rowsMax: 3 });
    for (const id of ["a", "b"]) subject.open(id, [1, 2, 3, 4, 5]);
    subject.join("click", 5, { slate: "b" });
    expect(subject.take().at(-1)).toContain("b:5 chosen");
    expect(subject.attribution.slates.rowsKept).toBe(5);
  });

  test("one step closes at most 64 and looks at none besides, however many are open", () => {
    const looks = (open: number): number => {
      subject = new Subject({ slatesMax: 10_000 });
      for (let i = 0; i < open; i++) subject.open(`s-${i}`, [1], { clockMs: i === 0 ? 0 : 1000 });
      const { slates } = subject.attribution;
      const { clockMs } = slates;
      let count = 0;
      const get = clockMs.get.bind(clockMs);
      clockMs.get = (row) => {
        count++;
        return get(row);
      };
      subject.advance(waitMs);
      return count;
    };
    expect(looks(5000)).toBe(looks(10));
    expect(looks(10)).toBeLessThan(10);
    subject = new Subject();
    for (let i = 0; i < 200; i++) subject.open(`s-${i}`, [1, 2]);
    for (let i = 0; i < 200; i++) subject.join("seen", 1, { slate: `s-${i}` });
    const closed = [1, 2, 3, 4, 5].map(() => {
      subject.advance(waitMs);
      return subject.take().length;
    });
    expect(closed).toEqual([64, 64, 64, 8, 0]);
  });
});

/** Obvious and slow: slates as objects, looked through from the last one back. */
class SlowAttribution {
  readonly lessons: string[] = [];
  readonly #slates: SlowSlate[] = [];
  readonly #early: { slate: string; item: number; action: Action; expiresMs: number }[] = [];
  sequence = 0;

  open(id: string, items: readonly number[], shopper: number, atMs: number, clockMs: number): void {
    const known = this.#slates.find((slate) => slate.id === id);
    const unknown = { seen: false, chosen: false, taught: false, reward: 0 };
    const fresh = (item: number, hasRow: boolean) => ({ item, hasRow, ...unknown });
    if (known) {
      known.shown = items.map((item) => known.shown.find((one) => one.item === item) ?? fresh(item, false));
      return;
    }
    const shown = items.map((item) => fresh(item, true));
    const slate = { id, shopper, atMs, clockMs, isClosed: false, shown };
    this.#slates.push(slate);
    for (const early of this.#early.splice(0)) {
      if (early.slate !== id || early.expiresMs < clockMs) this.#early.push(early);
      else this.#apply(slate, early.item, early.action);
    }
  }

  join(
    slateId: string | undefined,
    shopper: number,
    item: number,
    action: Action,
    atMs: number,
    clockMs: number,
  ): void {
    const named = this.#slates.find((slate) => slate.id === slateId);
    if (slateId !== undefined && !named) {
      this.#early.push({ slate: slateId, item, action, expiresMs: clockMs + waitMs });
      return;
    }
    const holds = (slate: SlowSlate) => slate.shown.some((one) => one.item === item);
    const slate =
      named && holds(named)
        ? named
        : this.#slates
            .filter((one) => shopper >= 0 && one.shopper === shopper)
            .slice(-20)
            .filter((one) => holds(one) && one.atMs <= atMs && atMs - one.atMs <= windowMs)
            .at(-1);
    if (slate) this.#apply(slate, item, action);
  }

  joinShopper(from: number, to: number): void {
    for (const slate of this.#slates) if (slate.shopper === from) slate.shopper = to;
  }

  advance(clockMs: number): void {
    const over = this.#slates.filter((slate) => !slate.isClosed && slate.clockMs + waitMs <= clockMs);
    for (const slate of over.slice(0, 64)) this.#close(slate);
    for (let i = 0; i < 16 && this.#slates[0] && this.#slates[0].clockMs + windowMs <= clockMs; i++) {
      if (!this.#slates[0].isClosed) this.#close(this.#slates[0]);
      this.#slates.shift();
    }
  }

  #apply(slate: SlowSlate, item: number, { name, reward, code }: Action): void {
    const one = slate.shown.find((shown) => shown.item === item);
    if (!one) return;
    if (name === "seen" || code === 0) one.seen = true;
    else if (reward > 0 && !one.chosen) {
      const isFirst = !slate.shown.some((shown) => shown.chosen);
      if (isFirst && !one.hasRow) for (const shown of slate.shown) shown.hasRow = false;
      const above = slate.shown.slice(0, slate.shown.indexOf(one));
      const said = (shown: Impression): string | undefined => {
        if (shown === one) return "chosen";
        if (shown.chosen) return "chosen before";
        return (above.includes(shown) || slate.isClosed) && !shown.taught ? "passed over" : undefined;
      };
      this.#teach(slate, "choice", said);
      one.chosen = true;
      one.reward = reward;
      if (slate.isClosed) for (const other of slate.shown) if (!other.chosen) other.hasRow = false;
    } else if (reward > one.reward && one.chosen) {
      const said = (shown: Impression) => (shown === one ? "chosen" : shown.chosen ? "chosen before" : undefined);
      this.#teach(slate, `worth ${reward - one.reward} more`, said);
      one.reward = reward;
    } else if (name === "return" && one.chosen) one.reward = Math.max(0, one.reward + reward);
    else if (reward < 0 && !one.chosen && !one.taught)
      this.#teach(slate, "rest", (shown) => (shown === one ? "passed over" : undefined));
  }

  #close(slate: SlowSlate): void {
    slate.isClosed = true;
    const hasChoice = slate.shown.some((one) => one.chosen);
    if (!hasChoice && !slate.shown.some((one) => one.seen)) return;
    this.#teach(slate, "rest", (one) =>
      !one.chosen && !one.taught && (hasChoice || one.seen) ? "passed over" : undefined,
    );
    for (const one of slate.shown) if (!one.chosen) one.hasRow = false;
  }

  #teach(slate: SlowSlate, kind: string, judge: (one: Impression) => string | undefined): void {
    const said = slate.shown.filter((one) => one.hasRow).map((one) => ({ one, verdict: judge(one) }));
    for (const { one, verdict } of said) if (verdict === "passed over") one.taught = true;
    if (!said.some(({ verdict }) => verdict === "chosen" || verdict === "passed over")) return;
    const texts = said.filter(({ verdict }) => verdict).map(({ one, verdict }) => `${slate.id}:${one.item} ${verdict}`);
    this.lessons.push(`${kind} ${texts.join(", ")}`);
  }
}

interface Impression {
  readonly item: number;
  hasRow: boolean;
  seen: boolean;
  chosen: boolean;
  taught: boolean;
  reward: number;
}

interface SlowSlate {
  readonly id: string;
  shopper: number;
  readonly atMs: number;
  readonly clockMs: number;
  isClosed: boolean;
  shown: Impression[];
}

/** A random stream; `slow` may be left out. */
function stream(seed: string, steps: number, subject: Subject, slow?: SlowAttribution, from = 0): void {
  let clockMs = 0;
  let opened = 0;
  const chance = random(seed);
  const names = ["click", "click", "click", "seen", "seen", "cart", "hide", "return", "view"];
  for (let step = 0; step < steps; step++) {
    const [kind, luck] = [chance.next(), chance.next()];
    clockMs += luck < 0.8 ? chance.int(3000) : luck < 0.99 ? chance.int(waitMs) : chance.int(2 * windowMs);
    const atMs = clockMs - (chance.int(4) === 0 ? chance.int(5 * minuteMs) : 0);
    const shopper = chance.int(8) - 1;
    const items = [...new Set(Array.from({ length: chance.int(9) }, () => chance.int(30)))];
    const item = chance.int(30);
    const number = opened - chance.int(12) + 2;
    const correction = `s-${Math.max(0, opened - chance.int(6) - 1)}`;
    const done = action(names[chance.int(names.length)]!, undefined);
    const named = chance.int(3) > 0 ? `s-${Math.max(0, number)}` : undefined;
    if (kind < 0.25) opened++;
    if (step < from) continue;
    subject.advance(clockMs);
    slow?.advance(clockMs);
    if (kind < 0.3) {
      const id = kind < 0.25 ? `s-${opened - 1}` : correction;
      subject.open(id, items, { shopper, atMs, clockMs });
      slow?.open(id, items, shopper, atMs, clockMs);
    } else if (kind < 0.31 && shopper > 0) {
      subject.attribution.slates.joinShopper(shopper, shopper - 1);
      slow?.joinShopper(shopper, shopper - 1);
    } else {
      subject.join(done, item, { ...(named === undefined ? {} : { slate: named }), shopper, atMs, clockMs });
      slow?.join(named, shopper, item, done, atMs, clockMs);
    }
  }
}

test.each(["1", "2", "3", "4"])("over a random stream it teaches what a slow twin teaches (seed %s)", (seed) => {
  const slow = new SlowAttribution();
  stream(seed, 4000, subject, slow);
  expect(subject.lessons).toEqual(slow.lessons);
  expect(subject.lessons.length).toBe(counts().lessons);
  expect(subject.lessons.length).toBeGreaterThan(300);
});

test.each([
  { name: "without bounds", bounds: {} },
  { name: "with few slates", bounds: { slatesMax: 12 } },
  { name: "with few rows", bounds: { rowsMax: 60 } },
])(
  "nothing is taught twice: an impression is passed over once at most, and never after it was chosen ($name)",
  ({ bounds }) => {
    for (const seed of ["a", "b", "c"]) {
      subject = new Subject(bounds);
      stream(seed, 4000, subject);
      const kinds = new Set([...subject.taught.values()].map((said) => said.join(", then ")));
      for (const kind of kinds) expect(["chosen", "passed over", "passed over, then chosen"]).toContain(kind);
      expect(kinds.size).toBe(3);
    }
  },
);

test("saved and restored in the middle, it goes on the same", () => {
  const bounds = { slatesMax: 100, rowsMax: 200 };
  const whole = new Subject(bounds);
  stream("saved", 3000, whole);
  const first = new Subject(bounds);
  stream("saved", 1500, first);
  const second = new Subject(bounds);
  first.attribution.state.forEach(({ buffers }, s) => {
    buffers.forEach((buffer, b) => {
      const bytes = Buffer.concat(buffer.chunks().map((chunk) => Buffer.from(chunk)));
      let at = 0;
      second.attribution.state[s]!.buffers[b]!.restore(buffer.length, (target) => {
        target.set(bytes.subarray(at, at + target.length));
        at += target.length;
      });
    });
  });
  second.ids.push(...first.ids);
  stream("saved", 3000, second, undefined, 1500);
  expect([...first.lessons, ...second.lessons]).toEqual(whole.lessons);
  expect(checksum(second.attribution.state)).toBe(checksum(whole.attribution.state));
});

describe("of what was chosen is told", () => {
  const follow = (...done: readonly (readonly [action: string, item: number])[]): string[] => {
    subject.followed = [];
    for (const [action, item] of done) subject.join(action, item, { slate: "a" });
    return subject.followed;
  };
  beforeEach(() => subject.open("a", [1, 2, 3]));

  test("that it was, once, and each outcome that follows, once", () => {
    expect(follow(["click", 2], ["click", 2], ["cart", 2], ["purchase", 2], ["purchase", 2])).toEqual([
      "a:2 chosen",
      "a:2 cart came",
      "a:2 purchase came",
    ]);
    expect(follow(["hide", 2], ["dislike", 2])).toEqual(["a:2 dislike came"]);
  });

  test("that it was, too, by an outcome without a click", () => {
    expect(follow(["purchase", 3], ["like", 1])).toEqual(["a:3 chosen", "a:3 purchase came", "a:1 chosen"]);
  });

  test("a return, of what was bought only, and it may be bought again", () => {
    const done = follow(["click", 2], ["return", 2], ["purchase", 2], ["return", 2], ["return", 2], ["purchase", 2]);
    expect(done).toEqual(["a:2 chosen", "a:2 purchase came", "a:2 purchase takenBack", "a:2 purchase came"]);
  });

  test("a return when the slate is forgotten, or when a newer one has shown the item again, once for each sale", () => {
    const bought = ["a:2 chosen", "a:2 purchase came"];
    subject.open("old", [2], { shopper: 5 });
    subject.followed = [];
    for (const action of ["purchase", "return", "purchase"]) subject.join(action, 2, { slate: "old", shopper: 5 });
    expect(subject.followed).toEqual(
      [...bought, "a:2 purchase takenBack", "a:2 purchase came"].map((one) => one.replace("a:", "old:")),
    );
    subject.open("new", [2], { shopper: 5, atMs: 1 });
    subject.advance(windowMs + 2);
    subject.open("again", [2], { shopper: 5, atMs: windowMs + 3 });
    subject.followed = [];
    for (const shopper of [6, 5, 5]) subject.join("return", 2, { shopper, atMs: windowMs + 4 });
    expect(subject.followed).toEqual(["old:2 purchase takenBack"]);
  });

  test("nothing of what was only shown or seen", () => {
    expect(follow(["seen", 1], ["view", 1], ["hide", 1], ["return", 1])).toEqual([]);
  });

  test("what is left of it after the wait, and nothing once its row is gone", () => {
    follow(["click", 2]);
    subject.advance(waitMs);
    expect(follow(["cart", 2])).toEqual(["a:2 cart came"]);
    subject.attribution.slates.dropRows(subject.attribution.slates.find("a"), false);
    expect(follow(["purchase", 2])).toEqual([]);
  });

  test("the same by what came before its slate", () => {
    subject.join("cart", 9, { slate: "late" });
    subject.followed = [];
    subject.open("late", [8, 9]);
    expect(subject.followed).toEqual(["late:9 chosen", "late:9 cart came"]);
  });
});

test("the surfaces of the engine's own lists are remembered, each once, the latest new ones", () => {
  const surfaces = new Surfaces();
  for (const surface of [-1, 7, 7, -1, 3]) surfaces.note(surface);
  expect(surfaces.all).toEqual([-1, 7, 3]);
  for (let surface = 100; surface < 164; surface++) surfaces.note(surface);
  expect(surfaces.all).toHaveLength(64);
  expect(surfaces.all).toContain(163);
  expect(surfaces.all).not.toContain(7);
  subject.open("a", [1]);
  expect(subject.attribution.surfaces.all).toEqual([7]);
});

test("sales are a ring by shopper and item: the latest is taken, the oldest leaves, joined and forgotten rows go with it", () => {
  const sales = new Sales(1, 4);
  const rows = new Rows(1);
  const note = (shopper: number, item: number, row: number): void => {
    rows.resize(1);
    rows.dense[0] = row;
    sales.note(shopper, item, rows);
  };
  const take = (shopper: number, item: number): number => (sales.take(shopper, item, rows) ? rows.dense[0]! : -1);
  for (const row of [1, 2, 3, 4, 5]) note(row === 4 ? 8 : 7, 1, row);
  note(-1, 1, 6);
  expect([take(7, 1), take(7, 1), take(7, 1), take(7, 1)]).toEqual([5, 3, 2, -1]);
  sales.joinShopper(8, 7);
  expect([take(8, 1), take(7, 2), take(7, 1), take(-1, 1)]).toEqual([-1, -1, 4, -1]);
  note(3, 1, 10);
  note(3, 2, 11);
  sales.forgetItem(1);
  expect([take(3, 1), take(3, 2)]).toEqual([-1, 11]);
  note(3, 1, 12);
  sales.forgetShopper(3);
  expect(take(3, 1)).toBe(-1);
});
