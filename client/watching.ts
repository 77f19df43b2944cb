/** Half of an item, or of the screen, for a second. */
const seenShare = 0.5;
const seenMs = 1000;

interface Watching {
  readonly onSeen: (item: string) => void;
  readonly onClick: ((item: string) => void) | undefined;
}

/** Of `container` and what it holds, the elements with `data-item`: which were looked at and which clicked. Returns its end. */
export function watchItems(container: Element, { onSeen, onClick }: Watching): () => void {
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  const itemOf = (element: Element): string => (element as HTMLElement).dataset.item!;

  const wait = (element: Element): void => {
    timers.set(
      element,
      setTimeout(() => {
        // Behind another tab nobody sees it.
        if (document.hidden) return wait(element);
        forget(element);
        observer?.unobserve(element);
        onSeen(itemOf(element));
      }, seenMs),
    );
  };
  const forget = (element: Element): void => {
    clearTimeout(timers.get(element));
    timers.delete(element);
  };
  const observer =
    typeof IntersectionObserver === "undefined"
      ? undefined
      : new IntersectionObserver(
          (entries) => {
            for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
              const ofScreen = intersectionRect.height / (rootBounds?.height || Number.POSITIVE_INFINITY);
              const isSeen = isIntersecting && Math.max(intersectionRatio, ofScreen) >= seenShare;
              if (!isSeen) forget(target);
              else if (!timers.has(target)) wait(target);
            }
          },
          { threshold: [0, 0.1, 0.2, 0.3, 0.4, seenShare, 0.75, 1] },
        );
  if (container.matches("[data-item]")) observer?.observe(container);
  for (const element of container.querySelectorAll("[data-item]")) observer?.observe(element);

  const clicked = ({ target, button }: Event & { readonly button?: number }): void => {
    const element = target instanceof Element ? target.closest("[data-item]") : null;
    // The right button opens a menu only.
    if (!element || !container.contains(element) || button === 2) return;
    // A button beside the link, such as “into the cart”, says something else.
    const control = (target as Element).closest("button,input,select,textarea,label");
    if (control && control !== element && element.contains(control)) return;
    onClick?.(itemOf(element));
  };
  const types = onClick ? ["click", "auxclick"] : [];
  for (const type of types) container.addEventListener(type, clicked, true);

  return () => {
    observer?.disconnect();
    for (const element of [...timers.keys()]) forget(element);
    for (const type of types) container.removeEventListener(type, clicked, true);
  };
}
