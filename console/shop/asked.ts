/** What the shop is asked for: it stands in the address, so that Back, reload and a sent link show the same. */
import type { Filters } from "../../src/core/public.ts";
import { go, hrefOf, type Query, route } from "../app/route.ts";

export interface Asked {
  readonly query: string;
  readonly filters: Filters;
  readonly sort: string;
  /** Open beside the list. */
  readonly item: string | undefined;
  /** The other side, side by side; "" is the shop's average. */
  readonly beside: string | undefined;
  readonly isCart: boolean;
}

export function asked(): Asked {
  const { q = "", filters, sort = "relevance", item, beside, view } = route.value.query;
  return {
    query: q,
    filters: parsed(filters),
    sort,
    item,
    beside: beside === undefined ? undefined : beside === average ? "" : beside,
    isCart: view === "cart",
  };
}

/** How the address says “the shop's average”: no id looks like this. */
export const average = "~";

function parsed(text: string | undefined): Filters {
  try {
    return text ? (JSON.parse(text) as Filters) : {};
  } catch {
    return {};
  }
}

export const isSearch = ({ query, filters }: Asked): boolean => query !== "" || Object.keys(filters).length > 0;

/** The address with some of it changed. */
export function askedHref(
  changes: Partial<Record<"q" | "sort" | "item" | "beside" | "view", string | undefined>> & { filters?: Filters },
): string {
  const { filters, ...rest } = changes;
  const query: Query = { ...route.value.query, ...rest };
  if (filters === undefined) return hrefOf("shop", query);
  return hrefOf("shop", { ...query, filters: Object.keys(filters).length > 0 ? JSON.stringify(filters) : undefined });
}

/** A new search: what was filtered and open belongs to the old one. */
export const search = (q: string, filters?: Filters): void => go(searchHref(q, filters));
export const searchHref = (q: string, filters?: Filters): string =>
  hrefOf("shop", {
    q,
    beside: route.value.query.beside,
    filters: filters && JSON.stringify(filters),
  });
