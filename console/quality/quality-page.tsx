/** How well the engine orders and predicts: every list judged by what it would have said just before it learned from it. */
import "./quality.css";
import { useEffect, useState } from "preact/hooks";
import type { QualityReport } from "../../src/core/quality-report.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { usePolled } from "../app/polled.ts";
import { go, hrefWith, route } from "../app/route.ts";
import { formatNumber, formatPercent, formatTime, named, t } from "../app/words.ts";
import { Chances } from "./chances.tsx";
import { Coverage } from "./coverage.tsx";
import { Orders } from "./orders.tsx";
import { Places } from "./places.tsx";
import { askQuality, fittingStep, standardStep, steps } from "./quality-api.ts";
import { formatDifference, formatMean } from "./written.ts";

const pollMs = 5000;

export function QualityPage() {
  const { step: wanted, surface } = route.value.query;
  const [standard, setStandard] = useState(standardStep);
  const chosen = steps.find((one) => one === wanted);
  const step = chosen ?? standard;
  const { value: report, error } = usePolled(`${step} ${surface ?? ""}`, pollMs, (ended) =>
    askQuality(step, surface, ended),
  );
  const fitting = chosen === undefined && report !== undefined ? fittingStep(report) : standard;
  useEffect(() => setStandard(fitting), [fitting]);
  return (
    <div class="quality">
      <header class="section-head">
        <h1>{t("quality.title")}</h1>
        <p>{t("quality.hint")}</p>
      </header>
      <Controls step={step} surface={surface} report={report} />
      {error ? <Problem error={error} /> : null}
      {report && fitting === standard && <Shown report={report} />}
    </div>
  );
}

interface ControlsProps {
  readonly step: QualityReport["step"];
  readonly surface: string | undefined;
  readonly report: QualityReport | undefined;
}

function Controls({ step, surface, report }: ControlsProps) {
  // The one that is asked for stands there, even where it has nothing (yet).
  const told = (report?.surfaces ?? []).flatMap((one) => one.surface ?? []);
  const surfaces = surface === undefined || told.includes(surface) ? told : [...told, surface];
  const set = (changes: Readonly<Record<string, string | undefined>>): void => go(hrefWith(changes), { replace: true });
  return (
    <div class="quality-controls">
      <fieldset class="switch">
        <legend class="visually-hidden">{t("quality.step")}</legend>
        {steps.map((one) => (
          <label key={one}>
            <input type="radio" name="step" checked={step === one} onChange={() => set({ step: one })} />
            <span>{t(`quality.step-${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <label class="quality-surface">
        <span>{t("quality.surface")}</span>
        <select
          value={surface ?? ""}
          onChange={({ currentTarget }) => set({ surface: currentTarget.value || undefined })}
        >
          <option value="">{t("quality.all-surfaces")}</option>
          {surfaces.map((one) => (
            <option key={one} value={one}>
              {named("surface", one)}
            </option>
          ))}
        </select>
      </label>
      {report?.clock && <p class="note">{t("quality.until", { at: formatTime(report.clock) })}</p>}
    </div>
  );
}

function Shown({ report }: { readonly report: QualityReport }) {
  const { total, points, places, coverage } = report;
  if (points.length === 0) {
    const isNew = report.clock === null || places.every(({ shown }) => shown === 0);
    return (
      <div class="block">
        <Empty title={t(isNew ? "quality.empty" : "quality.empty-span")}>
          {t(isNew ? "quality.empty-hint" : "quality.empty-span-hint")}
        </Empty>
      </div>
    );
  }
  return (
    <>
      <Figures report={report} />
      {total.lists > 0 ? (
        <Orders report={report} />
      ) : (
        <div class="block">
          <Empty title={t("quality.no-choice")}>{t("quality.empty-hint")}</Empty>
        </div>
      )}
      {total.rows > 0 && <Chances report={report} />}
      <div class="quality-pair">
        <Places places={places} />
        {coverage.items > 0 && <Coverage report={report} />}
      </div>
    </>
  );
}

function Figures({ report: { total, coverage } }: { readonly report: QualityReport }) {
  const mrr = total.orders.find(({ name }) => name === "engine")?.mrr ?? null;
  const lead = total.orders.find(({ name }) => name === "popular")?.difference?.mean ?? null;
  const { logLoss, rateLogLoss, calibration } = total;
  const told = (value: number | null, format: (value: number) => string): string =>
    value === null ? "–" : format(value);
  const gain = logLoss === null || !rateLogLoss ? null : 1 - logLoss / rateLogLoss;
  const figures: readonly (readonly [name: string, value: string])[] = [
    [t("quality.lists"), formatNumber(total.lists)],
    [t("quality.mrr"), told(mrr, formatMean)],
    [t("quality.lead"), told(lead, formatDifference)],
    [t("quality.gain"), told(gain, formatPercent)],
    [t("quality.promised"), told(calibration, formatMean)],
    [t("quality.covered"), coverage.items > 0 ? formatPercent(coverage.day / coverage.items) : "–"],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
