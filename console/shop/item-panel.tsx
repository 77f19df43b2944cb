/** The item's page, beside the list that it was opened from: what it is, what one can do with it, what goes with it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ItemReport } from "../../src/core/public.ts";
import { api, untilAnswered } from "../app/api.ts";
import { Icon } from "../app/icons.tsx";
import { Problem } from "../app/parts.tsx";
import { go } from "../app/route.ts";
import { formatNumber, named, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { type Action, act, cartOf, titleOf } from "./acts.ts";
import { askedHref } from "./asked.ts";
import { Price } from "./card.tsx";
import { facetName, valueName } from "./facets.tsx";
import { GoesWith } from "./home.tsx";
import { someone } from "./shopper.ts";

/** Said elsewhere on the page, or not for people. */
const shownElsewhere = new Set([
  "title",
  "description",
  "brand",
  "category",
  "price",
  "rating",
  "inStock",
  "image",
  "currency",
  "tags",
]);

export function ItemPanel({ item }: { readonly item: string }) {
  const [report, setReport] = useState<ItemReport | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const [done, setDone] = useState<Action | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = (): void => {
    go(askedHref({ item: undefined }));
    // Back to where it was opened from, if that is still there.
    document.querySelector<HTMLElement>(`[data-glide="${CSS.escape(item)}"] a`)?.focus();
  };
  useEffect(() => {
    const given = new AbortController();
    const { signal } = given;
    setDone(undefined);
    setError(undefined);
    untilAnswered(() => api.item(item), signal).then(
      (one) => signal.aborted || setReport(one),
      (problem: unknown) => signal.aborted || setError(problem),
    );
    return () => given.abort();
  }, [item]);
  const isShown = report?.item === item;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector(":popover-open")) close();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  });
  useEffect(() => {
    if (isShown) heading.current?.focus({ preventScroll: true });
  }, [isShown]);

  const fields = isShown ? report.fields : {};
  const title = titleOf(item, fields);
  const who = someone.value;
  const doIt = (action: Action): void => {
    setDone(action);
    void act(action, { item, fields, slate: null });
  };
  const isInCart = cartOf(who).some((line) => line.item === item);
  const category = [fields.category].flat().filter((one) => typeof one === "string");
  const tags = [fields.tags].flat().filter((one) => typeof one === "string");
  const more = Object.entries(fields).filter(
    ([name, value]) => !shownElsewhere.has(name) && value !== null && typeof value !== "object",
  );
  return (
    <section class="panel item-panel" aria-label={title}>
      <header class="panel-head">
        <nav class="crumbs" aria-label={t("item.category")}>
          {category.map((name, i) => (
            <a
              key={name}
              href={`#/shop?${new URLSearchParams({ filters: JSON.stringify({ category: { under: category.slice(0, i + 1) } }) })}`}
            >
              {name}
            </a>
          ))}
        </nav>
        <button class="icon-button" type="button" onClick={close}>
          <Icon name="close" />
          <span class="visually-hidden">{t("close")}</span>
        </button>
      </header>
      {error ? <Problem error={error} /> : null}
      {isShown && (
        <>
          <div class="item-picture">
            <Picture item={item} fields={fields} />
          </div>
          {typeof fields.brand === "string" && <p class="card-brand">{fields.brand}</p>}
          <h2 ref={heading} tabIndex={-1} class="item-title">
            {title}
          </h2>
          <Price fields={fields} />
          <div class="item-acts">
            <button
              class="button primary"
              type="button"
              disabled={fields.inStock === false}
              onClick={() => doIt("cart")}
            >
              <Icon name={isInCart ? "check" : "cart"} />
              {t(isInCart ? "item.in-cart" : "item.to-cart")}
            </button>
            <button class="button" type="button" disabled={fields.inStock === false} onClick={() => doIt("purchase")}>
              {t("item.buy")}
            </button>
            <button class="button quiet" type="button" onClick={() => doIt("hide")}>
              {t("item.hide")}
            </button>
          </div>
          <p class="done" role="status">
            {done && t(who === null ? "act.nobody" : `act.${done}`)}
          </p>
          {typeof fields.description === "string" && <p class="item-description">{fields.description}</p>}
          {tags.length > 0 && (
            <ul class="tags">
              {tags.map((tag) => (
                <li key={tag}>
                  <a href={`#/shop?${new URLSearchParams({ filters: JSON.stringify({ tags: [tag] }) })}`}>{tag}</a>
                </li>
              ))}
            </ul>
          )}
          {more.length > 0 && (
            <dl class="facts">
              {more.map(([name, value]) => (
                <div key={name}>
                  <dt>{facetName(name)}</dt>
                  <dd>{valueName(value as string)}</dd>
                </div>
              ))}
            </dl>
          )}
          <GoesWith item={item} title={t("item.goes-with")} who={who} />
          <details class="held">
            <summary>{t("item.held")}</summary>
            <dl class="facts">
              {Object.entries(report.statistics).map(([name, value]) => (
                <div key={name}>
                  <dt>{named("statistic", name)}</dt>
                  <dd>{formatNumber(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        </>
      )}
    </section>
  );
}
