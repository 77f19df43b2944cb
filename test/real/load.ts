/** Shoppers over several connections at once, until the service is gone: new events, events sent twice, events tried again, and lists asked for. */
import { setTimeout } from "node:timers/promises";
import type { EventInput } from "../../src/core/public.ts";
import { type Random, random } from "../../src/core/random.ts";
import { type Client, client, isOverloaded, type Reply } from "./client.ts";
import { atomicMax, type Ledger, type Sent } from "./ledger.ts";

const connections = 6;
const remembered = 50;
const actions = ["click", "view", "purchase", "seen", "cart"];

/** What goes on from one start of the service to the next. */
export class Shop {
  readonly ledger: Ledger;
  /** Batches whose answer never came, or that were refused: some are tried again. */
  readonly unanswered: Sent[] = [];
  readonly #acknowledged: Sent[] = [];
  readonly #slates: { readonly slate: string; readonly item: string }[] = [];
  readonly #seed: string;
  #batches = 0;
  #questions = 0;
  #loads = 0;

  constructor(seed: string, ledger: Ledger) {
    this.#seed = seed;
    this.ledger = ledger;
  }

  /** Resolves when every connection broke. `onAcknowledged` hears of each batch that was; a connection rests so long after each answer. */
  async load(address: string, onAcknowledged: () => void, restMs = 0): Promise<void> {
    this.#loads++;
    const shoppers = Array.from({ length: connections }, (_, i) =>
      this.#shopper(address, random(`${this.#seed}:${this.#loads}:${i}`), onAcknowledged, restMs),
    );
    await Promise.all(shoppers);
  }

  async #shopper(address: string, chance: Random, onAcknowledged: () => void, restMs: number): Promise<void> {
    const [first, second] = [client(address), client(address)];
    const send = (to: Client, batch: Sent): Promise<boolean> => this.#send(to, batch, onAcknowledged);
    try {
      for (let isThere = true; isThere; ) {
        if (restMs > 0) await setTimeout(restMs);
        const kind = chance.next();
        const old = this.#acknowledged[chance.int(this.#acknowledged.length || 1)];
        if (kind < 0.3) isThere = await this.#ask(first, chance);
        else if (kind < 0.45 && this.unanswered.length > 0) isThere = await send(first, this.#again(chance));
        else if (kind < 0.52 && old) isThere = await send(first, old);
        else {
          const batch = this.ledger.send(this.#batch(chance));
          // The second comes in while the first is on its way to the disk.
          const ways = kind > 0.9 ? [first, second] : [first];
          isThere = (await Promise.all(ways.map((way) => send(way, batch)))).every(Boolean);
        }
      }
    } finally {
      first.close();
      second.close();
    }
  }

  #again(chance: Random): Sent {
    const [batch] = this.unanswered.splice(chance.int(this.unanswered.length), 1);
    return batch!;
  }

  /** False when the connection broke before the answer. */
  async #send(to: Client, batch: Sent, onAcknowledged: () => void): Promise<boolean> {
    const wasAcknowledged = batch.acknowledged;
    const reply = await answered(to.post("/v1/events", batch.events));
    if (reply === undefined) {
      if (!batch.acknowledged) this.unanswered.push(batch);
      return false;
    }
    if (isOverloaded(reply)) {
      this.ledger.tally.refused++;
      // Nothing of a refused call was applied.
      if (!batch.acknowledged) this.unanswered.push(batch);
      return true;
    }
    this.ledger.acknowledge(batch, reply.body, wasAcknowledged);
    if (this.#acknowledged.push(batch) > remembered) this.#acknowledged.shift();
    onAcknowledged();
    return true;
  }

  async #ask(to: Client, chance: Random): Promise<boolean> {
    const question = this.#questions++;
    this.ledger.ask(question);
    const who = { user: `u-${chance.int(30)}`, session: `v-${chance.int(90)}`, context: { question } };
    const items = Array.from({ length: 8 }, () => `p-${chance.int(100)}`);
    const reply = await answered(
      chance.int(3) === 0 ? to.post("/v1/recommend", { ...who, size: 5 }) : to.post("/v1/rank", { ...who, items }),
    );
    if (reply === undefined) return false;
    if (isOverloaded(reply)) {
      this.ledger.tally.refused++;
      return true;
    }
    const { slate, items: shown } = reply.body;
    this.ledger.answer(question, slate);
    if (shown.length > 0 && this.#slates.push({ slate, item: shown[0].item }) > remembered) this.#slates.shift();
    return true;
  }

  /** Ids are unique over the whole run. */
  #batch(chance: Random): EventInput[] {
    const number = this.#batches++;
    const size = chance.int(40) === 0 ? atomicMax - 20 + chance.int(60) : 1 + chance.int(4);
    return Array.from({ length: size }, (_, i) => this.#event(`b${number}-${i}`, chance));
  }

  #event(id: string, chance: Random): EventInput {
    const item = `p-${chance.int(100)}`;
    if (chance.int(10) === 0) {
      return { id, type: "item", item, fields: { brand: `b-${chance.int(5)}`, price: chance.int(99) } };
    }
    const who = { user: `u-${chance.int(30)}`, session: `v-${chance.int(90)}` };
    if (chance.int(10) === 0)
      return { id, type: "slate", slate: `own-${id}`, ...who, items: [item, `p-${chance.int(100)}`] };
    const shown = this.#slates[chance.int(this.#slates.length || 1)];
    const from = shown && chance.int(2) === 0 ? shown : { item };
    return { id, type: "outcome", action: actions[chance.int(actions.length)], ...who, ...from };
  }
}

/** `undefined` when the connection broke; throws what the service should not have said. It may say that it has too much to do. */
async function answered(asked: Promise<Reply>): Promise<Reply | undefined> {
  const reply = await asked.catch(() => undefined);
  if (reply === undefined || reply.status === 200 || isOverloaded(reply)) return reply;
  throw new Error(`answered ${reply.status}: ${JSON.stringify(reply.body)}`);
}
