/** What the engine holds of an item. */
import { ApiError, api } from "../app/api.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { formatNumber, named, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "../shop/acts.ts";
import { useAsked } from "./asked-for.ts";
import { FieldList } from "./field-list.tsx";
import { LatelyView } from "./lately.tsx";

export function ItemReportView({ item }: { readonly item: string }) {
  const { value: report, error } = useAsked(item, () => api.item(item));
  if (error) {
    const isUnknown = error instanceof ApiError && error.status === 404;
    return isUnknown ? <Empty title={t("lookup.item-unknown", { item })} /> : <Problem error={error} />;
  }
  if (!report) return null;
  return (
    <article class="report">
      <header class="you">
        <div class="report-picture">
          <Picture item={item} fields={report.fields} />
        </div>
        <div>
          <h2>{titleOf(item, report.fields)}</h2>
          <p>
            {item}
            {report.removed && <span class="state">{t("lookup.removed")}</span>}
          </p>
        </div>
        <div class="report-acts">
          <a class="button" href={hrefOf("shop", { item })}>
            {t("lookup.in-shop")}
          </a>
        </div>
      </header>
      <div class="report-parts">
        <section class="block">
          <h3>{t("lookup.fields")}</h3>
          <FieldList fields={report.fields} />
        </section>
        <section class="block">
          <h3>{t("lookup.statistics")}</h3>
          <p class="note">{t("lookup.statistics-hint")}</p>
          <dl class="facts">
            {Object.entries(report.statistics).map(([name, value]) => (
              <div key={name}>
                <dt>{named("statistic", name)}</dt>
                <dd>{formatNumber(value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <LatelyView lately={report.lately} />
    </article>
  );
}
