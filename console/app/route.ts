/** Where the console is: the fragment of the address, `#/page?name=value`. The server knows one page only. */
import { signal } from "@preact/signals";

export interface Route {
  readonly page: string;
  readonly query: Readonly<Record<string, string>>;
}

export type Query = Readonly<Record<string, string | undefined>>;

export const standardPage = "shop";

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { page: path || standardPage, query: Object.fromEntries(new URLSearchParams(query)) };
}

export const route = signal(read());

/** Back and Forward return to where one was; any other way begins at the top. */
let isReturning = false;
(globalThis.navigation as EventTarget | undefined)?.addEventListener("navigate", (event) => {
  isReturning = (event as Event & { readonly navigationType: string }).navigationType === "traverse";
});

/** An item that is opened, or another order, is no other place. */
const placeOf = ({ page, query: { item: _item, sort: _sort, ...query } }: Route): string =>
  page + JSON.stringify(query);

addEventListener("hashchange", () => {
  const before = route.value;
  route.value = read();
  if (!isReturning && placeOf(before) !== placeOf(route.value)) scrollTo(0, 0);
});

/** Values that are absent or empty are left out of the address. */
export function hrefOf(page: string, query: Query = {}): string {
  const said = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(said).toString();
  return `#/${page}${text && `?${text}`}`;
}

/** The present page with some values changed; `undefined` takes one away. */
export const hrefWith = (changes: Query): string => hrefOf(route.value.page, { ...route.value.query, ...changes });

/** `replace`: this is no step that Back should undo. */
export function go(href: string, { replace = false } = {}): void {
  if (href === location.hash) return;
  if (!replace) {
    location.hash = href;
    return;
  }
  history.replaceState(null, "", href);
  route.value = read();
}
