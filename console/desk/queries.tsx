/** What shoppers asked in vain, the most frequent first; a click traces it. */
import type { QueriesReport } from "../../src/core/search-desk.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { hrefWith } from "../app/route.ts";
import { TableFrame } from "../app/table-frame.tsx";
import { count, formatNumber, formatTime, t } from "../app/words.ts";
import { desk, useKept } from "./desk-api.ts";

export function Queries() {
  const { value: report, error } = useKept<QueriesReport>("queries", desk.queries);
  if (error) return <Problem error={error} />;
  if (!report) return null;
  const { queries, withheld } = report;
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("desk.poor")}</h2>
        <p>{t("desk.poor-hint")}</p>
      </header>
      {queries.length === 0 ? (
        <Empty title={t("desk.poor-none")}>{withheld > 0 ? count("desk.withheld", withheld) : undefined}</Empty>
      ) : (
        <>
          <TableFrame label={t("desk.poor")}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("desk.query")}</th>
                  <th scope="col">{t("desk.result")}</th>
                  <th scope="col" class="number">
                    {t("desk.times")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {queries.map(({ query, poor, last, at }) => (
                  <tr key={query} title={t("desk.last", { at: formatTime(at) })}>
                    <th scope="row">
                      <a href={hrefWith({ q: query })}>{query}</a>
                    </th>
                    <td>{t(`desk.result.${last}`)}</td>
                    <td class="number">{formatNumber(poor)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
          {withheld > 0 && <p class="note">{count("desk.withheld", withheld)}</p>}
        </>
      )}
    </section>
  );
}
