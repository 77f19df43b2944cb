/** One shopper or one item: what the engine holds of it; and who is not taught from. */
import "./lookup.css";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { go, hrefOf, route } from "../app/route.ts";
import { t } from "../app/words.ts";
import { Examples } from "./examples.tsx";
import { ItemReportView } from "./item-report.tsx";
import { Quarantine } from "./quarantine.tsx";
import { ShopperReport } from "./shopper-report.tsx";

const kinds = ["user", "item"] as const;
type Kind = (typeof kinds)[number];

export function LookupPage() {
  const { user, item } = route.value.query;
  const [kind, setKind] = useState<Kind>(item ? "item" : "user");
  const asked = user ?? item ?? "";
  const [typed, setTyped] = useState(asked);
  useEffect(() => {
    setTyped(asked);
    if (asked) setKind(item ? "item" : "user");
  }, [asked, item]);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (typed.trim()) go(hrefOf("lookup", { [kind]: typed.trim() }));
  };
  return (
    <div class="lookup">
      <header class="section-head">
        <h1>{t("lookup.title")}</h1>
        <p>{t("lookup.hint")}</p>
      </header>
      <form class="lookup-form" onSubmit={submit}>
        <fieldset class="switch">
          <legend class="visually-hidden">{t("lookup.kind")}</legend>
          {kinds.map((one) => (
            <label key={one}>
              <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
              <span>{t(`lookup.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        <input
          aria-label={t("lookup.id")}
          placeholder={kind === "user" ? "u-1" : "p-1"}
          value={typed}
          maxLength={256}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <button class="button primary" type="submit">
          <Icon name="search" />
          {t("lookup.find")}
        </button>
      </form>
      {user && <ShopperReport key={user} user={user} />}
      {item && <ItemReportView key={item} item={item} />}
      {!asked && (
        <>
          <Examples />
          <Quarantine />
        </>
      )}
    </div>
  );
}
