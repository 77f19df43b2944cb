/** What the engine has learned of who one is just now, and what the last act changed. */
import { useEffect, useState } from "preact/hooks";
import type { Fields } from "../../src/core/event.ts";
import type { UserReport } from "../../src/core/user-report.ts";
import { ApiError, api, shownTo, untilAnswered } from "../app/api.ts";
import { Bar } from "../app/parts.tsx";
import { opened } from "../app/scopes.ts";
import { formatPercent, named, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { lastAct, titleOf } from "./acts.ts";
import { askedHref } from "./asked.ts";
import { Avatar, shopperName } from "./avatar.tsx";
import { fieldsOf } from "./known-items.ts";
import { acted, type Someone, someone } from "./shopper.ts";

const recentShown = 6;
const affinitiesShown = 7;

interface Known {
  readonly report: UserReport;
  readonly fields: ReadonlyMap<string, Fields>;
}

export function ShopperPanel() {
  const who = someone.value;
  const known = useKnown(who);
  const isClosed = opened.value?.admin === false;
  const act = lastAct.value?.who === who ? lastAct.value : null;
  return (
    <section class="panel shopper-panel" aria-label={t("you.title")}>
      <header class="you">
        <Avatar who={who} />
        <div>
          <h2>{shopperName(who)}</h2>
          <p>{who === null ? t("you.nobody") : known ? t("you.known") : t(isClosed ? "you.closed" : "you.unknown")}</p>
        </div>
      </header>
      {act && (
        <p class="just-now">
          <span class="live-dot" aria-hidden="true" />
          {t(`did.${act.action}`, { title: act.title })}
        </p>
      )}
      {known ? (
        <Learned {...known} />
      ) : (
        <p class="you-hint">
          {t(who === null ? "you.nobody-hint" : isClosed ? "you.closed-hint" : "you.unknown-hint")}
        </p>
      )}
    </section>
  );
}

function Learned({ report: { recent, affinities }, fields }: Known) {
  return (
    <>
      {recent.length > 0 && (
        <>
          <h3>{t("you.recent")}</h3>
          <ul class="recent">
            {recent.slice(0, recentShown).map(({ item, lastAction }) => {
              const title = titleOf(item, fields.get(item));
              return (
                <li key={item}>
                  <a href={askedHref({ item })} title={`${title} · ${named("action", lastAction)}`}>
                    <Picture item={item} fields={fields.get(item)} />
                    <span class="visually-hidden">
                      {title}, {named("action", lastAction)}
                    </span>
                  </a>
                </li>
              );
            })}
          </ul>
        </>
      )}
      {affinities.length > 0 && (
        <>
          <h3>{t("you.likes")}</h3>
          <Affinities affinities={affinities} shown={affinitiesShown} />
        </>
      )}
    </>
  );
}

/** Shares of what was turned to; bars against the largest. */
export function Affinities({
  affinities,
  shown,
}: {
  readonly affinities: UserReport["affinities"];
  readonly shown: number;
}) {
  const most = Math.max(...affinities.map(({ share }) => share), 0.01);
  return (
    <ul class="affinities">
      {affinities.slice(0, shown).map(({ field, value, share }) => (
        <li key={`${field} ${value}`}>
          <span class="affinity-name">
            <span>{value.replaceAll(" > ", " › ")}</span>
            <span class="affinity-field">{named("field", field)}</span>
          </span>
          <Bar share={share / most} />
          <span class="affinity-share">{formatPercent(share)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the engine holds of a shopper, with the fields of the items it names; undefined while, or where, nothing is. */
function useKnown(who: Someone): Known | undefined {
  const [known, setKnown] = useState<{ readonly who: Someone; readonly known: Known | undefined }>({
    who: null,
    known: undefined,
  });
  const version = acted.value;
  const isShown = who !== null && shownTo.value.has(who);
  // An act changes what is known. Of who was shown nothing yet the server need not know.
  useEffect(() => {
    if (who === null || !isShown || opened.value?.admin === false) return setKnown({ who, known: undefined });
    const given = new AbortController();
    const ask = async (): Promise<Known | undefined> => {
      try {
        const report = await api.user(who);
        // Lists were shown, and that is all.
        if (report.recent.length === 0 && report.affinities.length === 0) return undefined;
        const items = report.recent.slice(0, recentShown).map(({ item }) => item);
        return { report, fields: await fieldsOf(items) };
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    };
    untilAnswered(ask, given.signal).then(
      (one) => !given.signal.aborted && setKnown({ who, known: one }),
      () => {},
    );
    return () => given.abort();
  }, [who, isShown, version, opened.value?.admin]);
  return known.who === who ? known.known : undefined;
}
