/** The one chart style: thin lines on quiet ruled paper, what they are said beside them with the latest value. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { theme } from "../app/theme.ts";
import { language, t } from "../app/words.ts";

export interface Line {
  readonly name: string;
  /** NaN: no value then. */
  readonly values: readonly number[];
  /** 1–8: which colour of the series. */
  readonly series: number;
}

export interface ChartProps {
  readonly title: string;
  /** Unix seconds, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** px */
  readonly height?: number;
  /** What the ordinate shows at least, from 0. */
  readonly least?: number;
}

const seconds = 300;
const minute = 60;

/** Seconds before the latest that get a word: each minute, or each quarter of one at first. */
function whole(span: number): number[] {
  const step = span > 2 * minute ? minute : minute / 4;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => i * step);
}

const ago = (before: number): string => {
  if (before < 1) return t("now.now");
  return before % minute === 0 ? `−${before / minute} min` : `−${Math.round(before)} s`;
};

export function Chart({ title, times, lines, format, height = 150, least = 1 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const names = lines.map(({ name, series }) => `${name}:${series}`).join("\n");
  const [{ value: look }, { value: words }] = [theme, language];
  const formatter = useRef(format);
  formatter.current = format;

  // Made anew for other lines, another theme or another language.
  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(
      options(element, lines, (value) => formatter.current(value), height, least),
      tableOf(times, lines),
      element,
    );
    chart.current = made;
    // It is told of the size zero, too, when the page goes away.
    const resized = new ResizeObserver(
      () => element.isConnected && made.setSize({ width: element.clientWidth, height }),
    );
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [names, look, words, height]);
  useEffect(() => {
    chart.current?.setData(tableOf(times, lines));
  }, [times, lines]);

  return (
    <figure class="chart">
      <figcaption>
        <p class="chart-title">{title}</p>
        <ul class="legend">
          {lines.map(({ name, values, series }) => (
            <li key={name} style={{ "--series": `var(--series-${series})` }}>
              <span class="legend-line" aria-hidden="true" />
              <span>{name}</span>
              <strong>{Number.isFinite(values.at(-1)) ? format(values.at(-1)!) : "–"}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} class="chart-place" style={{ height: `${height}px` }} aria-hidden="true" />
    </figure>
  );
}

function tableOf(times: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  const columns = lines.map(({ values }) => values.map((value) => (Number.isFinite(value) ? value : null)));
  return [times as number[], ...columns];
}

function options(
  place: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
  height: number,
  least: number,
): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const font = `11px ${colour("--font")}`;
  const axis = {
    stroke: colour("--ink-faint"),
    font,
    ticks: { show: false },
    grid: { stroke: colour("--line"), width: 1 },
  };
  return {
    width: place.clientWidth,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      // The latest at the right; a minute at first, five in the end.
      x: {
        time: false,
        range: (_, low, high) => [Math.max((high ?? 0) - seconds, Math.min(low ?? 0, (high ?? 0) - minute)), high ?? 0],
      },
      y: { range: (_, _low, high) => [0, Math.max(least, (high ?? 0) * 1.12)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        splits: (_, _axis, low, high) => whole(high - low).map((ago) => high - ago),
        values: (chart, values) => values.map((at) => ago(chart.scales.x!.max! - at)),
      },
      { ...axis, size: 54, space: 36, values: (_, values) => values.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ series }) => ({
        stroke: colour(`--series-${series}`),
        width: 1.75,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  };
}
