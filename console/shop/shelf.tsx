/** Cards on shelves: the list as it stands, which glides into its new order after each act. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AnsweredItem } from "../../src/core/public.ts";
import { scaleOf } from "./account.ts";
import { Card } from "./card.tsx";
import { useInParts } from "./in-parts.ts";
import { useReorder } from "./reorder.ts";
import { reportSeen } from "./reporting.ts";
import { someone } from "./shopper.ts";

/** Cards in a frame. */
const part = 8;

export interface ShelfProps {
  readonly items: readonly AnsweredItem[];
  readonly slate: string | null;
  readonly moved: ReadonlyMap<string, number | "new">;
  readonly label: string;
  readonly isRanked?: boolean;
  /** One line that is scrolled sideways. */
  readonly isRow?: boolean;
  /** What would stand in a last row that is not full is left out. */
  readonly isInWholeRows?: boolean;
}

export function Shelf({ items: all, slate, moved, label, isRanked = true, isRow, isInWholeRows }: ShelfProps) {
  const list = useRef<HTMLOListElement>(null);
  const columns = useColumns(list, isInWholeRows);
  const items = all.slice(0, all.length < columns ? all.length : all.length - (all.length % columns));
  const ready = useInParts(items.length, part);
  const isWhole = ready === items.length;
  useReorder(list, items.map(({ item }) => item).join("\n"), isWhole);
  const who = someone.value;
  // Each answer is a list of its own, whose items are seen anew.
  useEffect(() => (list.current && isWhole ? reportSeen(list.current, slate, who) : undefined), [slate, who, isWhole]);
  const scale = scaleOf(all);
  return (
    // A list that scrolls sideways has to be reached by keyboard.
    <ol ref={list} class={isRow ? "shelf in-line" : "shelf"} aria-label={label} tabIndex={isRow ? 0 : undefined}>
      {items.map((item, i) => (
        <li key={item.item} class={i < ready ? undefined : "waiting"}>
          {i < ready ? (
            <Card item={item} slate={slate} scale={scale} moved={moved.get(item.item)} isRanked={isRanked} />
          ) : (
            <EmptyCard />
          )}
        </li>
      ))}
    </ol>
  );
}

/** How many cards stand in a row; 1 until the page is laid out, or if it is of no matter. */
function useColumns(list: RefObject<HTMLElement | null>, isAsked = false): number {
  const [columns, setColumns] = useState(1);
  useEffect(() => {
    if (!isAsked || !list.current) return;
    // Looks once the page is laid out, before it is painted.
    const observer = new ResizeObserver(([entry]) => {
      setColumns(getComputedStyle(entry!.target).gridTemplateColumns.split(" ").length);
    });
    observer.observe(list.current);
    return () => observer.disconnect();
  }, [list, isAsked]);
  return columns;
}

/** In place of cards while they are asked for: the same room, so that nothing jumps. */
export const EmptyShelf = ({ count, isRow = false }: { readonly count: number; readonly isRow?: boolean }) => (
  <ol class={isRow ? "shelf in-line waiting" : "shelf waiting"} aria-hidden="true">
    {Array.from({ length: count }, (_, i) => (
      <li key={i}>
        <EmptyCard />
      </li>
    ))}
  </ol>
);

const EmptyCard = () => (
  <div class="card">
    <div class="card-picture" />
    <div class="card-text" />
  </div>
);
