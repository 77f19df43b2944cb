/** The shop's front: what this shopper is recommended, what goes with what they looked at last, and its departments. */
import { useEffect, useState } from "preact/hooks";
import type { AnsweredItem, FacetValue } from "../../src/core/public.ts";
import type { UserReport } from "../../src/core/user-report.ts";
import { api, isReachable, type List, shownTo } from "../app/api.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { opened } from "../app/scopes.ts";
import { count, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "./acts.ts";
import { searchHref } from "./asked.ts";
import { useInParts } from "./in-parts.ts";
import { useListing } from "./listing.ts";
import { EmptyShelf, Shelf } from "./shelf.tsx";
import { sample } from "./shop-fields.ts";
import { acted, asker, someone } from "./shopper.ts";

export function Home() {
  const who = someone.value;
  const [size] = useState(fullRows);
  const { list, error, moved } = useListing(`home ${who}`, (given) =>
    api.recommend({ ...asker(who), surface: "home", size, explain: true }, given),
  );
  if (error) return <Problem error={error} />;
  if (list && list.items.length === 0) {
    return (
      <>
        <h1 class="visually-hidden">{t("page.shop")}</h1>
        <Empty title={t("home.empty")}>
          <p>{t("home.empty-hint")}</p>
          <pre>npm run -s liveshelf -- import --items catalogue.csv --server {location.origin}</pre>
          {opened.value?.admin && (
            <p>
              <a class="button primary" href={hrefOf("setup")}>
                {t("home.empty-setup")}
              </a>
            </p>
          )}
        </Empty>
      </>
    );
  }
  return (
    <div class="home">
      <section>
        <header class="section-head">
          <h1>{t(who === null ? "home.for-anybody" : "home.for-you")}</h1>
          <p>{t(who === null ? "home.for-anybody-hint" : "home.for-you-hint")}</p>
        </header>
        {list ? (
          <Shelf items={list.items} slate={list.slate} moved={moved} label={t("home.for-you")} isInWholeRows />
        ) : (
          <EmptyShelf count={size} />
        )}
      </section>
      {who !== null && <BecauseOf who={who} />}
      {list && <Departments />}
    </div>
  );
}

/** px of a card with its gap, as in cards.css; on narrow screens there are two in a row. */
const cardWidth = 188;
const aboutShown = 12;
/** px that the frame and the bar to scroll by take; what is known of the shopper stands beside from 1281 px on. */
const framed = 84 + 15;

/**
 * As many as fill whole shelves of the window, with one card more in a row if the bar takes no room. To ask the page itself for its room
 * would lay it out before it is there.
 */
function fullRows(): number {
  const side = innerWidth > 1280 ? 340 + 32 : 0;
  const columns = Math.max(2, Math.floor((innerWidth - framed - 48 - side + 16) / cardWidth));
  const filled = (row: number): number => row * Math.max(2, Math.round(aboutShown / row));
  return Math.max(filled(columns), filled(columns + 1));
}

/** What goes with the item that the shopper turned to last. */
function BecauseOf({ who }: { readonly who: string }) {
  const [last, setLast] = useState<{ item: string; title: string } | undefined>(undefined);
  const version = acted.value;
  const mayAsk = shownTo.value.has(who) && opened.value?.admin !== false;
  const isThere = isReachable.value;
  // An act changes what was last.
  useEffect(() => {
    if (!mayAsk) return setLast(undefined);
    // What stood there stays.
    if (!isThere) return undefined;
    let isWanted = true;
    const find = async (): Promise<void> => {
      const { recent } = await api.user(who).catch((): Pick<UserReport, "recent"> => ({ recent: [] }));
      const item = recent[0]?.item;
      const report = item === undefined ? undefined : await api.item(item).catch(() => undefined);
      if (isWanted && isReachable.peek())
        setLast(item && report ? { item, title: titleOf(item, report.fields) } : undefined);
    };
    void find();
    return () => {
      isWanted = false;
    };
  }, [who, mayAsk, version, isThere]);
  if (last === undefined) return null;
  return <GoesWith item={last.item} title={t("home.because", { title: last.title })} who={who} />;
}

export function GoesWith({
  item,
  title,
  who,
  size = 8,
}: {
  item: string;
  title: string;
  who: string | null;
  size?: number;
}) {
  const { list, moved } = useListing(`with ${item} ${who}`, (given) =>
    api.recommend({ ...asker(who), surface: "item", item, size, explain: true }, given),
  );
  if (list?.items.length === 0) return null;
  return (
    <section>
      <header class="section-head">
        <h2>{title}</h2>
      </header>
      {list ? (
        <Shelf items={list.items} slate={list.slate} moved={moved} label={title} isRanked={false} isRow />
      ) : (
        <EmptyShelf count={5} isRow />
      )}
    </section>
  );
}

/** Departments in a frame. */
const part = 8;

const Example = ({ item, name }: { readonly item: AnsweredItem | undefined; readonly name: string }) => (
  <Picture item={item?.item ?? name} fields={item?.fields ?? { title: name }} />
);

function Departments() {
  const [all, setAll] = useState<readonly FacetValue[]>([]);
  const [shownItems, setShownItems] = useState<List["items"]>([]);
  useEffect(() => {
    api
      .search({ query: "", size: 0, facets: ["category"], observe: false, consent: false })
      .then(({ facets }) => setAll(Array.isArray(facets?.category) ? (facets.category as FacetValue[]) : []))
      .catch(() => {});
    sample().then(
      ({ items }) => setShownItems(items),
      () => {},
    );
  }, []);
  // An item of it says more than its name.
  const exampleOf = (path: readonly string[]): AnsweredItem | undefined =>
    shownItems.find(({ fields }) => path.every((name, i) => [fields?.category].flat()[i] === name));
  // The narrowest level of a small shop, the broadest of a big one: what fits on a shelf or two.
  const depth = (value: FacetValue): number => value.path?.length ?? 1;
  const second = all.filter((value) => depth(value) === 2);
  const shown = (second.length > 0 && second.length <= 24 ? second : all.filter((value) => depth(value) === 1)).slice(
    0,
    24,
  );
  const ready = useInParts(shown.length, part);
  if (shown.length < 2) return null;
  return (
    <section>
      <header class="section-head">
        <h2>{t("home.departments")}</h2>
      </header>
      <ul class="departments">
        {shown.slice(0, ready).map(({ value, path = [String(value)], count: n }) => (
          <li key={path.join("\n")}>
            <a href={searchHref("", { category: { under: [...path] } })}>
              <Example item={exampleOf(path)} name={String(value)} />
              <span class="department-name">{String(value)}</span>
              <span class="department-count">{count("shop.items", n)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
