/** Why an item stands where it stands: what lifts and what lowers it in its list, each as a bar and in words; together they are its score above the average. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AnsweredItem, Reason } from "../../src/core/public.ts";
import { Icon } from "../app/icons.tsx";
import { formatPercent, formatSigned, named, t } from "../app/words.ts";
import { accountOf, type Scale } from "./account.ts";

/** Told of every list, whoever looks at it. */
const impersonal = new Set(["as-it-was", "caller-order", "other"]);
/** Contributions below this, in logits, are no reason worth a line on the card. */
const leastTold = 0.02;

/**
 * English says it in the engine's own words; other languages have a sentence for each feature, and after `|` one for a reason that
 * names an item.
 */
function reasonText({ feature, text }: Reason): string {
  const [plain, naming] = named("reason", feature, text).split("|");
  const title = /“(.*)”/.exec(text)?.[1];
  return naming && title ? naming.replace("{title}", title) : plain!;
}

export function mainReason({ reasons = [] }: AnsweredItem): string | undefined {
  const told = reasons.find(({ feature, contribution }) => contribution > leastTold && !impersonal.has(feature));
  return told && reasonText(told);
}

/** How far its score stands above or below the average of its list. */
function Balance({ item, scale: { average, most } }: { readonly item: AnsweredItem; readonly scale: Scale }) {
  const above = (item.rawScore ?? average) - average;
  return (
    <span class="balance" aria-hidden="true">
      <Bar value={above} most={most} />
    </span>
  );
}

/** To the right of the middle what is above nothing, to the left what is below. */
const Bar = ({ value, most }: { readonly value: number; readonly most: number }) => (
  <span class={value < 0 ? "against" : "for"} style={{ width: `${(Math.abs(value) / most) * 50}%` }} />
);

export function Reasons({ item, scale }: { readonly item: AnsweredItem; readonly scale: Scale }) {
  const { above, ...sides } = accountOf(item, scale);
  const sizes = [...sides.lifts, ...sides.lowers].map(({ contribution }) => Math.abs(contribution));
  const most = Math.max(0.01, ...sizes);
  return (
    <div class="reasons">
      <p>{t("why.compared")}</p>
      {(["lifts", "lowers"] as const).map(
        (side) =>
          sides[side].length > 0 && (
            <section key={side}>
              <h4 class={side}>{t(`why.${side}`)}</h4>
              <ul>
                {sides[side].map((reason) => (
                  <li key={reason.feature}>
                    <span class="reason-text">{reasonText(reason)}</span>
                    <span class="reason-bar" aria-hidden="true">
                      <Bar value={reason.contribution} most={most} />
                    </span>
                    <span class="reason-number">{formatSigned(reason.contribution)}</span>
                  </li>
                ))}
              </ul>
            </section>
          ),
      )}
      <dl class="reason-sum">
        <div>
          <dt>{t("why.sum")}</dt>
          <dd>{formatSigned(above)}</dd>
        </div>
        {item.chances && (
          <div class="reason-chance">
            <dt>{t("why.chance")}</dt>
            <dd>{formatPercent(item.chances.click)}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

/** px: to the edge of the screen, and to what it is about. */
const edge = 12;
const gap = 8;

/** A button with a small balance on it; opened, the whole account stands beside it, in the top layer. */
export function Why({
  item,
  scale,
  title,
}: {
  readonly item: AnsweredItem;
  readonly scale: Scale;
  readonly title: string;
}) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!isOpen || !card.current || !button.current) return;
    card.current.showPopover();
    const at = button.current.getBoundingClientRect();
    // Beside what it is about, where there is room; else below or above the button.
    const about = button.current.closest("article")?.getBoundingClientRect() ?? at;
    const { width, height } = card.current.getBoundingClientRect();
    const sides = [about.right + gap, about.left - gap - width];
    const side = sides.find((left) => left >= edge && left + width <= innerWidth - edge);
    const below = at.bottom + gap + height < innerHeight;
    const top = side === undefined ? (below ? at.bottom + gap : at.top - gap - height) : at.bottom - height;
    card.current.style.left = `${side ?? Math.max(edge, Math.min(at.left, innerWidth - width - edge))}px`;
    card.current.style.top = `${Math.max(edge, Math.min(top, innerHeight - height - edge))}px`;
  }, [isOpen]);
  useEffect(() => {
    if (!isOpen) return;
    // It stands where the button was; when the page moves it would stand beside something else.
    const close = (): void => card.current?.hidePopover();
    addEventListener("scroll", close, { passive: true });
    addEventListener("resize", close);
    return () => {
      removeEventListener("scroll", close);
      removeEventListener("resize", close);
    };
  }, [isOpen]);
  if (!item.reasons) return null;
  return (
    <>
      <button
        ref={button}
        class="why"
        type="button"
        aria-expanded={isOpen}
        aria-label={t("why.of", { title })}
        onClick={() => setOpen(!isOpen)}
      >
        <span class="why-word">{t("why.why")}</span>
        <Balance item={item} scale={scale} />
      </button>
      {isOpen && (
        <div
          ref={card}
          class="why-card"
          popover="auto"
          role="dialog"
          aria-label={t("why.of", { title })}
          onToggle={(event) => {
            if (event.newState === "closed") setOpen(false);
          }}
        >
          <header>
            <h3>{t("why.title", { n: item.position + 1 })}</h3>
            <button class="icon-button" type="button" onClick={() => card.current?.hidePopover()}>
              <Icon name="close" />
              <span class="visually-hidden">{t("close")}</span>
            </button>
          </header>
          <Reasons item={item} scale={scale} />
        </div>
      )}
    </>
  );
}
