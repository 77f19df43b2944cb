/** A shop with many shoppers whose ids are found by a search for their bytes; who they are is known only halfway through some visits. */
import { minuteMs, secondMs } from "../src/core/clock.ts";
import type { EventInput } from "../src/core/public.ts";
import { random } from "../src/core/random.ts";

const startMs = Date.UTC(2026, 2, 1);
const words = ["lamp", "chair", "table", "shelf", "sofa", "rug", "mirror", "vase"];

export const userOf = (n: number): string => `user-${n}-of-many@shop.example`;
export const sessionOf = (visit: number): string => `session-${visit}-of-many.`;

export function* items(count: number): Generator<EventInput> {
  for (let n = 0; n < count; n++) {
    const fields = { title: `${words[n % words.length]} ${n}`, price: 5 + (n % 90), brand: `brand-${n % 7}` };
    yield { type: "item", item: `item-${n}`, fields, time: startMs };
  }
}

export interface ManyShoppers {
  readonly seed: string;
  readonly shoppers: number;
  readonly items: number;
  readonly visits: number;
  /** Number of the first visit. */
  readonly from?: number;
}

/** The events of one visit after another, six or so each. */
export function* visits({ seed, shoppers, items, visits, from = 0 }: ManyShoppers): Generator<EventInput[]> {
  const chance = random(`${seed}:${from}`);
  for (let visit = from; visit < from + visits; visit++) {
    const user = userOf(chance.int(shoppers));
    const session = sessionOf(visit);
    // Known all along, known from the middle on, never known by name, and known without a session.
    const kind = chance.int(4);
    const before = [{ user, session }, { session }, { session }, { user }][kind]!;
    const after = [{ user, session }, { user, session }, { session }, { user }][kind]!;
    const atMs = startMs + visit * minuteMs;
    const shown = Array.from({ length: 8 }, () => `item-${chance.int(items)}`);
    const slate = `slate-${visit}`;
    const clicked = shown[chance.int(shown.length)]!;
    const events: EventInput[] = [
      {
        type: "slate",
        slate,
        ...before,
        query: words[chance.int(words.length)],
        items: [...new Set(shown)],
        time: atMs,
      },
      {
        type: "outcome",
        action: "click",
        id: `click-${visit}`,
        ...before,
        slate,
        item: clicked,
        time: atMs + 5 * secondMs,
      },
    ];
    if (kind < 2 && chance.int(3) === 0)
      events.push({
        type: "user",
        user,
        session,
        fields: { mail: user, tier: chance.int(3) },
        time: atMs + 6 * secondMs,
      });
    events.push({
      type: "outcome",
      action: "view",
      ...after,
      item: `item-${chance.int(items)}`,
      time: atMs + 9 * secondMs,
    });
    if (chance.int(3) === 0)
      events.push({
        type: "outcome",
        action: "purchase",
        ...after,
        slate,
        item: clicked,
        value: 9,
        time: atMs + 30 * secondMs,
      });
    yield events;
  }
}
