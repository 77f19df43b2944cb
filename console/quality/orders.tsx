/** Where what is chosen stood: in the engine's order, as it was shown, and in the orders that cost nothing. */
import type { QualityOrderTotal, QualityReport } from "../../src/core/quality-report.ts";
import { TableFrame } from "../app/table-frame.tsx";
import { formatNumber, formatTime, named, t } from "../app/words.ts";
import { type MergedPoint, merged } from "./merged.ts";
import { Numbers } from "./numbers.tsx";
import { OverTime } from "./over-time.tsx";
import { formatDifference, formatInterval, formatMean, formatOrNot } from "./written.ts";

/** Colour and dash of each, whatever others there are. */
const looks: Readonly<Record<string, { readonly series: number; readonly dash?: string }>> = {
  engine: { series: 1 },
  shown: { series: 8, dash: "6 3" },
  popular: { series: 2, dash: "2 2" },
  "last-touched-first": { series: 3 },
};

const orderName = (name: string): string => named("order", name);
const interval = ({ low, high }: MergedPoint): [number, number] => [low ?? Number.NaN, high ?? Number.NaN];

export function Orders({ report }: { readonly report: QualityReport }) {
  const { orders, total, step } = report;
  const { points, spanMs, steps } = merged(report);
  const hasBand = points.some(({ low }) => low !== null);
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("quality.orders")}</h2>
        <p>{t("quality.orders-hint")}</p>
      </header>
      <div class="panel-parts">
        <OverTime
          title={steps > 1 ? t(`quality.mrr-by-${step}`, { n: steps }) : t("quality.mrr-time")}
          times={points.map(({ atMs }) => atMs)}
          stepMs={spanMs}
          weights={points.map(({ lists }) => lists)}
          format={formatMean}
          height={240}
          courses={orders.map((name, i) => ({
            name: orderName(name),
            total: total.orders.find((one) => one.name === name)?.mrr,
            values: points.map(({ mrr }) => mrr[i] ?? Number.NaN),
            ...(looks[name] ?? { series: 5 + i }),
            ...(name === "engine" && { isMain: true, ...(hasBand && { band: points.map(interval) }) }),
          }))}
        />
        <div>
          <TableFrame label={t("quality.orders")}>
            <table class="orders-table">
              <thead>
                <tr>
                  <th scope="col">{t("quality.order")}</th>
                  <th scope="col" class="number">
                    MRR
                  </th>
                  <th scope="col" class="number">
                    {t("quality.interval")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {total.orders.map((one) => (
                  <tr key={one.name} class={one.name === "engine" ? "whole" : ""}>
                    <th scope="row">
                      {orderName(one.name)}
                      <Against order={one} />
                    </th>
                    <td class="number">{written(one.mrr)}</td>
                    <td class="number">{formatInterval(one.low, one.high, formatMean)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
          <p class="note">{t("quality.shown-note")}</p>
          <Numbers
            of={t("quality.mrr-time")}
            head={[t("quality.from"), t("quality.lists"), ...orders.map(orderName), t("quality.interval")]}
            rows={() =>
              points
                .filter(({ lists }) => lists > 0)
                .toReversed()
                .map(({ at, lists, mrr, low, high }) => [
                  formatTime(at),
                  formatNumber(lists),
                  ...mrr.map(written),
                  formatInterval(low, high, formatMean),
                ])
            }
          />
        </div>
      </div>
    </section>
  );
}

const written = (value: number | null): string => formatOrNot(value, formatMean);

/** How the engine does against it, list by list, in words; what may be chance is said to be. */
function Against({ order: { difference } }: { readonly order: QualityOrderTotal }) {
  if (!difference) return null;
  const { mean, low, high } = difference;
  if (low === null || high === null)
    return <span class="compared">{t("quality.too-few", { by: formatDifference(mean) })}</span>;
  const verdict = low > 0 ? "better" : high < 0 ? "worse" : "same";
  const values = { by: formatMean(Math.abs(mean)), low: formatMean(Math.abs(low)), high: formatMean(Math.abs(high)) };
  return (
    <span class={`compared ${verdict}`}>
      {verdict === "better" && t("quality.better", values)}
      {verdict === "worse" && t("quality.worse", { ...values, low: values.high, high: values.low })}
      {verdict === "same" &&
        t("quality.same", { by: formatDifference(mean), low: formatDifference(low), high: formatDifference(high) })}
    </span>
  );
}
