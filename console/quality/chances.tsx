/** Whether the chances that the engine gives are what happens. */
import type { QualityReport } from "../../src/core/quality-report.ts";
import { formatNumber, formatPercent, formatTime, t } from "../app/words.ts";
import { merged } from "./merged.ts";
import { Numbers } from "./numbers.tsx";
import { OverTime } from "./over-time.tsx";
import { Plot } from "./plot.tsx";
import { logarithmic } from "./scales.ts";
import { formatInterval, formatMean, formatOrNot } from "./written.ts";

type Bin = QualityReport["calibration"][number];

export function Chances({ report }: { readonly report: QualityReport }) {
  const { total, calibration: bins } = report;
  const { points, spanMs } = merged(report);
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("quality.chances")}</h2>
        <p>{t("quality.chances-hint")}</p>
      </header>
      <div class="quality-halves">
        <div>
          <OverTime
            title={t("quality.log-loss-time")}
            times={points.map(({ atMs }) => atMs)}
            stepMs={spanMs}
            weights={points.map(({ rows }) => rows)}
            format={formatMean}
            courses={[
              {
                name: t("order.engine"),
                series: 1,
                isMain: true,
                total: total.logLoss,
                values: points.map(({ logLoss }) => logLoss ?? Number.NaN),
              },
              {
                name: t("quality.rate-alone"),
                series: 8,
                dash: "6 3",
                total: total.rateLogLoss,
                values: points.map(({ rateLogLoss }) => rateLogLoss ?? Number.NaN),
              },
            ]}
          />
          <p class="note">{t("quality.log-loss-note")}</p>
          <Numbers
            of={t("quality.log-loss-time")}
            head={[t("quality.from"), t("quality.judged"), t("order.engine"), t("quality.rate-alone")]}
            rows={() =>
              points
                .filter(({ rows }) => rows > 0)
                .toReversed()
                .map(({ at, rows, logLoss, rateLogLoss }) => [
                  formatTime(at),
                  formatNumber(rows),
                  formatOrNot(logLoss, formatMean),
                  formatOrNot(rateLogLoss, formatMean),
                ])
            }
          />
        </div>
        <figure class="chart">
          <figcaption>
            <p class="chart-title">{t("quality.calibration")}</p>
            <p class="chart-axes">{t("quality.calibration-axes")}</p>
          </figcaption>
          <Calibration bins={bins.filter(({ rows }) => rows >= rowsLeast)} />
          <p class="note">{t("quality.calibration-note")}</p>
          <Bins bins={bins} />
        </figure>
      </div>
    </section>
  );
}

/** A bin of fewer has an interval from nothing to everything: it stands among the numbers only. */
const rowsLeast = 20;

/** Both axes by powers of ten: chances are small, and a thousandth of them matters. */
function Calibration({ bins }: { readonly bins: readonly Bin[] }) {
  if (bins.length === 0) return null;
  const all = bins.flatMap(({ predicted, observed }) => [predicted, observed]).filter((value) => value > 0);
  const [low, high] = [Math.min(...all) / 1.6, Math.min(1, Math.max(...all) * 1.6)];
  const most = Math.max(...bins.map(({ rows }) => rows));
  const scale = logarithmic(low, high, formatPercent);
  return (
    <Plot x={() => scale} y={scale} height={212}>
      {({ x, y, width, height }) => (
        <>
          <path class="plot-diagonal" d={`M0 ${height}L${width} 0`} />
          {bins.map(({ from, predicted, observed, low, high, rows }) => (
            <g key={from} class={low > predicted || high < predicted ? "bin off" : "bin"}>
              <path class="plot-whisker" d={`M${x(predicted)} ${y(low)}V${y(high)}`} />
              <circle cx={x(predicted)} cy={y(observed)} r={2.5 + 4 * Math.sqrt(rows / most)} />
            </g>
          ))}
        </>
      )}
    </Plot>
  );
}

const Bins = ({ bins }: { readonly bins: readonly Bin[] }) => (
  <Numbers
    of={t("quality.calibration")}
    head={[t("quality.predicted"), t("quality.observed"), t("quality.interval"), t("quality.rows")]}
    rows={() =>
      bins.map(({ predicted, observed, low, high, rows }) => [
        formatPercent(predicted),
        formatPercent(observed),
        formatInterval(low, high, formatPercent),
        formatNumber(Math.round(rows)),
      ])
    }
  />
);
