/** What the demo's shoppers say to the server, over HTTP like anybody. */
import { setTimeout } from "node:timers/promises";
import type { Answer, EventInput, SearchAnswer } from "../core/public.ts";
import type { SimulatedItem } from "../simulator/events.ts";
import type { Visit } from "../simulator/shoppers.ts";
import type { Typed } from "./demo-queries.ts";

export interface Requests {
  /** So far. */
  readonly count: number;
  /** The list of a visit: a search, the recommendations of the home page, or a category's items put in order. */
  ask(visit: Visit, typed: Typed | undefined, more: object): Promise<Answer & Partial<SearchAnswer>>;
  tell(events: readonly (EventInput | SimulatedItem)[]): Promise<void>;
}

const triesMax = 100;
const againAfterMs = 100;
/** What a shop's page of results has beside the list. */
const facets = ["category", "brand", "price", "colour"];

export function requests(address: string): Requests {
  let count = 0;
  const post = async <T>(path: string, body: unknown, tries = triesMax): Promise<T> => {
    count++;
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${address}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    // A machine with much else to do is no reason to end: nothing was applied, and simulated shoppers are patient.
    if (response.status === 503 && tries > 1) {
      await response.arrayBuffer();
      await setTimeout(againAfterMs);
      return post(path, body, tries - 1);
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json() as T;
  };
  return {
    get count() {
      return count;
    },
    ask({ user, session, surface, context, candidates }, typed, more) {
      const asker = { user, session, surface, context, ...more };
      if (typed) return post("/v1/search", { ...asker, query: typed.text, filters: typed.filters, facets });
      if (surface === "home") return post("/v1/recommend", asker);
      return post("/v1/rank", { ...asker, items: candidates });
    },
    async tell(events) {
      if (events.length > 0) await post("/v1/events", events);
    },
  };
}
