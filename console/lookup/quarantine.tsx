/** Who is not taught from now, why, and what of theirs waits. */
import { api } from "../app/api.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { TableFrame } from "../app/table-frame.tsx";
import { count, formatNumber, formatTime, named, t } from "../app/words.ts";
import { useAsked } from "./asked-for.ts";

export function Quarantine() {
  const { value: report, error } = useAsked("quarantine", () => api.quarantine());
  if (error) return <Problem error={error} />;
  if (!report) return null;
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("quarantine.title")}</h2>
        <p>{t("quarantine.hint")}</p>
      </header>
      {report.shoppers.length === 0 ? (
        <Empty title={t("quarantine.none")}>{t("quarantine.none-hint")}</Empty>
      ) : (
        <>
          <p class="note">
            {count("quarantine.suspects", report.suspects)} · {count("quarantine.held", report.held)}
          </p>
          <TableFrame label={t("quarantine.title")}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("quarantine.who")}</th>
                  <th scope="col">{t("quarantine.why")}</th>
                  <th scope="col">{t("quarantine.since")}</th>
                  <th scope="col" class="number">
                    {t("quarantine.waiting")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {report.shoppers.map(({ user, session, reason, since, held }) => (
                  <tr key={`${user} ${session}`}>
                    <th scope="row">{user ? <a href={hrefOf("lookup", { user })}>{user}</a> : session}</th>
                    <td>{named("suspicion", reason, reason.replaceAll("-", " "))}</td>
                    <td>
                      <time dateTime={since}>{formatTime(since)}</time>
                    </td>
                    <td class="number">{formatNumber(held)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
        </>
      )}
    </section>
  );
}
