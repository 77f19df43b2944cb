/**
 * A shop on a real server, and its twin: rooms that fold only what a model of validity lets through, in the same order. What the log holds is
 * compared with what the model expected after every call; at the end both are in the same state and answer alike.
 */
import { isDeepStrictEqual } from "node:util";
import { completeConfig } from "../../src/config.ts";
import { manualClock, minuteMs } from "../../src/core/clock.ts";
import { errorCodes } from "../../src/core/errors.ts";
import type { LoggedEvent } from "../../src/core/event.ts";
import type {
  Answer,
  Engine,
  EventInput,
  RankRequest,
  RecommendRequest,
  SearchRequest,
} from "../../src/core/public.ts";
import { checksum } from "../../src/core/state.ts";
import { createEngine } from "../../src/engine.ts";
import { type Server, startServer } from "../../src/http/server.ts";
import { Learning } from "../../src/learn.ts";
import { Serving } from "../../src/rank.ts";
import { buildRooms } from "../../src/rooms.ts";
import { Life } from "../random-life.ts";
import type { Response } from "./wire.ts";

/** What an answer must not be, or the state must not hold. */
export class Fault extends Error {}

export function fault(message: string, ...shown: readonly unknown[]): never {
  throw new Fault([message, ...shown.map((one) => JSON.stringify(one)?.slice(0, 2000))].join("\n  "));
}

/** The settings of both: nothing may come from a clock that nobody moves, and nothing may be turned away because the machine is slow. */
const settings = { tickMs: 0, port: 0, shedAfterMs: 0 };

const pages = 120;

export class Shop {
  readonly engine: Engine;
  readonly port: number;
  readonly #clock: ReturnType<typeof manualClock>;
  readonly #server: Server;
  readonly #diagnostics: string[];
  readonly #rooms = buildRooms(completeConfig(settings));
  readonly #learning = new Learning(this.#rooms);
  readonly #serving = new Serving(this.#rooms);
  #offset = 0;

  private constructor(engine: Engine, server: Server, clock: ReturnType<typeof manualClock>, diagnostics: string[]) {
    this.engine = engine;
    this.#server = server;
    this.#clock = clock;
    this.#diagnostics = diagnostics;
    this.port = Number(new URL(server.address).port);
  }

  static async open(seed: number | string): Promise<Shop> {
    const life = new Life(seed, { items: 80, shoppers: 30 });
    const clock = manualClock(life.nowMs);
    const engine = await createEngine({ ...settings, clock });
    const diagnostics: string[] = [];
    // What removes an item is told of as any admin call, and is no fault.
    const say = (message: string, fields?: object): void => void (fields === undefined && diagnostics.push(message));
    const server = await startServer(engine, completeConfig(settings), say);
    const ground = {
      record(events: EventInput[]) {
        clock.set(life.nowMs);
        return engine.record(events);
      },
      rank: (request: RankRequest) => engine.rank(request),
      recommend: (request: RecommendRequest) => engine.recommend(request),
      search: (request: SearchRequest) => engine.search(request),
      tick: () => engine.tick(),
    };
    await life.begin(ground);
    for (let page = 0; page < pages; page++) await life.step(ground);
    // From here on the clock alone moves on, so that what has an id is remembered all along.
    clock.advance(minuteMs);
    await engine.record({ type: "outcome", action: "seen", item: "p-1" });
    const shop = new Shop(engine, server, clock, diagnostics);
    shop.adopt();
    return shop;
  }

  get nowMs(): number {
    return this.#clock.nowMs();
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
  }

  /** The log got these events and the slates of these answers since the last call, and nothing else. */
  settle(expected: readonly LoggedEvent[], answers: readonly Answer[] = []): void {
    const slates = new Map(answers.filter(({ slate }) => slate !== null).map((answer) => [answer.slate, answer]));
    let next = 0;
    for (const logged of this.#since()) {
      if (logged.type === "slate" && logged.list !== undefined) {
        const answer = slates.get(logged.slate!);
        const shown = logged.items.map((one) => (typeof one === "string" ? one : one.item));
        const answered = answer?.items.map(({ item }) => item);
        if (!isDeepStrictEqual(shown, answered)) fault("a slate was logged that nobody was answered", logged, answer);
        slates.delete(logged.slate!);
      } else if (!isDeepStrictEqual(logged, expected[next++])) {
        fault("the log holds what it should not", logged, expected[next - 1]);
      }
    }
    if (next !== expected.length) fault("an acknowledged event is not in the log", expected[next]);
    if (slates.size > 0) fault("an answered slate is not in the log", [...slates.keys()]);
  }

