/** Lines over the steps of time, with what they are and their latest values beside; where one points, the values there. */
import { useState } from "preact/hooks";
import { formatTime } from "../app/words.ts";
import { type Paper, Plot } from "./plot.tsx";
import { type Formatter, linear, timeScale } from "./scales.ts";
import { formatDay, formatHour } from "./written.ts";

export interface Course {
  readonly name: string;
  /** One a step; NaN where there is none. */
  readonly values: readonly number[];
  /** Over all steps: said where nobody points; otherwise the latest is. */
  readonly total?: number | null | undefined;
  /** 1–8: which colour of the series. */
  readonly series: number;
  /** What it is all about, drawn thick. */
  readonly isMain?: boolean;
  /** Of a dash and of what is between, px. */
  readonly dash?: string;
  /** Its interval, drawn as a band. */
  readonly band?: readonly (readonly [low: number, high: number])[];
}

export interface OverTimeProps {
  readonly title: string;
  /** ms since 1970, ascending, at the beginning of each step; steps with nothing are left out. */
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly courses: readonly Course[];
  readonly format: Formatter;
  /** How much each step rests on. One with less than a tenth of what is usual says next to nothing, and is not drawn. */
  readonly weights: readonly number[];
  /** What the ordinate has at least. */
  readonly from?: number;
  readonly height?: number;
}

export function OverTime({ title, times, stepMs, courses, format, weights, from, height = 180 }: OverTimeProps) {
  const [pointed, setPointed] = useState<number | undefined>(undefined);
  const [first, last] = [times[0]!, times.at(-1)!];
  const shown = Math.min(pointed ?? times.length - 1, times.length - 1);
  const said = ({ values, total }: Course): number =>
    (pointed === undefined ? (total ?? values[shown]) : values[shown]) ?? Number.NaN;
  const usual = weights.toSorted((a, b) => a - b)[weights.length >> 1] ?? 0;
  const isDrawn = (i: number): boolean => weights[i]! > 0 && weights[i]! >= usual / 10;
  const point = (place: number | undefined): void => {
    const at = place === undefined ? undefined : first + place * (last - first);
    setPointed(at === undefined ? undefined : nearest(times, at));
  };
  return (
    <figure class="chart">
      <figcaption>
        <p class="chart-title">
          {title}
          {pointed !== undefined && <time>{formatTime(times[shown]!)}</time>}
        </p>
        <ul class="legend">
          {courses.map((course) => (
            <li key={course.name} style={{ "--series": `var(--series-${course.series})` }}>
              <svg class="course-mark" width="18" height="8" aria-hidden="true" focusable="false">
                <path class={course.isMain ? "course main" : "course"} d="M0 4H18" stroke-dasharray={course.dash} />
              </svg>
              <span>{course.name}</span>
              <strong>{Number.isFinite(said(course)) ? format(said(course)) : "–"}</strong>
            </li>
          ))}
        </ul>
      </figcaption>
      <Plot
        height={height}
        wordWidth={56}
        x={(count) => timeScale(first, last, count, formatDay, formatHour)}
        y={linear(...range(courses, isDrawn, from), format)}
        onPoint={point}
        over={(paper) => pointed !== undefined && <Pointed paper={paper} courses={courses} at={times} step={shown} />}
      >
        {(paper) => courses.map((one) => <Drawn key={one.name} course={one} {...{ paper, times, stepMs, isDrawn }} />)}
      </Plot>
    </figure>
  );
}

function range(courses: readonly Course[], isDrawn: (i: number) => boolean, from?: number): [number, number] {
  const values = courses.flatMap(({ values }) => values.filter((value, i) => Number.isFinite(value) && isDrawn(i)));
  if (from !== undefined) values.push(from);
  return values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
}

function nearest(times: readonly number[], at: number): number {
  let best = 0;
  for (const [i, time] of times.entries()) if (Math.abs(time - at) < Math.abs(times[best]! - at)) best = i;
  return best;
}

interface DrawnProps {
  readonly course: Course;
  readonly paper: Paper;
  readonly times: readonly number[];
  readonly stepMs: number;
  isDrawn(i: number): boolean;
}

/** A line goes from step to step; where several are left out it is parted, and one alone is a dot. */
function Drawn({ course: { series, values, isMain, dash, band }, paper, times, stepMs, isDrawn }: DrawnProps) {
  const parts: number[][] = [];
  for (const [i, value] of values.entries()) {
    if (!Number.isFinite(value) || !isDrawn(i)) continue;
    const part = parts.at(-1);
    if (part !== undefined && times[i]! - times[part.at(-1)!]! < 3.5 * stepMs) part.push(i);
    else parts.push([i]);
  }
  const line = (part: readonly number[], read: (i: number) => number): string =>
    part.map((i) => `${paper.x(times[i]!).toFixed(1)} ${paper.y(read(i)).toFixed(1)}`).join("L");
  return (
    <g style={{ "--series": `var(--series-${series})` }}>
      {band &&
        parts.map((part) => (
          <path
            key={part[0]}
            class={part.length > 1 ? "course-band" : "course-interval"}
            d={`M${line(part, (i) => band[i]![0])}L${line(part.toReversed(), (i) => band[i]![1])}Z`}
          />
        ))}
      {parts.map((part) => (
        <path
          key={part[0]}
          class={isMain ? "course main" : "course"}
          d={`M${line(part, (i) => values[i]!)}${part.length > 1 ? "" : "h0"}`}
          stroke-dasharray={part.length > 1 ? dash : undefined}
        />
      ))}
    </g>
  );
}

interface PointedProps {
  readonly paper: Paper;
  readonly courses: readonly Course[];
  readonly at: readonly number[];
  readonly step: number;
}

const Pointed = ({ paper, courses, at, step }: PointedProps) => {
  const x = paper.x(at[step]!);
  return (
    <>
      <path class="plot-pointed" d={`M${x} 0V${paper.height}`} />
      {courses.map(
        ({ name, series, values }) =>
          Number.isFinite(values[step]) && (
            <circle
              key={name}
              style={{ "--series": `var(--series-${series})` }}
              class="course-dot"
              cx={x}
              cy={Math.min(paper.height, Math.max(0, paper.y(values[step]!)))}
              r="3.5"
            />
          ),
      )}
    </>
  );
};
