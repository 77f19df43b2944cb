/** How well the engine orders and predicts: every list judged by what it would have said just before it learned from it. */
import "./quality.css";
import { useEffect, useRef, useState } from "preact/hooks";
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
import { formatDifference, formatMean, formatOrNot } from "./written.ts";

const pollMs = 5000;

/** The step that suits a surface, and where its points by the hour began. */
interface Fit {
  readonly surface: string | undefined;
  readonly step: QualityReport["step"];
  readonly began: string | undefined;
}

export function QualityPage() {
  const { step: wanted, surface } = route.value.query;
  const [fit, setFit] = useState<Fit>({ surface, step: standardStep, began: undefined });
  // Of another surface it says nothing.
  const { step: standard, began } = fit.surface === surface ? fit : { step: standardStep };
  const chosen = steps.find((one) => one === wanted);
  const step = chosen ?? standard;
  const { value: report, error } = usePolled(`${step} ${surface ?? ""}`, pollMs, (ended) =>
    askQuality(step, surface, ended),
  );
  const fitting = chosen === undefined && report !== undefined ? fittingStep(report, began) : standard;
  useEffect(() => {
    if (fitting !== standard) setFit({ surface, step: fitting, began: began ?? report?.points[0]?.at });
  }, [fitting, standard]);
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
  // The one that is asked for stands there, even where it has nothing (yet); the others, while it is asked for.
  const latest = useRef(report?.surfaces);
  latest.current = report?.surfaces ?? latest.current;
  const told = (latest.current ?? []).flatMap((one) => one.surface ?? []);
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
  const gain = logLoss === null || !rateLogLoss ? null : 1 - logLoss / rateLogLoss;
  const figures: readonly (readonly [name: string, value: string])[] = [
    [t("quality.lists"), formatNumber(total.lists)],
    [t("quality.mrr"), formatOrNot(mrr, formatMean)],
    [t("quality.lead"), formatOrNot(lead, formatDifference)],
    [t("quality.gain"), formatOrNot(gain, formatPercent)],
    [t("quality.promised"), formatOrNot(calibration, formatMean)],
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
