/** The paper of a plot: horizontal rules, words along both axes, and a place to draw on. As wide as there is room. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Scale } from "./scales.ts";

/** px from the left and the top of the plot. */
export interface Paper {
  x(value: number): number;
  y(value: number): number;
  readonly width: number;
  readonly height: number;
}

export interface PlotProps {
  /** For so many words as there is room for. */
  readonly x: (count: number) => Scale;
  readonly y: Scale;
  /** px, without the words below. */
  readonly height?: number;
  /** px that a word below takes. */
  readonly wordWidth?: number;
  readonly children: (paper: Paper) => ComponentChildren;
  /** Drawn over the edge, too. */
  readonly over?: (paper: Paper) => ComponentChildren;
  /** Where the pointer is, from 0 at the left to 1; undefined when it leaves. */
  readonly onPoint?: (place: number | undefined) => void;
}

const left = 46;
/** Half a word. */
const right = 22;
const above = 8;
const below = 22;

export function Plot({ x, y, height = 180, wordWidth = 52, children, over, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  const clip = useId();
  useEffect(() => {
    const resized = new ResizeObserver(([entry]) => setRoom(Math.round(entry!.contentRect.width)));
    resized.observe(place.current!);
    return () => resized.disconnect();
  }, []);
  const width = Math.max(0, room - left - right);
  return (
    <div ref={place} class="plot" style={{ height: `${above + height + below}px` }} aria-hidden="true">
      {width > 0 && drawn()}
    </div>
  );

  function drawn() {
    const across = x(Math.max(1, Math.floor(width / wordWidth)));
    const paper: Paper = {
      x: (value) => across.place(value) * width,
      y: (value) => (1 - y.place(value)) * height,
      width,
      height,
    };
    const point = ({ clientX, currentTarget }: PointerEvent): void => {
      const { left: edge } = (currentTarget as Element).getBoundingClientRect();
      onPoint?.(Math.min(1, Math.max(0, (clientX - edge - left) / width)));
    };
    return (
      <svg
        width={room}
        height={above + height + below}
        aria-hidden="true"
        focusable="false"
        onPointerMove={onPoint && point}
        onPointerLeave={onPoint && (() => onPoint(undefined))}
      >
        <clipPath id={clip}>
          <rect width={width} height={height} />
        </clipPath>
        <g transform={`translate(${left} ${above})`}>
          {y.ticks.map(({ value, text }) => (
            <g key={value} transform={`translate(0 ${paper.y(value)})`}>
              <path class="plot-rule" d={`M0 0H${width}`} />
              <text class="plot-word" x={-8} dy="0.32em" text-anchor="end">
                {text}
              </text>
            </g>
          ))}
          {across.ticks.map(({ value, text }) => (
            <text key={value} class="plot-word" x={paper.x(value)} y={height + 16} text-anchor="middle">
              {text}
            </text>
          ))}
          <g clip-path={`url(#${clip})`}>{children(paper)}</g>
          {over?.(paper)}
        </g>
      </svg>
    );
  }
}
