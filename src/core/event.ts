/** The events that the log holds: what docs/events.md says, parsed, with time and arrival as Unix milliseconds. */
import type { BoundName } from "./bounds.ts";

export type FieldValue = string | number | boolean | null | FieldValue[] | { [key: string]: FieldValue };
export type Fields = Record<string, FieldValue>;
export type ContextValue = string | number | boolean | null | (string | number | boolean)[];
export type Context = Record<string, ContextValue>;

interface Common {
  /** Sent again within the dedupe horizon, it counts once. */
  readonly id?: string;
  /** When it happened, Unix ms; never later than `receivedAt` when folded. */
  readonly time: number;
  /** When it came in, Unix ms. */
  readonly receivedAt: number;
}

interface Who {
  readonly user?: string;
  readonly session?: string;
}

export interface ItemEvent extends Common {
  readonly type: "item";
  readonly item: string;
  readonly fields: Fields;
}

export interface ItemRemovedEvent extends Common {
  readonly type: "item-removed";
  readonly item: string;
}

export interface UserEvent extends Common {
  readonly type: "user";
  readonly user: string;
  /** Joins what this session did to the user. */
  readonly session?: string;
  readonly fields: Fields;
}

export interface ShownItem {
  readonly item: string;
  readonly propensity?: number;
  /** The lister's own relevance, any scale. */
  readonly match?: number;
  /** Place in the caller's own order, from 0. */
  readonly order?: number;
  /** Engine's own slates: rank by match among all candidates, from 0. */
  readonly matchRank?: number;
}

export interface SlateEvent extends Common, Who {
  readonly type: "slate";
  readonly slate?: string;
  readonly surface?: string;
  readonly query?: string;
  readonly context?: Context;
  readonly items: readonly (string | ShownItem)[];
  readonly orderedBy?: "caller" | "engine";
  /** The item that a recommendation goes with. */
  readonly item?: string;
  /** Engine's own slates: the summary of the list that they were chosen from (see `core/list.ts`). */
  readonly list?: readonly (number | null)[];
  /** Engine's own slates: recommended (no order was given), or ranked. */
  readonly recommended?: boolean;
}

export interface OutcomeEvent extends Common, Who {
  readonly type: "outcome";
  readonly action: string;
  readonly item: string;
  readonly slate?: string;
  readonly value?: number;
}

export interface SynonymsEvent extends Common {
  readonly type: "synonyms";
  readonly synonyms: readonly (readonly string[] | { readonly from: string; readonly to: readonly string[] })[];
}

/** Moves the engine's clock on when nothing else comes, so that windows close on quiet nights. */
export interface TickEvent extends Common {
  readonly type: "tick";
}

/** Stands where an event was that the disk lost and a repair could not save: the fold ignores it, and no offset moves. */
export interface LostEvent extends Common {
  readonly type: "lost";
}

/** A shopper is to be forgotten: what is held of them goes at this event, and their events before it leave the log soon after. The engine's own note. */
export interface EraseEvent extends Common {
  readonly type: "erase";
  readonly user: string;
}

/** Stands where an event of an erased shopper was, so that no offset moves: the fold passes over it as if there were nothing. Its times are 0. */
export interface ErasedEvent extends Common {
  readonly type: "erased";
}

/** From here on the state keeps to these bounds, as memory came near its ceiling, or has room again (core/bounds.ts). The engine's own note. */
export interface CeilingEvent extends Common {
  readonly type: "ceiling";
  /** 0: none. */
  readonly step: number;
  readonly bounds: Readonly<Partial<Record<BoundName, number>>>;
}

export type LoggedEvent =
  | ItemEvent
  | ItemRemovedEvent
  | UserEvent
  | SlateEvent
  | OutcomeEvent
  | SynonymsEvent
  | TickEvent
  | LostEvent
  | EraseEvent
  | ErasedEvent
  | CeilingEvent;

const ownNotes: readonly LoggedEvent["type"][] = ["tick", "lost", "erase", "erased", "ceiling"];

/** True for what nobody sends: the log's own notes, which an import passes over. */
export const isOwnNote = (type: unknown): boolean => ownNotes.some((note) => note === type);

/** When an event counts as having happened: its own time, never later than its arrival. */
export const eventAtMs = (event: LoggedEvent): number => Math.min(event.time, event.receivedAt);
