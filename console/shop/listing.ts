/** A list of the engine that is asked for again after each act, and what moved in it since. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type List, untilAnswered } from "../app/api.ts";
import { prepareFormats } from "./in-parts.ts";
import { acted } from "./shopper.ts";

export interface Listing {
  readonly list: List | undefined;
  readonly error: unknown;
  readonly isAsking: boolean;
  /** By item: places risen (positive) or fallen since the list before; `new`: it was not in it. */
  readonly moved: ReadonlyMap<string, number | "new">;
}

const nothing: Listing = { list: undefined, error: undefined, isAsking: true, moved: new Map() };

/**
 * `about`: what the list is about; as long as it stays the same, a new answer is the same list later, and what moved is told. `size`: how
 * much of it. While the server does not answer, the list before stays, and is asked for again.
 */
export function useListing(about: string, ask: (signal: AbortSignal) => Promise<List>, size = 0): Listing {
  const [listing, setListing] = useState<Listing>(nothing);
  const shown = useRef<{ about: string; list: List } | undefined>(undefined);
  const version = acted.value;
  // `about` and the acts say all that `ask` depends on.
  useEffect(() => {
    const given = new AbortController();
    setListing((before) => (shown.current?.about === about ? { ...before, isAsking: true } : nothing));
    untilAnswered(() => ask(given.signal), given.signal).then(
      (list) => {
        if (given.signal.aborted) return;
        const before = shown.current?.about === about ? shown.current.list : undefined;
        shown.current = { about, list };
        setListing({ list, error: undefined, isAsking: false, moved: movement(before, list) });
      },
      (error: unknown) => {
        if (!given.signal.aborted) setListing((before) => ({ ...before, error, isAsking: false }));
      },
    );
    const stopPreparing = prepareFormats();
    return () => {
      given.abort();
      stopPreparing();
    };
  }, [about, version, size]);
  return listing;
}

function movement(before: List | undefined, { items }: List): Map<string, number | "new"> {
  const moved = new Map<string, number | "new">();
  if (before === undefined) return moved;
  const places = new Map(before.items.map(({ item, position }) => [item, position]));
  for (const { item, position } of items) {
    const was = places.get(item);
    // More of the list than before is no news.
    if (was === undefined) {
      if (position < before.items.length) moved.set(item, "new");
    } else if (was !== position) moved.set(item, was - position);
  }
  return moved;
}
