/** How much turned to an item of late, by how far back one looks: more at the short half-lives than at the long ones is rising. */
import type { Lately } from "../../src/core/lately.ts";
import { TableFrame } from "../app/table-frame.tsx";
import { formatCompact, formatNumber, formatPercent, named, t } from "../app/words.ts";

const dayMs = 86_400_000;

/** A sum that is halved every half-life, as a mean for each day. */
const perDay = (sum: number, halfLifeMs: number): number => (sum * Math.LN2 * dayMs) / halfLifeMs;

export function LatelyView({ lately }: { readonly lately: readonly Lately[] }) {
  const paces = lately.flatMap(({ halfLife, halfLifeMs, choices }) =>
    choices === undefined ? [] : [{ halfLife, pace: perDay(choices, halfLifeMs) }],
  );
  const most = Math.max(Number.MIN_VALUE, ...paces.map(({ pace }) => pace));
  const told = lately.filter(({ shown }) => shown !== undefined);
  return (
    <section class="block lately">
      <header class="section-head">
        <h3>{t("lately.title")}</h3>
        <p>{t("lately.hint")}</p>
      </header>
      <ol class="lately-bars">
        {paces.toReversed().map(({ halfLife, pace }) => (
          <li key={halfLife}>
            <strong>{formatCompact(pace)}</strong>
            <span class="lately-bar" style={{ height: `${(pace / most) * 100}px` }} aria-hidden="true" />
            <span>{named("half-life", halfLife)}</span>
          </li>
        ))}
      </ol>
      {told.length > 0 && (
        <TableFrame label={t("lately.title")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("lately.half-life")}</th>
                {(["shown", "clicks", "views", "rate", "attraction"] as const).map((name) => (
                  <th key={name} scope="col" class="number">
                    {t(`lately.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {told.map(({ halfLife, shown, clicks, views, rate, attraction }) => (
                <tr key={halfLife}>
                  <th scope="row">{named("half-life", halfLife)}</th>
                  <td class="number">{sum(shown)}</td>
                  <td class="number">{sum(clicks)}</td>
                  <td class="number">{sum(views)}</td>
                  <td class="number">{rate === undefined ? "–" : formatPercent(rate)}</td>
                  <td class="number">{attraction === undefined ? "–" : `× ${formatNumber(attraction)}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      <p class="note">{t("lately.note")}</p>
    </section>
  );
}

const sum = (value: number | undefined): string => (value === undefined ? "–" : formatCompact(value));
