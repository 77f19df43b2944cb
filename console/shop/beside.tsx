/** The same question as two shoppers, or as one and as the shop's average: two lists side by side, and how far each item stands apart. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { AnsweredItem } from "../../src/core/public.ts";
import { api, type List } from "../app/api.ts";
import { Icon } from "../app/icons.tsx";
import { Empty, Problem } from "../app/parts.tsx";
import { go } from "../app/route.ts";
import { count, formatMoney, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { type Scale, scaleOf } from "./account.ts";
import { act, titleOf } from "./acts.ts";
import { type Asked, askedHref, average, isSearch } from "./asked.ts";
import { Avatar, shopperName } from "./avatar.tsx";
import { Moved } from "./card.tsx";
import { useListing } from "./listing.ts";
import { useReorder } from "./reorder.ts";
import { reportSeen } from "./reporting.ts";
import { asker, become, type Someone, someone } from "./shopper.ts";
import { WhoList } from "./shopper-menu.tsx";
import { mainReason, Why } from "./why.tsx";

const size = 12;
/** px, as in panels.css. */
const rowHeight = 64;
/** Pointed at, or focused, on either side. */
const pointed = signal<string | undefined>(undefined);

export function Beside({ asked }: { readonly asked: Asked }) {
  const left = someone.value;
  const right: Someone = asked.beside || null;
  const [ours, theirs] = [useSide(asked, left), useSide(asked, right)];
  return (
    <div class="beside">
      <header class="section-head">
        <h1>{asked.query ? t("beside.of", { query: asked.query }) : t("beside.title")}</h1>
        <p>{agreement(ours.list, theirs.list)}</p>
      </header>
      <div class="sides">
        <Side who={left} other={right} listing={ours} against={theirs.list} choose={become} />
        <Slopes left={ours.list} right={theirs.list} />
        <Side
          who={right}
          other={left}
          listing={theirs}
          against={ours.list}
          choose={(who) => go(askedHref({ beside: who ?? average }))}
        />
      </div>
    </div>
  );
}

/** Lines from each item's place on the left to its place on the right; rows are all of one height. */
function Slopes({ left, right }: { readonly left: List | undefined; readonly right: List | undefined }) {
  const places = new Map(right?.items.map(({ item, position }) => [item, position]));
  const y = (position: number): number => (position + 0.5) * rowHeight;
  return (
    <svg
      class="slopes"
      viewBox={`0 0 64 ${size * rowHeight}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {left?.items.map(({ item, position }) => {
        const there = places.get(item);
        if (there === undefined) return null;
        const kind = pointed.value === item ? "pointed" : there === position ? "same" : "moved";
        return <path key={item} class={kind} d={`M0 ${y(position)}C32 ${y(position)} 32 ${y(there)} 64 ${y(there)}`} />;
      })}
    </svg>
  );
}

function useSide(asked: Asked, who: Someone) {
  const { query, filters } = asked;
  const about = JSON.stringify(["beside", who, query, filters]);
  return useListing(about, (given) => {
    const one = { ...asker(who), size, explain: true };
    return isSearch(asked)
      ? api.search({ ...one, surface: "search", query, filters }, given)
      : api.recommend({ ...one, surface: "home" }, given);
  });
}

function agreement(a: List | undefined, b: List | undefined): string {
  if (!a || !b) return " ";
  const there = new Set(b.items.map(({ item }) => item));
  const shared = a.items.filter(({ item }) => there.has(item)).length;
  const same = a.items.filter(({ item }, i) => b.items[i]?.item === item).length;
  return t("beside.agreement", { shared, of: a.items.length, same });
}

interface SideProps {
  readonly who: Someone;
  readonly other: Someone;
  readonly listing: ReturnType<typeof useListing>;
  readonly against: List | undefined;
  choose(who: Someone): void;
}

function Side({ who, other, listing: { list, error, moved }, against, choose }: SideProps) {
  const rows = useRef<HTMLOListElement>(null);
  useReorder(rows, (list?.items ?? []).map(({ item }) => item).join("\n"));
  useEffect(() => (rows.current && list ? reportSeen(rows.current, list.slate, who) : undefined), [list, who]);
  const places = new Map(against?.items.map(({ item, position }) => [item, position]));
  const scale = scaleOf(list?.items ?? []);
  return (
    <section class="side" aria-label={shopperName(who)}>
      <details class="side-who">
        <summary>
          <Avatar who={who} />
          <span class="shopper-name">{shopperName(who)}</span>
          <Icon name="down" />
        </summary>
        <div class="side-choice">
          <WhoList now={who} without={other} choose={choose} />
        </div>
      </details>
      {error ? <Problem error={error} /> : null}
      {list?.items.length === 0 && <Empty title={t("shop.nothing")} />}
      <ol ref={rows} class="rows">
        {list?.items.map((item) => (
          <Row
            key={item.item}
            item={item}
            list={list}
            who={who}
            scale={scale}
            moved={moved.get(item.item)}
            there={places.get(item.item)}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly item: AnsweredItem;
  readonly list: List;
  readonly who: Someone;
  readonly scale: Scale;
  readonly moved: number | "new" | undefined;
  /** Its place on the other side, from 0. */
  readonly there: number | undefined;
}

function Row({ item, list, who, scale, moved, there }: RowProps) {
  const fields = item.fields ?? {};
  const title = titleOf(item.item, fields);
  const point = (at: string | undefined) => () => {
    pointed.value = at;
  };
  return (
    <li>
      <article
        class={`row${pointed.value === item.item ? " pointed" : ""}`}
        data-glide={item.item}
        data-item={item.item}
        onMouseEnter={point(item.item)}
        onMouseLeave={point(undefined)}
        onFocusCapture={point(item.item)}
        onBlurCapture={point(undefined)}
      >
        <span class="row-place">{item.position + 1}</span>
        <Picture item={item.item} fields={fields} />
        <div class="row-text">
          <p class="row-title">
            <button
              type="button"
              class="link"
              onClick={() => void act("click", { item: item.item, fields, slate: list.slate }, who)}
            >
              {title}
            </button>
          </p>
          <p class="row-facts">
            {typeof fields.price === "number" && (
              <span class="price">{formatMoney(fields.price, fields.currency)}</span>
            )}
            <span class="card-reason">{mainReason(item)}</span>
          </p>
        </div>
        <span class="row-there">
          <Moved by={moved} />
          <There here={item.position} there={there} />
        </span>
        <Why item={item} scale={scale} title={title} />
      </article>
    </li>
  );
}

function There({ here, there }: { readonly here: number; readonly there: number | undefined }) {
  if (there === undefined) return <span class="there only">{t("beside.only")}</span>;
  const apart = there - here;
  if (apart === 0) return <span class="there same">{t("beside.same")}</span>;
  return (
    <span class={`there ${apart > 0 ? "above" : "below"}`}>
      {apart > 0 ? count("beside.above", apart) : count("beside.below", -apart)}
    </span>
  );
}
