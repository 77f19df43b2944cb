/** How much of the catalogue anybody gets to see. */
import type { QualityReport } from "../../src/core/quality-report.ts";
import { Bar } from "../app/parts.tsx";
import { formatNumber, formatPercent, formatTime, t } from "../app/words.ts";
import { Numbers } from "./numbers.tsx";
import { OverTime } from "./over-time.tsx";
import { stepMs } from "./quality-api.ts";

const spans = ["hour", "day", "week"] as const;

export function Coverage({ report: { coverage, points, step } }: { readonly report: QualityReport }) {
  const share = (items: number): number => (coverage.items > 0 ? items / coverage.items : 0);
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("quality.coverage")}</h2>
        <p>{t("quality.coverage-hint")}</p>
      </header>
      <ul class="coverage-spans">
        {spans.map((span) => (
          <li key={span}>
            <span>{t(`quality.last-${span}`)}</span>
            <Bar share={share(coverage[span])} />
            <strong>{formatPercent(share(coverage[span]))}</strong>
            <span class="coverage-of">
              {t("quality.coverage-of", { items: formatNumber(coverage[span]), all: formatNumber(coverage.items) })}
            </span>
          </li>
        ))}
      </ul>
      {points.length > 0 && (
        <OverTime
          title={t(`quality.coverage-${step}`)}
          times={points.map(({ at }) => Date.parse(at))}
          stepMs={stepMs[step]}
          weights={points.map(({ items }) => items)}
          format={formatPercent}
          from={0}
          height={230}
          courses={[
            { name: t("quality.coverage"), series: 3, isMain: true, values: points.map(({ items }) => share(items)) },
          ]}
        />
      )}
      <p class="note">{t("quality.coverage-note")}</p>
      {points.length > 0 && (
        <Numbers
          of={t(`quality.coverage-${step}`)}
          head={[t("quality.from"), t("quality.items"), t("quality.coverage")]}
          rows={() =>
            points
              .toReversed()
              .map(({ at, items }) => [formatTime(at), formatNumber(items), formatPercent(share(items))])
          }
        />
      )}
    </section>
  );
}
