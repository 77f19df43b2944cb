/** What `GET /v1/live` tells of folded events: a few a second, those first that say most; the rest is counted. */
import type { LoggedEvent, OutcomeEvent, SlateEvent } from "../core/event.ts";
import type { Engine } from "../core/public.ts";

/** Told of one beat of the stream. */
const perBeat = 2;
/** Lists that outcomes are told with: the latest. */
const slatesKept = 512;
const itemsTold = 3;

/** Which events go first; others come after these, and what is 0 is never told by itself. */
const outcomeRanks: Readonly<Record<string, number>> = {
  purchase: 9,
  return: 8,
  cart: 7,
  dislike: 6,
  click: 5,
  seen: 0,
};
const ranks: Readonly<Partial<Record<LoggedEvent["type"], number>>> = {
  ...{ synonyms: 10, erase: 10, slate: 2, "item-removed": 1, item: 1, user: 1 },
};

const rankOf = (event: LoggedEvent): number => {
  if (event.type === "outcome") return outcomeRanks[event.action] ?? 3;
  const rank = ranks[event.type] ?? 0;
  return event.type === "slate" && event.query !== undefined ? rank + 2 : rank;
};

interface Chosen {
  readonly event: LoggedEvent;
  readonly offset: number;
  readonly rank: number;
}

export class LiveEvents {
  readonly #engine: Pick<Engine, "item">;
  readonly #slates = new Map<string, SlateEvent>();
  #chosen: Chosen[] = [];
  /** That could have been told, and was not; taken by whoever reads it. */
  more = 0;

  constructor(engine: Pick<Engine, "item">) {
    this.#engine = engine;
  }

  add(event: LoggedEvent, offset: number): void {
    if (event.type === "slate" && event.slate !== undefined) this.#remember(event.slate, event);
    const rank = rankOf(event);
    if (rank === 0) return;
    const chosen = this.#chosen;
    if (chosen.length < perBeat) return void chosen.push({ event, offset, rank });
    this.more++;
    const least = chosen.reduce((a, b) => (b.rank < a.rank ? b : a));
    if (least.rank < rank) chosen[chosen.indexOf(least)] = { event, offset, rank };
  }

  /** The messages of this beat, oldest first: who did it only where that is asked for. */
  take(): { readonly public: object; readonly withShopper: object }[] {
    const chosen = this.#chosen.sort((a, b) => a.offset - b.offset);
    this.#chosen = [];
    return chosen.map(({ event, offset }) => {
      const told = { offset, ...this.#told(event) };
      const { user, session } = event as Partial<OutcomeEvent>;
      return { public: told, withShopper: { ...told, user, session } };
    });
  }

  clear(): void {
    this.#chosen = [];
    this.#slates.clear();
    this.more = 0;
  }

  #remember(id: string, slate: SlateEvent): void {
    this.#slates.delete(id);
    this.#slates.set(id, slate);
    if (this.#slates.size > slatesKept) this.#slates.delete(this.#slates.keys().next().value!);
  }

  #told(event: LoggedEvent): object {
    const { type } = event;
    switch (event.type) {
      case "outcome": {
        const { action, item, value, slate } = event;
        return { type, action, ...this.#item(item), value, ...this.#placeOf(item, slate) };
      }
      case "slate": {
        const items = event.items.slice(0, itemsTold).map((one) => this.#item(idOf(one)));
        return { type, ...asked(event), orderedBy: event.orderedBy ?? "caller", shown: event.items.length, items };
      }
      case "item":
      case "item-removed":
        return { type, ...this.#item(event.item) };
      case "synonyms":
        return { type, rules: event.synonyms.length };
      default:
        return { type };
    }
  }

  #item(item: string): object {
    const title = this.#engine.item(item)?.fields.title;
    return typeof title === "string" ? { item, title } : { item };
  }

  /** Where it stood, from 0, in a list that was shown while somebody watched. */
  #placeOf(item: string, slate: string | undefined): object {
    const shown = slate === undefined ? undefined : this.#slates.get(slate);
    if (shown === undefined) return {};
    const position = shown.items.findIndex((one) => idOf(one) === item);
    return { ...asked(shown), ...(position < 0 ? {} : { position }) };
  }
}

const idOf = (shown: SlateEvent["items"][number]): string => (typeof shown === "string" ? shown : shown.item);

const asked = ({ surface, query }: SlateEvent): object => ({ surface, query });
