/** The panel: which learners there are, how well each predicts what comes, and how much it is heard for that. */
import type { LearnerReport } from "../../src/core/model-report.ts";
import { Bar } from "../app/parts.tsx";
import { TableFrame } from "../app/table-frame.tsx";
import { formatNumber, formatPercent, named, t } from "../app/words.ts";
import { Chart } from "./chart.tsx";
import type { Reading } from "./readings.ts";

const seriesMax = 8;

export function Learners({
  all,
  readings,
}: {
  readonly all: readonly LearnerReport[];
  readonly readings: readonly Reading[];
}) {
  const groups = (["lists", "choices"] as const)
    .map((of) => ({ of, learners: all.filter((one) => one.of === of) }))
    .filter(({ learners }) => learners.length > 0);
  return (
    <>
      {groups.map(({ of, learners }) => (
        <section key={of} class="block">
          <header class="section-head">
            <h2>{t(`panel.${of}`)}</h2>
            <p>{t(`panel.${of}-hint`)}</p>
          </header>
          <div class="panel-parts">
            <LearnerTable of={of} learners={learners} />
            <Weights of={of} learners={learners} readings={readings} />
          </div>
        </section>
      ))}
    </>
  );
}

/** Its own name is that of the whole; the others are heard by weight. */
const isWhole = ({ name, family }: LearnerReport): boolean =>
  name === family && (name === "panel" || name === "choices");

const members = (learners: readonly LearnerReport[]): LearnerReport[] =>
  learners.filter((one) => !isWhole(one)).sort((a, b) => b.weight - a.weight);

function LearnerTable({
  of,
  learners,
}: {
  readonly of: LearnerReport["of"];
  readonly learners: readonly LearnerReport[];
}) {
  const sorted = [...learners.filter(isWhole), ...members(learners)];
  const best = Math.min(...sorted.map(({ logLoss }) => logLoss ?? Number.POSITIVE_INFINITY));
  const number = (value: number | null, digits: number): string => (value === null ? "–" : value.toFixed(digits));
  return (
    <TableFrame label={t(`panel.${of}`)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("panel.learner")}</th>
            <th scope="col" class="wide">
              {t("panel.weight")}
            </th>
            <th scope="col" class="number">
              {t("panel.log-loss")}
            </th>
            <th scope="col" class="number">
              {t("panel.calibration")}
            </th>
            <th scope="col" class="number">
              {t("panel.lessons")}
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((one) => (
            <tr key={one.name} class={isWhole(one) ? "whole" : one.state === "on" ? "" : "resting"}>
              <th scope="row">
                {isWhole(one) ? t("panel.whole") : one.name}
                {one.state !== "on" && (
                  <span class="state" title={one.reason}>
                    {named("learner-state", one.state)}
                  </span>
                )}
              </th>
              <td class="wide">
                {!isWhole(one) && (
                  <span class="weight">
                    <Bar share={one.weight} />
                    <span>{one.weight < 0.001 ? `< ${formatPercent(0.001)}` : formatPercent(one.weight)}</span>
                  </span>
                )}
              </td>
              <td class={`number${one.logLoss === best ? " best" : ""}`}>{number(one.logLoss, 4)}</td>
              <td class="number">{number(one.calibration, 3)}</td>
              <td class="number">{formatNumber(one.lessons)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function Weights({
  of,
  learners,
  readings,
}: {
  of: string;
  learners: readonly LearnerReport[];
  readings: readonly Reading[];
}) {
  // In the server's own order, so that a learner keeps its colour when weights move; those with the most weight, if there are too many.
  const heard = new Set(
    members(learners)
      .slice(0, seriesMax)
      .map(({ name }) => name),
  );
  const shown = learners.filter(({ name }) => heard.has(name));
  if (shown.length < 2) return null;
  return (
    <Chart
      title={t("panel.weights")}
      times={readings.map(({ at }) => at)}
      height={220}
      format={formatPercent}
      lines={shown.map(({ name }, i) => ({
        name,
        series: i + 1,
        values: readings.map(({ weights }) => weights[`${of} ${name}`] ?? Number.NaN),
      }))}
    />
  );
}
