/** The events that the simulator sends, as docs/events.md fixes them. Times are Unix milliseconds. */
export interface SimulatedItem {
  readonly type: "item";
  readonly item: string;
  readonly time: number;
  readonly fields: {
    readonly title: string;
    readonly description: string;
    readonly brand: string;
    /** Broad to narrow, two levels. */
    readonly category: readonly string[];
    readonly price: number;
    readonly tags: readonly string[];
    readonly inStock: boolean;
    /** Mean of the item's reviews, 1–5. */
    readonly rating: number;
    /** Of the wide assortment. */
    readonly colour?: string;
    readonly material?: string;
  };
}

export interface SimulatedContext {
  readonly device: "mobile" | "desktop" | "tablet";
  /** Of a category page: which. */
  readonly category?: readonly string[];
}

export interface SimulatedSlate {
  readonly type: "slate";
  readonly slate: string;
  readonly time: number;
  readonly user: string;
  readonly session: string;
  readonly surface: Surface;
  readonly query?: string;
  readonly context: SimulatedContext;
  readonly items: readonly string[];
  readonly orderedBy: "caller" | "engine";
}

export interface SimulatedOutcome {
  readonly type: "outcome";
  readonly action: "seen" | "click" | "view" | "cart" | "purchase" | "return";
  readonly item: string;
  readonly time: number;
  readonly user: string;
  readonly session: string;
  /** Absent when the item's page was opened from elsewhere, which only bots do. */
  readonly slate?: string;
  /** Money, of a purchase and of its return. */
  readonly value?: number;
}

/** The shop no longer sells it. */
export interface SimulatedRemoval {
  readonly type: "item-removed";
  readonly item: string;
  readonly time: number;
}

export type SimulatedEvent = SimulatedItem | SimulatedRemoval | SimulatedSlate | SimulatedOutcome;

export type Surface = "search" | "category" | "home";
