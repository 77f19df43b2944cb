/** Checked bodies → requests of the engine: null is absent, numbers as ids are their digits, ids keep to their limits. */
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type {
  FacetRequest,
  Filters,
  RankRequest,
  RecommendRequest,
  SearchRequest,
  SuggestRequest,
} from "../core/public.ts";
import type { RankBody, RecommendBody, SearchBody, SuggestQuery } from "./api.ts";

export function rankRequest(body: RankBody): RankRequest {
  return {
    ...asker(body),
    items: candidates(body.items),
    query: body.query ?? undefined,
    ordered: body.ordered ?? undefined,
  };
}

export function recommendRequest(body: RecommendBody): RecommendRequest {
  return {
    ...asker(body),
    item: optionalId(body.item, "/item"),
    filters: body.filters == null ? undefined : filters(body.filters),
    exclude: body.exclude?.map((one, i) => id(one, `/exclude/${i}`)),
  };
}

export function searchRequest(body: SearchBody): SearchRequest {
  return {
    ...asker(body),
    query: body.query == null ? undefined : searchedText(body.query),
    filters: body.filters == null ? undefined : filters(body.filters),
    facets: body.facets?.map(facet),
    sort: body.sort ?? undefined,
    from: body.from ?? undefined,
    slate: optionalId(body.slate, "/slate"),
    group: body.group ?? undefined,
    highlight: body.highlight ?? undefined,
  };
}

/** Each word takes a character at least: of a million of them no more are joined than can be read. */
function searchedText(query: NonNullable<SearchBody["query"]>): string {
  const text = Array.isArray(query) ? query.slice(0, limits.queryLengthMax).join(" ") : String(query);
  return text.slice(0, limits.queryLengthMax);
}

export function suggestRequest({ user, session, ...query }: SuggestQuery): SuggestRequest {
  return { ...query, user: optionalId(user, "/user"), session: optionalId(session, "/session") };
}

function facet(given: NonNullable<SearchBody["facets"]>[number]): FacetRequest {
  if (typeof given === "string") return given;
  return { field: given.field, query: given.query ?? undefined, size: given.size ?? undefined };
}

function asker(body: RankBody | RecommendBody | SearchBody) {
  return {
    user: optionalId(body.user, "/user"),
    session: optionalId(body.session, "/session"),
    context: body.context ?? undefined,
    surface: body.surface ?? undefined,
    size: body.size ?? undefined,
    explain: body.explain ?? undefined,
    observe: body.observe ?? undefined,
    consent: body.consent ?? undefined,
  };
}

function candidates(items: RankBody["items"]): RankRequest["items"] {
  return items.map((one, i) => {
    if (typeof one !== "object") return id(one, `/items/${i}`);
    return { item: id(one.item, `/items/${i}/item`), match: one.match ?? undefined };
  });
}

/** Bounds that are null are left out. */
function filters(given: NonNullable<RecommendBody["filters"]>): Filters {
  const rules = Object.entries(given).map(([field, rule]) => {
    if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return [field, rule];
    return [field, Object.fromEntries(Object.entries(rule).filter(([, bound]) => bound !== null))];
  });
  return Object.fromEntries(rules) as Filters;
}

function optionalId(given: string | number | null | undefined, at: string): string | undefined {
  return given === undefined || given === null ? undefined : id(given, at);
}

function id(given: string | number, at: string): string {
  if (typeof given === "number") return String(given);
  if (given.length > limits.idLengthMax) {
    const message = `An id has at most ${limits.idLengthMax} characters (UTF-16); this one has ${given.length}.`;
    throw new LiveshelfError("REQUEST_MALFORMED", message, at);
  }
  if (!given.isWellFormed()) {
    throw new LiveshelfError(
      "REQUEST_MALFORMED",
      "An id must be well-formed Unicode (it has half a surrogate pair).",
      at,
    );
  }
  return given;
}
