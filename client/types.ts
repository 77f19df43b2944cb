/** What a page asks and is answered: the server's own words (`/docs` of a running server), as far as a shop's page needs them. */

type Scalar = string | number | boolean;
/** Fields of an item: whatever the shop sent. */
export type Fields = Readonly<Record<string, unknown>>;

interface Asked {
  /** Somebody else than the client's own shopper; with it, the client adds neither user nor session. */
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly context?: Readonly<Record<string, Scalar | Scalar[] | null>> | undefined;
  /** Which kind of page asks, such as `home`. */
  readonly surface?: string | undefined;
  readonly size?: number | undefined;
  /** Say of each item why it stands where it stands. */
  readonly explain?: boolean | undefined;
  /** `false`: the answer is not logged and teaches nothing; for searches at every keystroke and for previews. */
  readonly observe?: boolean | undefined;
  readonly consent?: boolean | undefined;
}

export type FilterRule =
  | Scalar
  | readonly Scalar[]
  | { readonly gte?: number; readonly lte?: number; readonly gt?: number; readonly lt?: number }
  | { readonly under: readonly string[] | string };
/** Field to rule; all must hold. */
export type Filters = { readonly [field: string]: FilterRule | Filters | readonly Filters[] };

export interface SearchRequest extends Asked {
  /** None: what is popular, personally. */
  readonly query?: string | undefined;
  readonly filters?: Filters | undefined;
  readonly facets?: readonly (string | { readonly field: string; readonly query?: string; readonly size?: number })[];
  /** `relevance` (default), `newest`, or a number field: `price`, `price:desc`. */
  readonly sort?: string | undefined;
  /** Items passed over; with `slate`, the first answer's, a later page of the same list. */
  readonly from?: number | undefined;
  readonly slate?: string | undefined;
  readonly group?: string | undefined;
  readonly highlight?: boolean | undefined;
}

export interface RecommendRequest extends Asked {
  /** What goes with this one; without it, what is for this shopper. */
  readonly item?: string | undefined;
  readonly filters?: Filters | undefined;
  readonly exclude?: readonly string[] | undefined;
}

export interface RankRequest extends Asked {
  readonly items: readonly (string | { readonly item: string; readonly match?: number })[];
  readonly query?: string | undefined;
  /** `false`: the order of `items` means nothing. */
  readonly ordered?: boolean | undefined;
}

export interface SuggestRequest {
  /** What was typed so far. */
  readonly q: string;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly size?: number | undefined;
  readonly consent?: boolean | undefined;
}

export interface Reason {
  readonly feature: string;
  readonly contribution: number;
  readonly text: string;
}

export interface AnsweredItem {
  readonly item: string;
  readonly score: number;
  /** From 0. */
  readonly position: number;
  readonly propensity: number;
  readonly fields?: Fields;
  /** With `highlight`: texts with what matched in `<em>`, all else escaped as HTML. */
  readonly highlights?: Readonly<Record<string, string>>;
  readonly rawScore?: number;
  readonly bias?: number;
  readonly reasons?: readonly Reason[];
  readonly chances?: Readonly<Record<string, number>>;
}

export interface Answer {
  /** Send it with what is done to the list's items; null where the answer was not logged. */
  readonly slate: string | null;
  readonly items: readonly AnsweredItem[];
  readonly confidence?: number;
  readonly model: string;
  readonly tookMs: number;
  readonly skipped?: number;
}

export type Facet =
  | readonly { readonly value: Scalar; readonly count: number; readonly path?: readonly string[] }[]
  | {
      readonly min: number | null;
      readonly max: number | null;
      readonly count: number;
      readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
    };

export interface SearchAnswer extends Answer {
  readonly total: number;
  readonly facets?: Readonly<Record<string, Facet>>;
  /** How the query was loosened, if nothing matched. */
  readonly relaxed?: { readonly rung: string; readonly query?: string; readonly dropped?: readonly string[] };
  readonly spelling?: string;
}

export interface SuggestAnswer {
  readonly completions: readonly {
    readonly text: string;
    readonly kind: "query" | "brand" | "category";
    readonly path?: readonly string[];
  }[];
  readonly items: readonly { readonly item: string; readonly fields: Fields }[];
  readonly tookMs: number;
}

interface Sent {
  /** Counts once however often it is sent; the client makes one where there is none. */
  readonly id?: string;
  /** Unix ms; the client's own is when it was recorded. */
  readonly time?: number;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
}

export interface Outcome extends Sent {
  readonly type?: "outcome";
  /** seen, click, view, cart, purchase, like, rating, dislike, hide, return, or the shop's own. */
  readonly action: string;
  readonly item: string;
  /** The list that showed it: the answer's. */
  readonly slate?: string | null | undefined;
  /** Money of a purchase, 1 to 5 of a rating. */
  readonly value?: number;
}

export interface Slate extends Sent {
  readonly type: "slate";
  readonly slate?: string;
  readonly surface?: string;
  readonly query?: string;
  readonly context?: Asked["context"];
  readonly items: readonly (
    | string
    | { readonly item: string; readonly match?: number; readonly order?: number; readonly propensity?: number }
  )[];
}

/** What is known of the shopper; taken as the client's own. */
export interface User extends Sent {
  readonly type: "user";
  readonly fields: Fields;
}

export type ShopEvent = Outcome | Slate | User;

/** An event that will not be sent again, and why. */
export interface Refusal {
  readonly event: Readonly<Record<string, unknown>>;
  /** The server's code, or `QUEUE_FULL`, `TOO_OLD` of the client. */
  readonly code: string;
  readonly message: string;
  readonly at?: string;
}
