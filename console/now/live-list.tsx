/** The latest of what happens, newest first. */
import "./live-list.css";
import { Empty } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { count, named, t } from "../app/words.ts";
import { type Happening, happenings, isPaused, untold } from "./happenings.ts";

/** A colour only beside its word. */
const tones: Readonly<Record<string, string>> = {
  purchase: "for",
  cart: "for",
  like: "for",
  dislike: "against",
  hide: "against",
  return: "against",
};

export function LiveList() {
  const all = happenings.value;
  return (
    <section class="block live-list">
      <header class="section-head">
        <h2>{t("live.title")}</h2>
        <p>{t("live.hint")}</p>
        <button
          class="button"
          type="button"
          aria-pressed={isPaused.value}
          onClick={() => (isPaused.value = !isPaused.value)}
        >
          {t(isPaused.value ? "live.go-on" : "live.pause")}
        </button>
      </header>
      {all.length === 0 ? (
        <Empty title={t("live.none")}>{t("live.none-hint")}</Empty>
      ) : (
        <>
          <ol>
            {all.map((one) => (
              <Line key={one.offset} one={one} />
            ))}
          </ol>
          <p class="live-more">{untold.value > 0 && !isPaused.value ? count("live.more", untold.value) : " "}</p>
        </>
      )}
    </section>
  );
}

function Line({ one }: { readonly one: Happening }) {
  const { type, action, item, query, surface, position } = one;
  const kind = type === "outcome" ? named("action", action!) : t(`live.${type as "slate" | "item"}`);
  const where = [
    query ? `“${query}”` : surface && named("surface", surface),
    position !== undefined && t("live.place", { n: position + 1 }),
  ].filter(Boolean);
  return (
    <li>
      <span class={`live-kind ${tones[action ?? ""] ?? ""}`}>{kind}</span>
      <span class="live-what">
        {type === "slate" ? (
          <>
            {count("live.shown", one.shown ?? 0)}
            <span class="live-first">{one.items?.map((shown) => shown.title ?? shown.item).join(" · ")}</span>
          </>
        ) : item === undefined ? null : (
          <a href={hrefOf("lookup", { item })}>{one.title ?? item}</a>
        )}
      </span>
      <span class="live-where">{where.join(" · ")}</span>
    </li>
  );
}
