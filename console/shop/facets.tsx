/** What the matches have in common, counted; a facet passes over its own filter, so the others of a brand stay in sight. */
import { useState } from "preact/hooks";
import type { Facet, FacetValue, Filters } from "../../src/core/public.ts";
import { go } from "../app/route.ts";
import { formatNumber, named, t } from "../app/words.ts";
import { type Asked, askedHref } from "./asked.ts";
import { useInParts } from "./in-parts.ts";

const shownAtFirst = 8;
/** Facets in a frame. */
const part = 2;

export function Facets({ asked, facets }: { readonly asked: Asked; readonly facets: Readonly<Record<string, Facet>> }) {
  const { filters } = asked;
  const all = Object.entries(facets);
  const ready = useInParts(all.length, part);
  const set = (field: string, rule: Filters[string] | undefined): void => {
    const { [field]: _, ...rest } = filters;
    go(askedHref({ filters: rule === undefined ? rest : { ...rest, [field]: rule } }));
  };
  return (
    <div class="facets">
      {all.slice(0, ready).map(([field, facet]) => {
        const part = { field, rule: filters[field], set: (rule: Filters[string] | undefined) => set(field, rule) };
        if (!isValues(facet)) return facet.count > 0 && <Range key={field} {...part} facet={facet} />;
        if (facet.length === 0) return null;
        return facet.some(({ path }) => path) ? (
          <Paths key={field} {...part} values={facet} />
        ) : (
          <Values key={field} {...part} values={facet} />
        );
      })}
    </div>
  );
}

const isValues = (facet: Facet): facet is readonly FacetValue[] => Array.isArray(facet);
export const facetName = (field: string): string => named("field", field);
export const valueName = (value: FacetValue["value"]): string =>
  typeof value === "boolean" ? t(value ? "value.true" : "value.false") : String(value);

interface Part {
  readonly field: string;
  readonly rule: unknown;
  set(rule: Filters[string] | undefined): void;
}

function Values({ field, values, rule, set }: Part & { readonly values: readonly FacetValue[] }) {
  const [isWhole, setWhole] = useState(false);
  const chosen = Array.isArray(rule) ? (rule as unknown[]) : rule === undefined ? [] : [rule];
  const shown = isWhole ? values : values.filter(({ value }, i) => i < shownAtFirst || chosen.includes(value));
  const toggle = (value: FacetValue["value"]): void => {
    const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
    set(next.length > 0 ? (next as Filters[string]) : undefined);
  };
  return (
    <fieldset class="facet">
      <legend>{facetName(field)}</legend>
      {shown.map(({ value, count }) => (
        <label key={String(value)} class="facet-value">
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <span class="facet-name">{valueName(value)}</span>
          <span class="facet-count">{formatNumber(count)}</span>
        </label>
      ))}
      {values.length > shown.length && (
        <button class="link" type="button" onClick={() => setWhole(true)}>
          {t("facet.more", { n: values.length - shown.length })}
        </button>
      )}
    </fieldset>
  );
}

/** Categories: the way to the chosen one, and what lies directly below it. */
function Paths({ field, values, rule, set }: Part & { readonly values: readonly FacetValue[] }) {
  const under = (rule as { under?: unknown } | undefined)?.under;
  const chosen = Array.isArray(under) ? (under as string[]) : [];
  const level = values.filter(
    ({ path = [] }) => path.length === chosen.length + 1 && chosen.every((one, i) => path[i] === one),
  );
  return (
    <fieldset class="facet">
      <legend>{facetName(field)}</legend>
      {chosen.length > 0 && (
        <button class="facet-step back" type="button" onClick={() => set(undefined)}>
          {t("facet.all")}
        </button>
      )}
      {chosen.map((name, depth) => (
        <button
          key={name}
          class="facet-step"
          type="button"
          style={{ "--depth": depth }}
          aria-pressed={depth === chosen.length - 1}
          onClick={() => set({ under: chosen.slice(0, depth + 1) })}
        >
          {name}
        </button>
      ))}
      {level.map(({ value, path = [], count }) => (
        <button
          key={path.join("\n")}
          class="facet-value step"
          type="button"
          style={{ "--depth": chosen.length }}
          onClick={() => set({ under: [...path] })}
        >
          <span class="facet-name">{String(value)}</span>
          <span class="facet-count">{formatNumber(count)}</span>
        </button>
      ))}
    </fieldset>
  );
}

/** A number: where the matches lie, and from where to where. */
function Range({ field, facet, rule, set }: Part & { readonly facet: Exclude<Facet, readonly FacetValue[]> }) {
  const { gte, lte } = (rule ?? {}) as { gte?: number; lte?: number };
  const most = Math.max(...facet.histogram.map(({ count }) => count), 1);
  const change = (side: "gte" | "lte", text: string): void => {
    const value = text.trim() === "" ? undefined : Number(text);
    if (value !== undefined && !Number.isFinite(value)) return;
    const next = { gte, lte, [side]: value };
    const { gte: low, lte: high } = next;
    const isAny = low === undefined && high === undefined;
    set(
      isAny ? undefined : { ...(low === undefined ? {} : { gte: low }), ...(high === undefined ? {} : { lte: high }) },
    );
  };
  return (
    <fieldset class="facet">
      <legend>{facetName(field)}</legend>
      <div class="histogram" aria-hidden="true">
        {facet.histogram.map(({ from, to, count }) => (
          <button
            key={from}
            type="button"
            tabIndex={-1}
            class={(gte === undefined || to > gte) && (lte === undefined || from < lte) ? "within" : ""}
            title={`${formatNumber(from)} – ${formatNumber(to)}: ${formatNumber(count)}`}
            onClick={() => set({ gte: from, lte: to })}
          >
            <span style={{ height: `${count === 0 ? 0 : Math.max(6, (count / most) * 100)}%` }} />
          </button>
        ))}
      </div>
      <div class="range">
        <input
          type="number"
          step="any"
          aria-label={t("facet.from", { field: facetName(field) })}
          placeholder={facet.min === null ? "" : formatNumber(facet.min)}
          value={gte ?? ""}
          onChange={({ currentTarget }) => change("gte", currentTarget.value)}
        />
        <span aria-hidden="true">–</span>
        <input
          type="number"
          step="any"
          aria-label={t("facet.to", { field: facetName(field) })}
          placeholder={facet.max === null ? "" : formatNumber(facet.max)}
          value={lte ?? ""}
          onChange={({ currentTarget }) => change("lte", currentTarget.value)}
        />
      </div>
    </fieldset>
  );
}
