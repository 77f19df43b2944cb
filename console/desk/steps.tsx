/** How a query was read: each step down the ladder, its readings, and what of the catalogue stands for each word. */
import type { TracedWord } from "../../src/core/search-desk.ts";
import { Bar } from "../app/parts.tsx";
import { count, formatNumber, formatPercent, t } from "../app/words.ts";
import type { Trace } from "./desk-api.ts";

export function Steps({ trace }: { readonly trace: Trace }) {
  const { steps, intent, spelling } = trace;
  return (
    <section class="block desk-steps">
      <header class="section-head">
        <h2>{t("desk.read")}</h2>
        <p>{t("desk.read-hint")}</p>
      </header>
      {steps.length === 0 && <p class="note">{t("desk.no-words")}</p>}
      <ol>
        {steps.map(({ rung, query, dropped, readings, matches }, i) => (
          <li key={i} class={matches === 0 ? "in-vain" : ""}>
            <p class="desk-step">
              <strong>{t(`desk.rung.${rung}`)}</strong>
              {query && <q>{query}</q>}
              {dropped && dropped.length > 0 && <s>{dropped.join(" ")}</s>}
              <span>{count("desk.matches", matches)}</span>
            </p>
            {readings.map(({ weight, words }, at) => (
              <p key={at} class="desk-reading">
                {weight < 1 && <span class="state">× {formatNumber(weight)}</span>}
                {words.map((word, place) => (
                  <Word key={place} word={word} />
                ))}
              </p>
            ))}
          </li>
        ))}
      </ol>
      {spelling && (
        <p class="note">
          {t("shop.did-you-mean")} <q>{spelling}</q>
        </p>
      )}
      {intent.length > 0 && (
        <>
          <h3>{t("desk.intent")}</h3>
          <ul class="affinities">
            {intent.map(({ field, value, share, certain }) => (
              <li key={`${field} ${value}`}>
                <span>
                  {[value].flat().join(" › ")}
                  {certain && <span class="state">{t("desk.certain")}</span>}
                </span>
                <Bar share={share} />
                <span>{formatPercent(share)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** The word, then each term by which an item has it, with how much it counts and how many items have it. */
function Word({ word: { text, required, terms, more } }: { readonly word: TracedWord }) {
  return (
    <span class={`desk-word${required ? "" : " optional"}`} title={required ? undefined : t("desk.optional")}>
      <strong>{text}</strong>
      {terms.length === 0 && <em>{t("desk.unknown-word")}</em>}
      {terms.map((term) => (
        <span key={term.text}>
          {term.text !== text && `${term.text} `}
          {term.weight < 1 && <small>× {formatNumber(term.weight)} </small>}
          <small>{formatNumber(term.items)}</small>
        </span>
      ))}
      {more > 0 && <small>{t("facet.more", { n: more })}</small>}
    </span>
  );
}
