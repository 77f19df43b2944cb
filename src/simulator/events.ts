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
  readonly action: "seen" | "click" | "view" | "cart" | "purchase";
  readonly item: string;
  readonly time: number;
  readonly user: string;
  readonly session: string;
  readonly slate: string;
  /** Money, of a purchase. */
  readonly value?: number;
}

export type Surface = "search" | "category" | "home";
