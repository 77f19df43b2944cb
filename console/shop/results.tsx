/** What a search found: facets beside it, the list in this shopper's order. */
import { useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { Empty, Problem } from "../app/parts.tsx";
import { go } from "../app/route.ts";
import { count, named, t } from "../app/words.ts";
import { type Asked, askedHref, searchHref } from "./asked.ts";
import { Facets, facetName } from "./facets.tsx";
import { useListing } from "./listing.ts";
import { EmptyShelf, Shelf } from "./shelf.tsx";
import { searchWithFacets } from "./shop-fields.ts";
import { asker, someone } from "./shopper.ts";

const pageSize = 24;

export function Results({ asked }: { readonly asked: Asked }) {
  const { query, filters, sort } = asked;
  const who = someone.value;
  const about = JSON.stringify([who, query, filters, sort]);
  const [pages, setPages] = useState({ about, count: 1 });
  const shown = pageSize * (pages.about === about ? pages.count : 1);
  const { list, error, moved } = useListing(
    about,
    (given) =>
      searchWithFacets({ ...asker(who), surface: "search", query, filters, sort, size: shown, explain: true }, given),
    shown,
  );
  const [areFacetsOpen, setFacetsOpen] = useState(false);
  // They stay while the list is asked for anew: who ticks one goes on from there.
  const facets = useRef(list?.facets);
  facets.current = list?.facets ?? facets.current;
  if (error) return <Problem error={error} />;
  return (
    <div class="results">
      <div class={`results-facets${areFacetsOpen ? " open" : ""}`}>
        <button
          class="button facets-switch"
          type="button"
          aria-expanded={areFacetsOpen}
          onClick={() => setFacetsOpen(!areFacetsOpen)}
        >
          <Icon name="filter" />
          {t("facets.show")}
        </button>
        {facets.current && <Facets asked={asked} facets={facets.current} />}
      </div>
      <section class="results-list" aria-label={t("shop.results")}>
        <header class="results-head">
          <h1>{query ? t("shop.results-of", { query }) : t("shop.results")}</h1>
          <p class="results-count" role="status">
            {list?.total === undefined ? " " : count("shop.found", list.total)}
          </p>
          <label class="sort">
            <span>{t("sort.by")}</span>
            <select value={sort} onChange={({ currentTarget }) => go(askedHref({ sort: currentTarget.value }))}>
              {["relevance", "price", "price:desc", "rating", "newest"].map((one) => (
                <option key={one} value={one}>
                  {named("sort", one)}
                </option>
              ))}
            </select>
          </label>
        </header>
        <Chosen asked={asked} />
        {list?.relaxed && (
          <p class="note">
            {named("relaxed", list.relaxed.rung)}
            {list.relaxed.query ? `: ${list.relaxed.query}` : ""}
          </p>
        )}
        {list?.spelling && (
          <p class="note">
            {t("shop.did-you-mean")} <a href={searchHref(list.spelling)}>{list.spelling}</a>
          </p>
        )}
        {list === undefined ? (
          // As long as the list: Back leads to where one was.
          <EmptyShelf count={shown} />
        ) : list.items.length === 0 ? (
          <Empty title={t("shop.nothing")}>{t("shop.nothing-hint")}</Empty>
        ) : (
          <Shelf
            items={list.items}
            slate={list.slate}
            moved={moved}
            label={t("shop.results")}
            isRanked={sort === "relevance"}
          />
        )}
        {list?.total !== undefined && list.total > shown && (
          <button
            class="button more"
            type="button"
            onClick={() => setPages({ about, count: pages.about === about ? pages.count + 1 : 2 })}
          >
            {t("shop.more")}
          </button>
        )}
      </section>
    </div>
  );
}

/** The filters in words, each to be taken off. */
function Chosen({ asked: { filters } }: { readonly asked: Asked }) {
  const entries = Object.entries(filters);
  if (entries.length === 0) return null;
  return (
    <ul class="chosen" aria-label={t("facets.chosen")}>
      {entries.map(([field, rule]) => {
        const { [field]: _, ...rest } = filters;
        return (
          <li key={field}>
            <a href={askedHref({ filters: rest })}>
              <span>
                {facetName(field)}: {ruleText(rule)}
              </span>
              <Icon name="close" />
              <span class="visually-hidden">{t("facets.remove")}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function ruleText(rule: unknown): string {
  if (Array.isArray(rule)) return rule.map(String).join(", ");
  if (typeof rule !== "object" || rule === null) return String(rule);
  const { under, gte, lte } = rule as { under?: string[] | string; gte?: number; lte?: number };
  if (under !== undefined) return [under].flat().join(" › ");
  return `${gte ?? "…"} – ${lte ?? "…"}`;
}
