/** What a shopper was shown of late and what they did, newest first: told again while one looks. */
import { useRef, useState } from "preact/hooks";
import type { Fields } from "../../src/core/event.ts";
import type { UserReport, UserSlate } from "../../src/core/user-report.ts";
import { api } from "../app/api.ts";
import { Problem } from "../app/parts.tsx";
import { usePolled } from "../app/polled.ts";
import { hrefOf } from "../app/route.ts";
import { count, formatTime, named, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "../shop/acts.ts";
import { fieldsOf } from "../shop/known-items.ts";
import { type Entry, entriesOf, shownOf } from "./entries.ts";

const pollMs = 5000;
const slatesAtFirst = 10;
const slatesMax = 100;

export function Timeline({ user }: { readonly user: string }) {
  const [size, setSize] = useState(slatesAtFirst);
  const { value, error } = usePolled(`${user} ${size}`, pollMs, async (ended) => {
    const [{ slates }, { recent }] = await Promise.all([api.userSlates(user, size), api.user(user)]);
    const items = [...recent.map(({ item }) => item), ...slates.flatMap((one) => shownOf(one).map(({ item }) => item))];
    return { slates, recent, fields: Object.fromEntries(await fieldsOf([...new Set(items)], ended)) };
  });
  // It stays while it cannot be told anew, and while more of it is asked for.
  const latest = useRef(value);
  latest.current = value ?? latest.current;
  const known = latest.current;
  if (!known) return error ? <Problem error={error} /> : null;
  const entries = entriesOf(known.slates, known.recent);
  return (
    <section class="block">
      <header class="section-head">
        <h3>{t("timeline.title")}</h3>
        <p>{t("timeline.hint")}</p>
      </header>
      {error ? <Problem error={error} /> : null}
      {entries.length === 0 && <p class="note">{t("lookup.nothing")}</p>}
      <ol class="timeline">
        {entries.map((entry) => (
          <li key={entry.slate?.slate ?? entry.touch?.item} class={entry.slate ? "timeline-slate" : ""}>
            <time dateTime={entry.at}>{formatTime(entry.at)}</time>
            {entry.slate ? <Slate slate={entry.slate} fields={known.fields} /> : <Touch {...entry} {...known} />}
          </li>
        ))}
      </ol>
      {known.slates.length >= size && size < slatesMax && (
        <button class="button" type="button" onClick={() => setSize(Math.min(slatesMax, 3 * size))}>
          {t("timeline.earlier")}
        </button>
      )}
    </section>
  );
}

type Known = Readonly<Record<string, Fields>>;

function Slate({ slate, fields }: { readonly slate: UserSlate; readonly fields: Known }) {
  const { surface, query, orderedBy, items, closed } = slate;
  const shown = shownOf(slate);
  const where = [
    query !== null && `“${query}”`,
    surface !== null && named("surface", surface),
    t(orderedBy === "engine" ? "timeline.by-engine" : "timeline.by-caller"),
    !closed && t("timeline.open"),
  ].filter(Boolean);
  return (
    <div>
      <p class="timeline-what">
        <strong>{count("live.shown", items.length)}</strong> {where.join(" · ")}
      </p>
      <ol class="slate-items">
        {shown.map(({ item, position, seen, outcomes }) => {
          const title = titleOf(item, fields[item]);
          const did = outcomes.map((outcome) => named("action", outcome));
          const told = [`${position + 1}. ${title}`, ...(did.length > 0 ? did : seen ? [t("timeline.seen")] : [])];
          return (
            <li key={item} class={did.length > 0 ? "picked" : seen ? "seen" : ""}>
              <a href={hrefOf("lookup", { item })} title={told.join(", ")}>
                <Picture item={item} fields={fields[item]} />
                <span class="slate-place">{position + 1}</span>
                <span class="visually-hidden">{title}</span>
                {did.length > 0 && <span class={`slate-mark ${outcomes.at(-1)}`}>{did.at(-1)}</span>}
                {did.length === 0 && seen && <span class="visually-hidden">{t("timeline.seen")}</span>}
              </a>
            </li>
          );
        })}
        {items.length > shown.length && (
          <li class="slate-more">{t("timeline.more", { n: items.length - shown.length })}</li>
        )}
      </ol>
    </div>
  );
}

interface TouchProps extends Entry {
  readonly fields: Known;
}

function Touch({ touch, fields }: TouchProps) {
  const { item, lastAction } = touch as UserReport["recent"][number];
  return (
    <p class="timeline-touch">
      <Picture item={item} fields={fields[item]} />
      <span>{named("action", lastAction)}</span>
      <a href={hrefOf("lookup", { item })}>{titleOf(item, fields[item])}</a>
    </p>
  );
}