  /** Takes what the log got since the last call as it is, and answers it. */
  adopt(): LoggedEvent[] {
    return [...this.#since()];
  }

  /** What came, read back as from a disk, each folded by the twin. */
  *#since(): Generator<LoggedEvent> {
    for (const { event, offset } of this.engine.events(this.#offset)) {
      const logged = JSON.parse(JSON.stringify(event)) as LoggedEvent;
      this.#learning.fold(logged, offset);
      this.#offset = offset + 1;
      yield logged;
    }
  }

  /** State unharmed: the twin's, bit for bit; fixed questions are answered alike; nothing failed inside; prototypes as they were. */
  check(): void {
    if (this.engine.checksum() !== checksum(this.#rooms.states)) fault("the state is not that of its twin");
    for (const ask of controls) {
      const request = { ...ask, observe: false };
      const isRank = "items" in request;
      const mine = isRank ? this.engine.rank(request) : this.engine.recommend(request);
      const { answer } = isRank
        ? this.#serving.rank(request, this.nowMs)
        : this.#serving.recommend(request as RecommendRequest, this.nowMs);
      if (!isDeepStrictEqual([mine.items, mine.model], [answer.items, answer.model]))
        fault("a control is answered otherwise than by the twin", ask, mine, answer);
      if (mine.items.some(({ score }) => !Number.isFinite(score))) fault("a score is not finite", ask, mine);
    }
    if (this.#diagnostics.length > 0) fault("something failed inside the server", this.#diagnostics);
    const polluted = [Object.prototype, Array.prototype].flatMap((prototype) => Object.keys(prototype));
    if (polluted.length > 0 || "polluted" in {}) fault("a prototype was changed", polluted);
  }

  async close(): Promise<void> {
    await this.#server.close();
    await this.engine.close();
  }
}

const known = Array.from({ length: 40 }, (_, i) => `p-${i + 1}`);
const controls: readonly (RankRequest | RecommendRequest)[] = [
  ...["u-1", "u-2", "u-7", "u-19", "nobody"].flatMap((user) => [
    { items: known, user, surface: "search", query: "scarf", explain: true },
    { items: known, user, ordered: false },
    { items: [...known.map((item, i) => ({ item, match: i % 7 })), "p-unknown"], user, context: { device: "mobile" } },
    { user, size: 30, explain: true },
    { user, item: "p-5", surface: "product" },
  ]),
  { filters: { price: { lte: 60 } } },
];

/** Refuses what no document promises. */
export function checkResponse({ status, headers, body }: Response, isHead = false): void {
  if (status < 400) {
    if (![100, 200, 301, 302].includes(status)) fault(`the status ${status} stands in no document`, body.toString());
    return;
  }
  if (status >= 500 && status !== 501 && status !== 503) fault(`an answer of status ${status}`, body.toString());
  if (status === 503 && !headers.has("retry-after")) fault("a 503 without Retry-After", body.toString());
  if (isHead) return;
  if (headers.get("content-type") !== "application/json; charset=utf-8")
    fault(`a bare status ${status}`, body.toString());
  const { error } = JSON.parse(body.toString()) as { error?: { code?: string; message?: string; at?: string } };
  const code = error?.code as keyof typeof errorCodes;
  if (errorCodes[code] !== status) fault(`status ${status} with the code ${code}`, body.toString());
  if (!error?.message?.endsWith(".")) fault("a refusal without a sentence", error);
  if (body.length > refusalBytesMax) fault(`a refusal of ${body.length} bytes`, body.toString());
}

/** The list of all fields that a catalogue can have, and an id, are the longest things that a refusal says. */
const refusalBytesMax = 128 * 1024;

export const codeOf = ({ status, body }: Response): string =>
  status < 400 ? "" : String((JSON.parse(body.toString()) as { error: { code: string } }).error.code);
