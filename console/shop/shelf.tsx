/** Cards on shelves: the list as it stands, which glides into its new order after each act. */
import { useEffect, useRef } from "preact/hooks";
import type { AnsweredItem } from "../../src/core/public.ts";
import { Card } from "./card.tsx";
import { useReorder } from "./reorder.ts";
import { reportSeen } from "./reporting.ts";
import { someone } from "./shopper.ts";
import { scaleOf } from "./why.tsx";

export interface ShelfProps {
  readonly items: readonly AnsweredItem[];
  readonly slate: string | null;
  readonly moved: ReadonlyMap<string, number | "new">;
  readonly label: string;
  readonly isRanked?: boolean;
  /** One line that is scrolled sideways. */
  readonly isRow?: boolean;
}

export function Shelf({ items, slate, moved, label, isRanked = true, isRow = false }: ShelfProps) {
  const list = useRef<HTMLOListElement>(null);
  useReorder(list, items.map(({ item }) => item).join("\n"));
  const who = someone.value;
  // Each answer is a list of its own, whose items are seen anew.
  useEffect(() => (list.current ? reportSeen(list.current, slate, who) : undefined), [slate, who]);
  const scale = scaleOf(items);
  return (
    // A list that scrolls sideways has to be reached by keyboard.
    <ol ref={list} class={isRow ? "shelf in-line" : "shelf"} aria-label={label} tabIndex={isRow ? 0 : undefined}>
      {items.map((item) => (
        <li key={item.item}>
          <Card item={item} slate={slate} scale={scale} moved={moved.get(item.item)} isRanked={isRanked} />
        </li>
      ))}
    </ol>
  );
}

/** In place of cards while they are asked for: the same room, so that nothing jumps. */
export const EmptyShelf = ({ count, isRow = false }: { readonly count: number; readonly isRow?: boolean }) => (
  <ol class={isRow ? "shelf in-line waiting" : "shelf waiting"} aria-hidden="true">
    {Array.from({ length: count }, (_, i) => (
      <li key={i}>
        <div class="card">
          <div class="card-picture" />
          <div class="card-text" />
        </div>
      </li>
    ))}
  </ol>
);
