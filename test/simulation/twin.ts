/**
 * The slow twin: what an engine should say after these events of the log, in plain maps. It knows of items, of users who are never named
 * with a session, and of the ids remembered against duplicates.
 */
import { minuteMs } from "../../src/core/clock.ts";
import { eventAtMs, type Fields, type LoggedEvent } from "../../src/core/event.ts";
import type { UserReport } from "../../src/core/user-report.ts";

interface TwinItem {
  fields: Fields;
  removed: boolean;
}

interface Touch {
  readonly item: string;
  lastAction: string;
  atMs: number;
  touches: number;
}

interface TwinUser {
  /** Latest first. */
  recent: Touch[];
  fields: Fields;
  heardAtMs: number;
}

export interface TwinSettings {
  readonly dedupeHorizonMs: number;
  readonly dedupeIdsMax: number;
  readonly shopperExpiryMs: number;
  readonly itemExpiryMs: number;
}

const choices = new Set(["click", "view", "cart", "purchase", "like"]);
const rejections = new Set(["dislike", "hide"]);
const known = new Set([...choices, ...rejections, "seen", "return"]);
const reported = 20;

export class Twin {
  readonly #settings: TwinSettings;
  readonly items = new Map<string, TwinItem>();
  readonly users = new Map<string, TwinUser>();
  /** Users who may have been forgotten meanwhile: nothing is said of them. */
  readonly #uncertain = new Set<string>();
  /** When each item was heard of last; and those that may have been forgotten meanwhile, as they were not in the catalogue. */
  readonly #itemHeardAtMs = new Map<string, number>();
  readonly #uncertainItems = new Set<string>();
  readonly #ids: { readonly atMs: number }[] = [];
  readonly #placeOfId = new Map<string, number>();
  clockMs = 0;

  constructor(settings: TwinSettings) {
    this.#settings = settings;
  }

  /** The event with this id would be told apart as one that came already. */
  remembers(id: string, clockMs: number): boolean {
    const { dedupeHorizonMs, dedupeIdsMax } = this.#settings;
    const place = this.#placeOfId.get(id);
    if (place === undefined || this.#ids.length - place > dedupeIdsMax) return false;
    return clockMs - this.#ids[place]!.atMs <= dedupeHorizonMs;
  }

  fold(event: LoggedEvent): void {
    const atMs = eventAtMs(event);
    this.clockMs = Math.max(this.clockMs, atMs);
    if (event.id !== undefined) {
      this.#placeOfId.set(event.id, this.#ids.length);
      this.#ids.push({ atMs: this.clockMs });
    }
    for (const item of itemsOf(event)) {
      this.isItemUncertain(item);
      this.#itemHeardAtMs.set(item, this.clockMs);
    }
    if (event.type === "item") this.#foldItem(event.item, event.fields);
    if (event.type === "item-removed") this.items.set(event.item, { fields: {}, removed: true });
    if (!("user" in event) || event.user === undefined || !event.user.startsWith("u-")) return;
    const user = this.#user(event.user, atMs);
    if (event.type === "user") mergeFields(user.fields, event.fields);
    if (event.type === "outcome") foldOutcome(user, event.item, event.action, atMs);
  }

  /** What a report of the user must hold; `undefined` where nothing can be said. */
  recent(id: string): UserReport["recent"] | undefined {
    const user = this.users.get(id);
    if (user === undefined || this.isUncertain(id)) return undefined;
    const told = user.recent.filter(({ item }) => !this.isItemUncertain(item));
    return told.slice(0, reported).map(({ item, lastAction, atMs, touches }) => ({
      item,
      lastAction,
      at: new Date(atMs).toISOString(),
      touches,
    }));
  }

  /** Nothing is said of such an item until it is in the catalogue again, nor ever of touches of it. */
  isItemUncertain(id: string): boolean {
    const heardAtMs = this.#itemHeardAtMs.get(id);
    const isListed = this.items.get(id)?.removed === false;
    if (!isListed && heardAtMs !== undefined && this.clockMs - heardAtMs > this.#settings.itemExpiryMs)
      this.#uncertainItems.add(id);
    return this.#uncertainItems.has(id);
  }

  isUncertain(id: string): boolean {
    const user = this.users.get(id);
    if (user !== undefined && this.clockMs - user.heardAtMs > this.#settings.shopperExpiryMs) this.#uncertain.add(id);
    return this.#uncertain.has(id);
  }

  #foldItem(id: string, fields: Fields): void {
    const item = this.items.get(id);
    if (item === undefined || item.removed) this.items.set(id, { fields: {}, removed: false });
    mergeFields(this.items.get(id)!.fields, fields);
  }

  #user(id: string, atMs: number): TwinUser {
    this.isUncertain(id);
    const user = this.users.get(id) ?? { recent: [], fields: {}, heardAtMs: atMs };
    user.heardAtMs = Math.max(user.heardAtMs, atMs);
    this.users.set(id, user);
    return user;
  }
}

/** Items that an event speaks of. */
function itemsOf(event: LoggedEvent): string[] {
  if (event.type === "slate") return event.items.map((one) => (typeof one === "string" ? one : one.item));
  return "item" in event && event.item !== undefined ? [event.item] : [];
}

function mergeFields(to: Fields, given: Fields): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete to[name];
    else to[name] = value;
  }
}

function foldOutcome({ recent }: TwinUser, item: string, action: string, atMs: number): void {
  const touch = recent.find((one) => one.item === item);
  const name = known.has(action) ? action : "own";
  if (name === "return") {
    if (touch !== undefined) touch.lastAction = name;
  } else if (rejections.has(name)) {
    place(recent, touch, { item, lastAction: name, atMs: 0, touches: 0 });
  } else if (choices.has(name) && !isSameChoice(touch, name, atMs)) {
    if (touch === undefined || rejections.has(touch.lastAction))
      place(recent, touch, { item, lastAction: name, atMs, touches: 1 });
    else if (atMs >= touch.atMs) place(recent, touch, { item, lastAction: name, atMs, touches: touch.touches + 1 });
    else touch.touches++;
  }
}

/** The same again at the same instant, or the view that follows a click. */
function isSameChoice(touch: Touch | undefined, action: string, atMs: number): boolean {
  if (touch === undefined) return false;
  const elapsedMs = Math.abs(atMs - touch.atMs);
  if (touch.lastAction === action) return elapsedMs === 0;
  return action === "view" && touch.lastAction === "click" && elapsedMs <= minuteMs;
}

/** Where it was goes; it comes before the first that is not newer. */
function place(recent: Touch[], old: Touch | undefined, touch: Touch): void {
  if (old !== undefined) recent.splice(recent.indexOf(old), 1);
  const at = recent.findIndex((one) => one.atMs <= touch.atMs);
  recent.splice(at < 0 ? recent.length : at, 0, touch);
}
