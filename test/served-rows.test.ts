/** Nothing may differ between what was served and what is learned from it (ARCHITECTURE.md, invariant 4). */

import { expect, test } from "vitest";
import type { Served } from "../src/answering.ts";
import { completeConfig } from "../src/config.ts";
import { eventAtMs, type LoggedEvent } from "../src/core/event.ts";
import { parseEvent, withoutConsent } from "../src/core/parse-event.ts";
import type { EventInput } from "../src/core/public.ts";
import { Rows } from "../src/core/rows.ts";
import { Learning } from "../src/learn.ts";
import { Serving } from "../src/rank.ts";
import { buildRooms, engineAt } from "../src/rooms.ts";
import { Searching } from "../src/search.ts";
import { type Ground, Life } from "./random-life.ts";

/** Rooms that fold every answer at once, and note where the rows then read are not those that were served. */
class Watched implements Ground {
  readonly rooms = buildRooms(completeConfig({ lessonWaitMs: 20_000 }));
  readonly learning = new Learning(this.rooms);
  readonly serving = new Serving(this.rooms);
  readonly searching = new Searching(this.rooms, this.serving);
  readonly differences = new Map<string, string>();
  readonly kinds = new Map<string, number>();
  offset = 0;
  explained = 0;
  readonly life: Life;

  constructor(life: Life) {
    this.life = life;
  }

  record(events: EventInput[]): void {
    for (const event of events) if (!withoutConsent(event)) this.#fold(parseEvent(event, this.life.nowMs));
  }

  rank(request: Parameters<Ground["rank"]>[0]) {
    const kind = `rank${request.ordered === false ? ", not ordered" : ""}${request.size === undefined ? "" : ", sized"}`;
    const isMatched = request.items.some((one) => typeof one !== "string" && one.match !== undefined);
    return this.#serve(isMatched ? `${kind}, matched` : kind, request, this.serving.rank(request, this.#nowMs()));
  }

  recommend(request: Parameters<Ground["recommend"]>[0]) {
    const kind = `recommend ${Object.keys(request).filter((key) => key === "filters" || key === "item")}`;
    return this.#serve(kind, request, this.serving.recommend(request, this.#nowMs()));
  }

  search(request: Parameters<Ground["search"]>[0]) {
    const kind = `search ${Object.keys(request).filter((key) => ["filters", "sort", "group", "from", "slate"].includes(key))}`;
    const served = this.searching.search(request, this.#nowMs());
    const answered = this.#serve(kind, request, served);
    if (answered.slate !== null) this.searching.keep(answered.slate, served, this.#nowMs());
    return answered;
  }

  tick(): void {
    this.#fold({ type: "tick", time: this.life.nowMs, receivedAt: this.life.nowMs });
  }

  #nowMs(): number {
    return Math.max(this.life.nowMs, this.rooms.registers[engineAt.clockMs]!);
  }

  #serve(kind: string, request: { observe?: boolean | undefined; consent?: boolean | undefined }, served: Served) {
    const { answer, slate } = served;
    for (const { rawScore, bias, reasons } of answer.items) {
      if (rawScore === undefined) continue;
      this.explained++;
      const sum = reasons!.reduce((total, reason) => total + reason.contribution, bias!);
      expect(sum).toBeCloseTo(rawScore, 9);
    }
    if (request.observe === false || request.consent === false) return { slate: null, items: answer.items };
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    const { width } = this.learning.lastRows;
    const shown = new Rows(width);
    this.serving.lastList(answer.items.length).copyRows(shown);
    const rows = answer.items.map((_, position) => shown.dense.slice(position * width, (position + 1) * width));
    const time = this.#nowMs();
    const id = `x-${this.offset}`;
    const { trust, shoppers } = this.rooms;
    const isSuspects = trust.isSuspect(shoppers.find(slate.user, slate.session));
    this.#fold({ ...slate, slate: id, time, receivedAt: time });
    // A suspect's list waits: nothing is read for it now.
    if (isSuspects) return { slate: id, items: answer.items };
    const folded = this.learning.lastRows;
    expect(folded.count).toBe(rows.length);
    rows.forEach((row, position) => {
      const read = folded.dense.subarray(position * width, (position + 1) * width);
      const [servedBits, foldedBits] = [new Uint32Array(row.buffer), new Uint32Array(read.slice().buffer)];
      for (let c = 0; c < width; c++) {
        if (servedBits[c] === foldedBits[c]) continue;
        const name = this.rooms.listFeatures.columns[c]!.name;
        this.differences.set(name, `${kind} at offset ${this.offset}: ${row[c]} served, ${read[c]} folded`);
      }
    });
    return { slate: id, items: answer.items };
  }

  /** As the log gives it back. */
  #fold(event: LoggedEvent): void {
    expect(eventAtMs(event)).not.toBeNaN();
    this.learning.fold(JSON.parse(JSON.stringify(event)) as LoggedEvent, this.offset++);
  }
}

test("rows as served are rows as folded, bit for bit, and explanations add up", async () => {
  for (const seed of [1, 2, 3]) {
    const life = new Life(seed);
    const ground = new Watched(life);
    await life.begin(ground);
    for (let page = 0; page < 900; page++) await life.step(ground);
    expect(Object.fromEntries(ground.differences)).toEqual({});
    const kinds = ["rank", "rank, sized", "rank, matched", "rank, not ordered", "rank, not ordered, matched"];
    const searches = ["", "filters", "sort", "group", "from", "from,slate"].map((kind) => `search ${kind}`);
    for (const kind of [...kinds, "recommend ", "recommend filters", "recommend item", ...searches])
      expect(ground.kinds.get(kind), kind).toBeGreaterThan(2);
    expect(ground.explained).toBeGreaterThan(200);
  }
});
