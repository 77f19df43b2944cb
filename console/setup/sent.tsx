/** The items on their way, and what one has once they are there: a search, and the lines for the shop's own pages. */
import { useEffect, useState } from "preact/hooks";
import { api, type List } from "../app/api.ts";
import { Bar } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { count, formatMoney, formatNumber, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "../shop/acts.ts";
import { cancel, ready, refusals, send, sent, stage } from "./state.ts";

export function Sending() {
  const { done, accepted, duplicates, rejected } = sent.value;
  const all = ready.value.length;
  return (
    <>
      <div class="sending">
        <Bar share={all === 0 ? 1 : done / all} />
        <span>
          {formatNumber(done)} / {formatNumber(all)}
        </span>
        {stage.value === "sending" && (
          <button class="button" type="button" onClick={cancel}>
            {t("setup.cancel")}
          </button>
        )}
        {stage.value === "stopped" && (
          <button class="button primary" type="button" onClick={() => void send()}>
            {t("setup.go-on")}
          </button>
        )}
      </div>
      <p class="note" role="status">
        {stage.value === "done" && `${count("setup.sent", accepted)} `}
        {duplicates > 0 && `${count("setup.known", duplicates)} `}
        {rejected > 0 && count("setup.refused", rejected)}
        {stage.value === "stopped" && t("setup.stopped")}
      </p>
      {refusals.value.length > 0 && (
        <ul class="faults">
          {refusals.value.map(({ line, message }) => (
            <li key={line}>
              <strong>{t("setup.line", { line })}</strong> <span lang="en">{message}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const resultsShown = 6;

export function Done() {
  const [query, setQuery] = useState("");
  const [list, setList] = useState<List | undefined>(undefined);
  useEffect(() => {
    const asking = new AbortController();
    const body = { query, size: resultsShown, surface: "search", observe: false };
    api.search(body, asking.signal).then(setList, () => {});
    return () => asking.abort();
  }, [query]);
  return (
    <div class="set-up">
      <section>
        <h3>{t("setup.try")}</h3>
        <input
          type="search"
          aria-label={t("shop.search")}
          placeholder={t("shop.search")}
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <p class="note" role="status">
          {list && count("shop.found", list.total ?? list.items.length)}
        </p>
        <ul class="found">
          {list?.items.map(({ item, fields = {} }) => (
            <li key={item}>
              <Picture item={item} fields={fields} />
              <a href={hrefOf("shop", { q: query, item })}>{titleOf(item, fields)}</a>
              <span>{typeof fields.price === "number" && formatMoney(fields.price, fields.currency)}</span>
            </li>
          ))}
        </ul>
        <a class="button" href={hrefOf("shop", { q: query })}>
          {t("setup.to-shop")}
        </a>
      </section>
      <section>
        <h3>{t("setup.snippet")}</h3>
        <p class="note">{t("setup.snippet-hint")}</p>
        <Snippet />
      </section>
    </div>
  );
}

function Snippet() {
  const [isCopied, setCopied] = useState(false);
  const text = snippet(new URL("./", location.href).href.replace(/\/$/, ""));
  return (
    <>
      <pre>{text}</pre>
      {/* Only where the browser trusts the page. */}
      {navigator.clipboard && (
        <button
          class="button"
          type="button"
          onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          {t(isCopied ? "setup.copied" : "setup.copy")}
        </button>
      )}
    </>
  );
}

const snippet = (server: string): string => `<input id="search" type="search">
<ol id="results"></ol>
<script type="module">
// client/built/client.js of the package "liveshelf"
import { createClient } from "/liveshelf/client.js";

const shelf = createClient({
  // forwarded by your own server to
  // ${server}
  server: "/shelf",
  consent: true, // as the shopper chose
});
const results = document.getElementById("results");
const search = document.getElementById("search");
search.onchange = async () => {
  const query = search.value;
  const list = await shelf.search({ query });
  const lines = list.items.map(({ item, fields }) => {
    const line = document.createElement("li");
    line.textContent = fields.title;
    const { slate } = list;
    const action = "click";
    line.onclick = () =>
      shelf.record({ action, item, slate });
    return line;
  });
  results.replaceChildren(...lines);
};
</script>`;
