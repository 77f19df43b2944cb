/** What happens this minute: traffic, latency, memory, and the panel of learners as their weights move. */
import { useEffect } from "preact/hooks";
import { Empty, Problem } from "../app/parts.tsx";
import { formatBytes, formatCompact, formatNumber, formatPercent, named, t } from "../app/words.ts";
import { Chart } from "./chart.tsx";
import { Learners } from "./learners.tsx";
import { LiveList } from "./live-list.tsx";
import { isLive, learners, levels, problem, type Reading, readings, watch } from "./readings.ts";

export const formatMs = (ms: number): string =>
  `${formatNumber(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`;

export function NowPage() {
  useEffect(watch, []);
  const all = readings.value;
  const now = all.at(-1);
  const times = all.map(({ at }) => at);
  const line = (name: string, read: (reading: Reading) => number, series: number) => ({
    name,
    series,
    values: all.map(read),
  });
  return (
    <div class="now">
      <header class="section-head">
        <h1>{t("now.title")}</h1>
        <p>{t(isLive.value ? "now.live-hint" : "now.hint")}</p>
      </header>
      {problem.value ? <Problem error={problem.value} /> : null}
      <Figures now={now} />
      <div class="charts">
        <Chart
          title={t("now.traffic")}
          times={times}
          format={formatCompact}
          lines={[
            line(t("now.requests"), ({ requestsPerSecond }) => requestsPerSecond, 1),
            line(t("now.events"), ({ eventsPerSecond }) => eventsPerSecond, 2),
          ]}
        />
        <Chart
          title={t("now.latency")}
          times={times}
          format={formatMs}
          lines={[
            line("p50", ({ answer }) => answer.p50, 1),
            line("p95", ({ answer }) => answer.p95, 4),
            line("p99", ({ answer }) => answer.p99, 2),
          ]}
        />
        {isLive.value && (
          <Chart
            title={t("now.visible")}
            times={times}
            format={formatMs}
            lines={[
              line("p50", ({ visible }) => visible.p50, 1),
              line("p95", ({ visible }) => visible.p95, 4),
              line("p99", ({ visible }) => visible.p99, 2),
            ]}
          />
        )}
        <Chart
          title={t("now.memory")}
          times={times}
          format={formatBytes}
          least={1e6}
          lines={[
            line(t("now.process"), ({ memoryBytes }) => memoryBytes, 1),
            line(t("now.state"), ({ stateBytes }) => stateBytes, 3),
          ]}
        />
      </div>
      {isLive.value && <LiveList />}
      {learners.value.length > 0 && <Learners all={learners.value} readings={all} />}
      <Fates />
    </div>
  );
}

function Figures({ now }: { readonly now: Reading | undefined }) {
  const level = levels.value;
  const told = (value: number | undefined, format: (value: number) => string): string =>
    value === undefined || !Number.isFinite(value) ? "–" : format(value);
  const figures: readonly (readonly [name: string, value: string])[] = [
    [t("now.requests"), told(now?.requestsPerSecond, formatCompact)],
    [t("now.events"), told(now?.eventsPerSecond, formatCompact)],
    [t("now.p99"), told(now?.answer.p99, formatMs)],
    ...(isLive.value ? [[t("now.visible-p95"), told(now?.visible.p95, formatMs)] as const] : []),
    [t("now.lag"), told(now?.loopLagMs, formatMs)],
    [t("now.queue"), told(level?.queued, formatNumber)],
    [t("now.items"), told(level?.items, formatCompact)],
    [t("now.shoppers"), told(level?.shoppers, formatCompact)],
    [t("now.slates"), told(level?.openSlates, formatCompact)],
    [t("now.offset"), told(level?.offset, formatNumber)],
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

/** What came of events since the start, by reason. */
function Fates() {
  const shown = Object.entries(levels.value?.counts ?? {})
    .filter(([, times]) => times > 0)
    .sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...shown.map(([, times]) => times));
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("fates.title")}</h2>
        <p>{t("fates.hint")}</p>
      </header>
      {shown.length === 0 ? (
        <Empty title={t("fates.none")} />
      ) : (
        <ul class="fates">
          {shown.map(([reason, value]) => (
            <li key={reason}>
              <span>{named("fate", reason, reason.replaceAll(/[-_]/g, " "))}</span>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${(Math.log1p(value) / Math.log1p(most)) * 100}%` }} />
              </span>
              <strong>{formatNumber(value)}</strong>
              <span class="fate-share">{formatPercent(value / Math.max(1, levels.value!.offset))}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
