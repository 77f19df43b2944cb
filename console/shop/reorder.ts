/** A list whose things glide to their new places instead of jumping there. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

const glideMs = 520;
const appearMs = 260;

interface Place {
  readonly x: number;
  readonly y: number;
}

const wantsCalm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * First, last, invert, play: children of `container` with `data-glide` are found again by that name after each change of `order`, and played
 * from where they were. Who asked the system for less motion gets none.
 */
export function useReorder(container: RefObject<HTMLElement | null>, order: string): void {
  const places = useRef(new Map<string, Place>());
  // The order is what changes places.
  useLayoutEffect(() => {
    const before = places.current;
    const after = new Map<string, Place>();
    const calm = wantsCalm();
    // Within the list: who scrolls moves nothing.
    const origin = container.current?.getBoundingClientRect();
    const elements = [...(container.current?.querySelectorAll<HTMLElement>("[data-glide]") ?? [])];
    // Where they are going to be, whatever glides on from the change before; all at once, as each look lays the page out anew.
    for (const element of elements) for (const animation of element.getAnimations()) animation.cancel();
    for (const element of elements) {
      const { x, y } = element.getBoundingClientRect();
      const place = { x: x - origin!.x, y: y - origin!.y };
      const name = element.dataset.glide!;
      after.set(name, place);
      if (before.size === 0 || calm) continue;
      const was = before.get(name);
      if (was === undefined)
        element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: appearMs, easing: "ease-out" });
      else if (was.x !== place.x || was.y !== place.y) {
        const from = `translate(${was.x - place.x}px, ${was.y - place.y}px)`;
        element.animate([{ transform: from }, { transform: "none" }], {
          duration: glideMs,
          easing: "cubic-bezier(.3,.7,.2,1)",
        });
      }
    }
    places.current = after;
  }, [order]);
}
