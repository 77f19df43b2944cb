/** A round: a shop of its own, so many cases from one seed, and the state compared with its twin's at the end. */
import fc from "fast-check";
import { type Random, random } from "../../src/core/random.ts";
import { mutated } from "./bytes.ts";
import { Cases, type Outcomes } from "./cases.ts";
import { event, everyFieldOfEvents, hugeEvent } from "./events.ts";
import { oddValues } from "./odd-values.ts";
import { type Call, calls, everyFieldOf, request } from "./requests.ts";
import { fineRequests, marker, shapes } from "./shapes.ts";
import { Shop } from "./shop.ts";

export interface Round {
  readonly cases: number;
  readonly outcomes: Outcomes;
  /** Largest resident memory seen while it ran. */
  readonly memoryBytes: number;
}

/** Thrown with what was sent, so that it can be sent again. */
export class RoundFailed extends Error {
  readonly sent: Buffer;

  constructor(seed: string, kind: string, done: number, sent: Buffer, cause: unknown) {
    super(`seed ${seed}, after ${done} cases, ${kind}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.sent = sent;
  }
}

/** Drawn at once: fast-check takes long to begin. */
const drawnAtOnce = 2000;

function* drawn(texts: fc.Arbitrary<string>, chance: Random): Generator<string, never> {
  for (;;) yield* fc.sample(texts, { numRuns: drawnAtOnce, seed: chance.int(2 ** 31) });
}

const memoryLookedAtEvery = 500;

export class Playing {
  readonly cases: Cases;
  readonly shop: Shop;
  readonly #seed: string;
  readonly #chance: Random;
  readonly #events: Generator<string, never>;
  readonly #requests: Readonly<Record<Call, Generator<string, never>>>;
  #done = 0;
  #lookedAt = 0;
  #memoryBytes = 0;

  private constructor(shop: Shop, seed: string) {
    this.shop = shop;
    this.cases = new Cases(shop);
    this.#seed = seed;
    this.#chance = random(seed);
    this.#events = drawn(event, this.#chance);
    this.#requests = {
      rank: drawn(request.rank, this.#chance),
      recommend: drawn(request.recommend, this.#chance),
      search: drawn(request.search, this.#chance),
    };
  }

  static async open(seed: string): Promise<Playing> {
    return new Playing(await Shop.open(seed), seed);
  }

  get done(): number {
    return this.#done;
  }

  /** Every field of every event and request with every odd value, and every shape: the same in each round. */
  async table(): Promise<void> {
    const all = [...everyFieldOfEvents(oddValues)];
    for (let start = 0; start < all.length; start += 100) {
      const part = all.slice(start, start + 100);
      const isLines = (start / 100) % 2 === 0;
      await this.#batch(part, isLines);
    }
    for (const call of calls) {
      const bodies = [...everyFieldOf(call, oddValues)].map((text) => Buffer.from(text));
      for (let start = 0; start < bodies.length; start += 16) await this.#ask(call, bodies.slice(start, start + 16));
    }
    for (const shape of shapes) await this.#play(`bytes: ${shape.name}`, shape.parts, 1, () => this.cases.bytes(shape));
  }

  /** One call with one or many cases. */
  async step(): Promise<void> {
    const chance = this.#chance;
    this.shop.advance(chance.int(2000));
    const kind = chance.next();
    if (kind < 0.22)
      await this.#batch(
        Array.from({ length: 1 + chance.int(48) }, () => this.#events.next().value),
        chance.next() < 0.5,
      );
    else if (kind < 0.29) await this.#brokenLines();
    else if (kind < 0.41) await this.#brokenBody();
    else if (kind < 0.8) await this.#questions();
    else if (kind < 0.86) {
      const shape = shapes[chance.int(shapes.length)]!;
      await this.#play(`bytes: ${shape.name}`, shape.parts, 1, () => this.cases.bytes(shape));
    } else if (kind < 0.999) {
      const parts = [mutated(fineRequests[chance.int(fineRequests.length)]!, chance)];
      await this.#play("bytes", parts, 1, () =>
        this.cases.bytes({ name: "mutated", parts, taken: undefined, isHead: false }),
      );
    } else await this.#batch([hugeEvent(chance)], chance.next() < 0.2);
  }

  /** A body of ten megabytes: good events with a bad one among them. */
  async large(bytes: number): Promise<void> {
    const good = JSON.stringify({ ...marker, note: "x".repeat(2000) });
    const events = new Array<string>(Math.ceil(bytes / good.length)).fill(good);
    events[events.length >> 1] = '{"type":"outcome"}';
    await this.#batch(events, this.#chance.next() < 0.5, 1);
  }

  async end(): Promise<Round> {
    this.cases.close();
    await this.#play("the state", [], 0, async () => this.shop.check());
    await this.shop.close();
    return { cases: this.#done, outcomes: this.cases.outcomes, memoryBytes: this.#memoryBytes };
  }

  #batch(events: readonly string[], isLines: boolean, cases = events.length): Promise<void> {
    const body = Buffer.from(isLines ? events.join("\n") : events.length === 1 ? events[0]! : `[${events.join(",")}]`);
    return this.#play("events", [body], cases, () => (isLines ? this.cases.lines(body) : this.cases.json(body)));
  }

  /** Lines of which each was mutated by itself, or none. */
  #brokenLines(): Promise<void> {
    const chance = this.#chance;
    const lines = Array.from({ length: 1 + chance.int(16) }, () => {
      const line = Buffer.from(this.#events.next().value);
      return chance.next() < 0.6 ? mutated(line, chance) : line;
    });
    const body = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
    return this.#play("lines", [body], lines.length, () => this.cases.lines(body));
  }

  #brokenBody(): Promise<void> {
    const events = Array.from({ length: 1 + this.#chance.int(3) }, () => this.#events.next().value);
    const body = mutated(Buffer.from(events.length === 1 ? events[0]! : `[${events.join(",")}]`), this.#chance);
    return this.#play("body", [body], 1, () => this.cases.json(body));
  }

  #questions(): Promise<void> {
    const chance = this.#chance;
    const drawn = chance.next();
    const call = drawn < 0.4 ? "rank" : drawn < 0.7 ? "recommend" : "search";
    const bodies = Array.from({ length: chance.next() < 0.5 ? 1 : 2 + chance.int(15) }, () => {
      const body = Buffer.from(this.#requests[call].next().value);
      return chance.next() < 0.2 ? mutated(body, chance) : body;
    });
    return this.#ask(call, bodies);
  }

  #ask(call: Call, bodies: readonly Buffer[]): Promise<void> {
    return this.#play(call, bodies, bodies.length, () => this.cases.requests(call, bodies));
  }

  async #play(kind: string, sent: readonly Buffer[], cases: number, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.cases.close();
      await this.shop.close();
      throw new RoundFailed(
        this.#seed,
        kind,
        this.#done,
        Buffer.concat(sent.flatMap((part) => [part, Buffer.from("\n")])),
        error,
      );
    }
    this.#done += cases;
    if (this.#done - this.#lookedAt < memoryLookedAtEvery) return;
    this.#lookedAt = this.#done;
    this.#memoryBytes = Math.max(this.#memoryBytes, process.memoryUsage.rss());
  }
}

export interface RoundOptions {
  readonly seed: string;
  readonly cases: number;
  /** The table of every field, value and shape comes first, and counts. */
  readonly withTable?: boolean;
  /** Bodies of ten megabytes. */
  readonly large?: number;
}

const largeBytes = 10 * 1024 * 1024;

export async function playRound({ seed, cases, withTable = false, large = 0 }: RoundOptions): Promise<Round> {
  const playing = await Playing.open(seed);
  if (withTable) await playing.table();
  for (let i = 0; i < large; i++) await playing.large(largeBytes);
  while (playing.done < cases) await playing.step();
  return playing.end();
}
