/** An item on the shelf: picture, what it is, what it costs, how far it moved, and why it stands here. */

import type { Fields } from "../../src/core/event.ts";
import type { AnsweredItem } from "../../src/core/public.ts";
import { Icon } from "../app/icons.tsx";
import { count, formatMoney, formatRating, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import type { Scale } from "./account.ts";
import { act, titleOf } from "./acts.ts";
import { asked, askedHref } from "./asked.ts";
import { mainReason, Why } from "./why.tsx";

export interface CardProps {
  readonly item: AnsweredItem;
  readonly slate: string | null;
  readonly scale: Scale;
  readonly moved: number | "new" | undefined;
  /** Its place in the list is worth telling. */
  readonly isRanked?: boolean;
}

export function Card({ item, slate, scale, moved, isRanked = true }: CardProps) {
  const fields = item.fields ?? {};
  const title = titleOf(item.item, fields);
  const reason = mainReason(item);
  const isOpen = asked().item === item.item;
  return (
    <article
      class={`card${isOpen ? " open" : ""}${fields.inStock === false ? " sold-out" : ""}`}
      data-glide={item.item}
      data-item={item.item}
    >
      <div class="card-picture">
        <Picture item={item.item} fields={fields} />
        {isRanked && <span class="card-place">{item.position + 1}</span>}
        <Moved by={moved} />
      </div>
      <div class="card-text">
        {typeof fields.brand === "string" && <p class="card-brand">{fields.brand}</p>}
        <p class="card-title">
          <a
            href={askedHref({ item: item.item })}
            aria-current={isOpen ? "true" : undefined}
            onClick={() => void act("click", { item: item.item, fields, slate })}
          >
            {titleWithoutBrand(title, fields)}
          </a>
        </p>
        <Price fields={fields} />
        {reason && <p class="card-reason">{reason}</p>}
      </div>
      <Why item={item} scale={scale} title={title} />
    </article>
  );
}

/** A title that begins with the brand would say it twice. */
function titleWithoutBrand(title: string, { brand }: Fields): string {
  const rest = typeof brand === "string" && title.startsWith(`${brand} `) ? title.slice(brand.length + 1) : title;
  return rest || title;
}

export function Price({ fields }: { readonly fields: Fields }) {
  const { price, rating, inStock, currency } = fields;
  return (
    <p class="card-facts">
      {typeof price === "number" && <span class="price">{formatMoney(price, currency)}</span>}
      {typeof rating === "number" && (
        <span class="rating">
          <Icon name="star" />
          <span class="visually-hidden">{t("item.rating")}</span>
          {formatRating(rating)}
        </span>
      )}
      {inStock === false && <span class="stock">{t("item.sold-out")}</span>}
    </p>
  );
}

export function Moved({ by }: { readonly by: number | "new" | undefined }) {
  if (by === undefined) return null;
  if (by === "new") return <span class="moved up">{t("moved.new")}</span>;
  return (
    <span class={`moved ${by > 0 ? "up" : "down"}`}>
      <span aria-hidden="true">
        {by > 0 ? "▲" : "▼"} {Math.abs(by)}
      </span>
      <span class="visually-hidden">{by > 0 ? count("moved.up", by) : count("moved.down", -by)}</span>
    </span>
  );
}
