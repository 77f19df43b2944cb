/** A list whose things glide to their new places instead of jumping there. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { afterFrame } from "./in-parts.ts";

const glideMs = 520;
const appearMs = 260;

interface Place {
  readonly x: number;
  readonly y: number;
}

const glidingIn = (container: HTMLElement | null): readonly HTMLElement[] => [
  ...(container?.querySelectorAll<HTMLElement>("[data-glide]") ?? []),
];

/** By name, within the list: who scrolls moves nothing. */
function placesIn(container: HTMLElement): Map<string, Place> {
  const origin = container.getBoundingClientRect();
  return new Map(
    glidingIn(container).map((element) => {
      const { x, y } = element.getBoundingClientRect();
      return [element.dataset.glide!, { x: x - origin.x, y: y - origin.y }];
    }),
  );
}

const wantsCalm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * First, last, invert, play: children of `container` with `data-glide` are found again by that name after each change of `order`, and played
 * from where they were. Who asked the system for less motion gets none. `isWhole`: none of them is still to come; those that come later
 * than the others just stand there.
 */
export function useReorder(container: RefObject<HTMLElement | null>, order: string, isWhole = true): void {
  const seen = useRef({ order, places: new Map<string, Place>() });
  // The order is what changes places.
  useLayoutEffect(() => {
    const { order: orderBefore, places: before } = seen.current;
    seen.current.order = order;
    // Nothing to play: where they stand is asked when the page is laid out anyway, not in the midst of its making.
    if (before.size === 0 || order === orderBefore) {
      if (!isWhole) return undefined;
      return afterFrame(() => {
        // What glides is on its way: its place is known.
        if (container.current) seen.current.places = new Map([...placesIn(container.current), ...before]);
      });
    }
    const elements = glidingIn(container.current);
    // Where they are going to be, whatever glides on from the change before; all at once, as each look lays the page out anew.
    for (const element of elements) for (const animation of element.getAnimations()) animation.cancel();
    const after = container.current ? placesIn(container.current) : new Map<string, Place>();
    seen.current.places = after;
    if (wantsCalm()) return undefined;
    for (const element of elements) {
      const name = element.dataset.glide!;
      const place = after.get(name)!;
      const was = before.get(name);
      if (was === undefined) {
        if (isWhole) element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: appearMs, easing: "ease-out" });
      } else if (was.x !== place.x || was.y !== place.y) {
        const from = `translate(${was.x - place.x}px, ${was.y - place.y}px)`;
        element.animate([{ transform: from }, { transform: "none" }], {
          duration: glideMs,
          easing: "cubic-bezier(.3,.7,.2,1)",
        });
      }
    }
    return undefined;
  }, [order, isWhole]);
}
