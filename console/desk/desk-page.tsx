/** Where one works on the shop's search: a query step by step, as two shoppers or with other synonyms, and what is asked in vain. */
import "../styles/desk.css";
import { useEffect, useState } from "preact/hooks";
import type { SynonymRules } from "../../src/core/search-desk.ts";
import { Icon } from "../app/icons.tsx";
import { Empty, Problem } from "../app/parts.tsx";
import { go, hrefOf, route } from "../app/route.ts";
import { t } from "../app/words.ts";
import { prepareFormats } from "../shop/in-parts.ts";
import { desk, useKept } from "./desk-api.ts";
import { Queries } from "./queries.tsx";
import { Ranking } from "./ranking.tsx";
import { Steps } from "./steps.tsx";
import { SynonymsEditor } from "./synonyms.tsx";

/** A draft is asked with once nobody has typed for so long, ms. */
const typedAfterMs = 300;

export function DeskPage() {
  const { q, user, other } = route.value.query;
  const [draft, setDraft] = useState<SynonymRules>();
  const [isOther, setOther] = useState(false);
  const [version, setVersion] = useState(0);
  useEffect(prepareFormats, []);
  const about = (who: string | undefined, synonyms?: SynonymRules): string =>
    JSON.stringify([q, who, synonyms, version]);
  const here = useKept(q === undefined ? undefined : about(user), (signal) => desk.trace({ query: q!, user }, signal));
  const late = useLate(draft);
  const isCompared = q !== undefined && (late !== undefined || other !== undefined);
  const otherUser = other ?? user;
  const there = useKept(isCompared ? about(otherUser, late) : undefined, (signal) =>
    desk.trace({ query: q!, user: otherUser, synonyms: late }, signal),
  );
  const names = [
    other === undefined ? t("desk.as-is") : (user ?? t("shopper.nobody")),
    other === undefined ? t("desk.as-drafted") : `${otherUser}${late ? ` · ${t("desk.as-drafted")}` : ""}`,
  ] as const;
  const error = here.error ?? there.error;
  const isSwapped = isOther && there.value !== undefined;
  const trace = isSwapped ? there.value : here.value;
  return (
    <div class="desk">
      <header class="section-head">
        <h1>{t("page.desk")}</h1>
        <p>{t("desk.hint")}</p>
      </header>
      <Asked key={JSON.stringify([q, user, other])} />
      <div class="desk-parts">
        <div class="desk-main">
          {error ? <Problem error={error} /> : null}
          {q === undefined && <Empty title={t("desk.nothing")}>{t("desk.nothing-hint")}</Empty>}
          {there.value && (
            <fieldset class="switch desk-switch">
              <legend class="visually-hidden">{t("desk.shown")}</legend>
              {names.map((name, i) => (
                <label key={name}>
                  <input type="radio" name="shown" checked={isOther === (i === 1)} onChange={() => setOther(i === 1)} />
                  <span>{name}</span>
                </label>
              ))}
            </fieldset>
          )}
          {trace && (
            <>
              <Steps trace={trace} />
              <Ranking
                trace={trace}
                other={isSwapped ? here.value : there.value}
                otherName={names[isSwapped ? 0 : 1]}
              />
            </>
          )}
        </div>
        <div class="desk-side">
          <SynonymsEditor draft={setDraft} published={() => setVersion((before) => before + 1)} />
          <Queries />
        </div>
      </div>
    </div>
  );
}

function useLate<T>(value: T): T {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => setLate(value), value === undefined ? 0 : typedAfterMs);
    return () => clearTimeout(waiting);
  }, [value]);
  return late;
}

/** The query, and as whom; what is submitted stands in the address. */
function Asked() {
  const { query } = route.value;
  const [typed, setTyped] = useState({ q: query.q ?? "", user: query.user ?? "", other: query.other ?? "" });
  const submit = (event: Event): void => {
    event.preventDefault();
    const said = Object.entries(typed).map(([name, value]) => [name, value.trim()]);
    go(hrefOf("desk", Object.fromEntries(said)));
  };
  const field = (name: keyof typeof typed) => ({
    value: typed[name],
    maxLength: 256,
    spellcheck: false,
    autocomplete: "off",
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      setTyped({ ...typed, [name]: currentTarget.value }),
  });
  return (
    <form class="desk-form" onSubmit={submit}>
      <label class="field desk-query">
        <span>{t("desk.query")}</span>
        <input type="search" {...field("q")} />
      </label>
      <label class="field">
        <span>{t("desk.as")}</span>
        <input placeholder={t("shopper.nobody")} {...field("user")} />
      </label>
      <label class="field">
        <span>{t("desk.beside")}</span>
        <input placeholder={t("shopper.by-id")} {...field("other")} />
      </label>
      <button class="button primary" type="submit">
        <Icon name="search" />
        {t("desk.trace")}
      </button>
    </form>
  );
}
