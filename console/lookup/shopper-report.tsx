/** What the engine holds of a shopper, and how they can have it, or be forgotten. */
import { useRef, useState } from "preact/hooks";
import type { ErasureReceipt } from "../../src/core/public.ts";
import { ApiError, api } from "../app/api.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { count, formatNumber, formatTime, named, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "../shop/acts.ts";
import { Avatar } from "../shop/avatar.tsx";
import { fieldsOf } from "../shop/known-items.ts";
import { become } from "../shop/shopper.ts";
import { Affinities } from "../shop/shopper-panel.tsx";
import { useAsked } from "./asked-for.ts";
import { FieldList } from "./field-list.tsx";
import { Timeline } from "./timeline.tsx";

export function ShopperReport({ user }: { readonly user: string }) {
  const { value: known, error } = useAsked(user, async () => {
    const report = await api.user(user);
    return { report, fields: await fieldsOf(report.recent.map(({ item }) => item)) };
  });
  const [erased, setErased] = useState<ErasureReceipt | undefined>(undefined);
  if (erased) {
    return (
      <Empty title={t("erase.done", { user })}>
        <p>{t(erased.log === "done" ? "erase.log-done" : "erase.log-coming")}</p>
      </Empty>
    );
  }
  if (error) {
    const isUnknown = error instanceof ApiError && error.status === 404;
    return isUnknown ? (
      <Empty title={t("lookup.user-unknown", { user })}>{t("lookup.user-unknown-hint")}</Empty>
    ) : (
      <Problem error={error} />
    );
  }
  if (!known) return null;
  const { report, fields } = known;
  return (
    <article class="report">
      <header class="you">
        <Avatar who={user} />
        <div>
          <h2>{user}</h2>
          <p>{count("lookup.sessions", report.sessions)}</p>
        </div>
        <div class="report-acts">
          <a class="button" href={hrefOf("shop")} onClick={() => become(user)}>
            {t("lookup.be")}
          </a>
          <Erase user={user} onErased={setErased} />
        </div>
      </header>
      <div class="report-parts">
        <section class="block">
          <h3>{t("you.likes")}</h3>
          {report.affinities.length > 0 ? (
            <Affinities affinities={report.affinities} shown={20} />
          ) : (
            <p class="note">{t("lookup.nothing")}</p>
          )}
          {Object.keys(report.fields).length > 0 && (
            <>
              <h3>{t("lookup.fields")}</h3>
              <FieldList fields={report.fields} />
            </>
          )}
        </section>
        <section class="block">
          <h3>{t("you.recent")}</h3>
          {report.recent.length === 0 && <p class="note">{t("lookup.nothing")}</p>}
          <ul class="touches">
            {report.recent.map(({ item, lastAction, at, touches }) => (
              <li key={item}>
                <Picture item={item} fields={fields.get(item)} />
                <a href={hrefOf("lookup", { item })}>{titleOf(item, fields.get(item))}</a>
                <span class="touch-action">{named("action", lastAction)}</span>
                <span class="touch-count">{touches > 1 ? `× ${formatNumber(touches)}` : ""}</span>
                <time dateTime={at}>{formatTime(at)}</time>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <Timeline user={user} />
    </article>
  );
}

/** Asked twice: what is erased does not come back. */
function Erase({ user, onErased }: { readonly user: string; onErased(receipt: ErasureReceipt): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<unknown>(undefined);
  const erase = async (): Promise<void> => {
    try {
      onErased(await api.erase(user));
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <>
      <button class="button danger" type="button" onClick={() => dialog.current?.showModal()}>
        {t("erase.ask")}
      </button>
      <dialog ref={dialog} aria-labelledby="erase-title">
        <h2 id="erase-title">{t("erase.title", { user })}</h2>
        <p>{t("erase.text")}</p>
        {error ? <Problem error={error} /> : null}
        <div class="dialog-acts">
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            {t("erase.keep")}
          </button>
          <button class="button danger" type="button" onClick={() => void erase()}>
            {t("erase.really")}
          </button>
        </div>
      </dialog>
    </>
  );
}
