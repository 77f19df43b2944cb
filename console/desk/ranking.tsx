/** What a search answers, item by item: place by the texts alone, what each group of features adds, and the place in the end. */
import { Fragment } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { Empty } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { TableFrame } from "../app/table-frame.tsx";
import { count, formatNumber, formatSigned, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { scaleOf } from "../shop/account.ts";
import { titleOf } from "../shop/acts.ts";
import { useInParts } from "../shop/in-parts.ts";
import { useReorder } from "../shop/reorder.ts";
import { Reasons } from "../shop/why.tsx";
import type { Trace } from "./desk-api.ts";
import { contribution, type Group, groups, type Item, without } from "./groups.ts";

/** Rows in a frame. */
const part = 8;

interface RankingProps {
  readonly trace: Trace;
  /** The same query otherwise: as somebody else, with other synonyms. */
  readonly other: Trace | undefined;
  readonly otherName: string;
}

export function Ranking({ trace, other, otherName }: RankingProps) {
  const [left, setLeft] = useState<ReadonlySet<Group>>(new Set());
  const [opened, setOpened] = useState<string>();
  const body = useRef<HTMLTableSectionElement>(null);
  const placed = without(trace.items, left);
  const there = new Map(other?.items.map(({ item, position }) => [item, position]));
  const ready = useInParts(placed.length, part);
  useReorder(body, placed.map(({ item }) => item.item).join("\n"), ready === placed.length);
  const scale = scaleOf(trace.items);
  // What is said of all of them tells nothing.
  const isTold = (tier: Item["tier"]): boolean => tier !== "others" && trace.items.some((one) => one.tier !== tier);
  const toggle = (group: Group): void => {
    const next = new Set(left);
    if (!next.delete(group)) next.add(group);
    setLeft(next);
  };
  const columns = 5 + groups.length + (other ? 1 : 0);
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("desk.order")}</h2>
        <p>
          {count("shop.found", trace.total)} · {t("desk.order-hint")}
        </p>
      </header>
      {left.size > 0 && (
        <p class="note" role="status">
          {t("desk.left-out", { n: placed.length })}
        </p>
      )}
      {placed.length === 0 ? (
        <Empty title={t("shop.nothing")} />
      ) : (
        <TableFrame label={t("desk.order")}>
          <table class="desk-ranking">
            <thead>
              <tr>
                <th scope="col" class="number">
                  {t("desk.place")}
                </th>
                {other && (
                  <th scope="col" class="number">
                    {otherName}
                  </th>
                )}
                <th scope="col">{t("lookup.item")}</th>
                <th scope="col" class="number" title={t("desk.by-text-hint")}>
                  {t("desk.by-text")}
                </th>
                <th scope="col" class="number">
                  {t("desk.match")}
                </th>
                {groups.map((group) => (
                  <th key={group} scope="col" class="number">
                    <label title={t(`desk.group-hint.${group}`)}>
                      <input type="checkbox" checked={!left.has(group)} onChange={() => toggle(group)} />
                      {t(`desk.group.${group}`)}
                    </label>
                  </th>
                ))}
                <th scope="col" class="number">
                  {t("desk.sum")}
                </th>
              </tr>
            </thead>
            <tbody ref={body}>
              {placed.slice(0, ready).map(({ item, place, logit }) => {
                const { item: id, fields, match, matchRank, tier } = item;
                const title = titleOf(id, fields);
                const isOpen = opened === id;
                return (
                  <Fragment key={id}>
                    <tr data-glide={id} data-item={id}>
                      <td class="number desk-place">{place + 1}</td>
                      {other && <There at={there.get(id)} here={item.position} />}
                      <th scope="row">
                        <button type="button" aria-expanded={isOpen} onClick={() => setOpened(isOpen ? undefined : id)}>
                          <Picture item={id} fields={fields ?? {}} />
                          <span>
                            {title}
                            {isTold(tier) && <span class="state">{t(`desk.tier.${tier}`)}</span>}
                          </span>
                          <Icon name="down" />
                        </button>
                      </th>
                      <td class="number">{matchRank === undefined ? "–" : matchRank + 1}</td>
                      <td class="number">{match === undefined ? "–" : formatNumber(match)}</td>
                      {groups.map((group) => (
                        <Part key={group} value={contribution(item, group)} isLeft={left.has(group)} />
                      ))}
                      <td class="number desk-sum">{formatSigned(logit)}</td>
                    </tr>
                    {isOpen && (
                      <tr class="desk-account">
                        <td colSpan={columns}>
                          <Reasons item={item} scale={scale} />
                          <a href={hrefOf("lookup", { item: id })}>{t("item.held")}</a>
                        </td>
                      </tr>
                    )}
                  </Fragment>
                );
              })}
            </tbody>
          </table>
        </TableFrame>
      )}
    </section>
  );
}

/** Below this a contribution is no part worth a sign. */
const least = 0.005;

function Part({ value, isLeft }: { readonly value: number; readonly isLeft: boolean }) {
  const kind = Math.abs(value) < least ? "none" : value < 0 ? "against" : "for";
  return (
    <td class={`number part ${kind}${isLeft && kind !== "none" ? " left-out" : ""}`}>
      {kind === "none" ? "·" : formatSigned(value)}
    </td>
  );
}

/** The item's place in the other list, and how far from here. */
function There({ at, here }: { readonly at: number | undefined; readonly here: number }) {
  const by = at === undefined ? 0 : here - at;
  return (
    <td class="number there">
      {at === undefined ? t("desk.not-there") : at + 1}
      {by !== 0 && (
        <small>
          {by > 0 ? " ↑" : " ↓"}
          {Math.abs(by)}
        </small>
      )}
    </td>
  );
}
