/** A card beside what it tells of, with a ring around that. Nothing is in its way: one may do what it tells at once. */
import "./tour.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Message, t } from "../app/words.ts";

interface Step {
  readonly about: string;
  readonly title: Message;
  readonly text: Message;
}

const steps: readonly Step[] = [
  { about: ".shop-bar .search", title: "tour.search", text: "tour.search-text" },
  { about: ".shop-main .card", title: "tour.open", text: "tour.open-text" },
  { about: ".shop-main .card .why", title: "tour.why", text: "tour.why-text" },
  { about: ".shopper-button", title: "tour.be", text: "tour.be-text" },
  { about: '.rail a[href="#/now"]', title: "tour.now", text: "tour.now-text" },
];

/** px: around what is told of, between that and the card, and to the edge of the screen. */
const around = 4;
const gap = 12;
const edge = 12;

export function Tour({ end }: { readonly end: () => void }) {
  const [at, setAt] = useState(0);
  const card = useRef<HTMLDivElement>(null);
  const ring = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const { about, title, text } = steps[at]!;

  const finish = (): void => {
    end();
    document.getElementById("main")?.focus({ preventScroll: true });
  };
  const move = (by: number): void => {
    if (at + by >= steps.length) finish();
    else setAt(Math.max(0, at + by));
  };

  useLayoutEffect(() => {
    card.current!.showPopover();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.querySelector(about)?.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
    next.current!.focus({ preventScroll: true });
    // Lists come a moment after the page, and move: looked at before each frame while the tour is on, which is short.
    let frame = 0;
    const follow = (): void => {
      place(document.querySelector(about), ring.current!, card.current!);
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [about]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isInside = card.current?.contains(document.activeElement) === true;
      if (event.key === "Escape") finish();
      else if (isInside && event.key === "ArrowRight") move(1);
      else if (isInside && event.key === "ArrowLeft") move(-1);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });

  return (
    <>
      <div ref={ring} class="tour-ring" aria-hidden="true" />
      <div
        ref={card}
        class="tour"
        popover="manual"
        role="dialog"
        aria-labelledby="tour-title"
        aria-describedby="tour-text"
      >
        <p class="tour-count">{t("tour.step", { n: at + 1, all: steps.length })}</p>
        <h2 id="tour-title">{t(title)}</h2>
        <p id="tour-text">{t(text)}</p>
        <div class="tour-buttons">
          <button class="button quiet" type="button" onClick={finish}>
            {t("tour.skip")}
          </button>
          {at > 0 && (
            <button class="button" type="button" onClick={() => move(-1)}>
              {t("tour.back")}
            </button>
          )}
          <button ref={next} class="button primary" type="button" onClick={() => move(1)}>
            {t(at + 1 < steps.length ? "tour.next" : "tour.done")}
          </button>
        </div>
      </div>
    </>
  );
}

/** Below what it is about, above where there is no room, at the foot of the screen where that is not there (yet) or takes all of it. */
function place(about: Element | null, ring: HTMLElement, card: HTMLElement): void {
  const { width, height } = card.getBoundingClientRect();
  const box = about?.getBoundingClientRect();
  ring.hidden = box === undefined || box.width === 0;
  if (box === undefined || box.width === 0) {
    card.style.left = `${(innerWidth - width) / 2}px`;
    card.style.top = `${innerHeight - height - edge}px`;
    return;
  }
  ring.style.transform = `translate(${box.left - around}px, ${box.top - around}px)`;
  ring.style.width = `${box.width + 2 * around}px`;
  ring.style.height = `${box.height + 2 * around}px`;
  const below = box.bottom + gap;
  const above = box.top - gap - height;
  const isBelow = below + height <= innerHeight - edge;
  const beside = box.right + gap;
  const isBeside = !isBelow && above < edge && beside + width <= innerWidth - edge;
  const top = isBelow
    ? below
    : isBeside
      ? Math.max(edge, box.top)
      : above >= edge
        ? above
        : innerHeight - height - edge;
  const left = isBeside ? beside : Math.max(edge, Math.min(box.left, innerWidth - width - edge));
  card.style.left = `${left}px`;
  card.style.top = `${Math.min(top, innerHeight - height - edge)}px`;
}
