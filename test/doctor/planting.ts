/** Faults put into the events of a simulated shop, each with its count as it was planted: counted here, by nobody else. */
import type { Random } from "../../src/core/random.ts";
import { simulatedHistory } from "../../src/simulator/history.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";

export interface Event {
  [name: string]: unknown;
  type: string;
  time: number | string;
  item?: string;
  action?: string;
  items?: string[];
  fields?: Record<string, unknown>;
}

/** A sound history: about 9,000 events of 300 items and 300 shoppers, in time order. */
export function soundHistory(): Event[] {
  const shop = simulatedShop({ seed: 7, items: 300, shoppers: 400 });
  const events = [...simulatedHistory(shop, { visits: 2400, sessionsPerDay: 60 })] as unknown as Event[];
  return events.sort((a, b) => Number(a.time) - Number(b.time));
}

export interface Plant {
  readonly code: string;
  /** How many were planted. */
  readonly count: number;
  readonly status?: "WARN" | "FAIL";
  /** Other findings that the same fault is bound to bring about. */
  readonly also?: readonly string[];
}

export type Planter = (events: Event[], chance: Random) => Plant;

export const outcomes = (events: readonly Event[]): Event[] => events.filter(({ type }) => type === "outcome");
export const slates = (events: readonly Event[]): Event[] => events.filter(({ type }) => type === "slate");
export const items = (events: readonly Event[]): Event[] => events.filter(({ type }) => type === "item");
export const every = <T>(list: readonly T[], nth: number): T[] => list.filter((_, i) => i % nth === nth - 1);

/** Puts copies behind what they are copies of. */
export function insert(events: Event[], after: readonly Event[], make: (one: Event, i: number) => Event): void {
  const made = new Map(after.map((one, i) => [one, make(one, i)]));
  events.splice(0, events.length, ...events.flatMap((one) => (made.has(one) ? [one, made.get(one)!] : [one])));
}

export const change = (list: readonly Event[], how: (one: Event, i: number) => void): number => {
  list.forEach(how);
  return list.length;
};
