/** Where values stand along an axis, and which of them get a word. */
export interface Scale {
  /** 0 at the beginning of the axis, 1 at its end. */
  place(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export type Formatter = (value: number) => string;

/** The next of 1, 2, 5, 10, … that is not less. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((one) => one * power >= least * 0.999)!;
}

/** From a round number to a round number; about `count` of them between. Of nothing, or of one value alone, something around it; of 0 alone, something above. */
export function linear(low: number, high: number, format: Formatter, count = 4): Scale {
  if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - 0.05 * Math.abs(low), low + 0.05] : [0, 1];
  const step = roundStep((high - low) / count);
  const from = Math.floor(low / step + 1e-9) * step;
  const to = Math.ceil(high / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => {
    const value = from + i * step;
    // What is nought but for its rounding is nought.
    return Math.abs(value) < step / 1e6 ? 0 : value;
  });
  return {
    place: (value) => (value - from) / (to - from),
    ticks: ticks.map((value) => ({ value, text: format(value) })),
  };
}

/** Between two values above 0, each ten times as much at the same distance; what is below stands at the beginning. */
export function logarithmic(low: number, high: number, format: Formatter): Scale {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const factors = to - from > 3 ? [1] : to - from > 1.2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(from); power <= to; power++) {
    for (const factor of factors) {
      const value = factor * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push(value);
    }
  }
  return {
    place: (value) => (Math.log10(Math.max(value, low)) - from) / (to - from),
    ticks: ticks.map((value) => ({ value, text: format(value) })),
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const timeSteps = [
  ...[1, 5, 10, 15, 30].map((n) => n * minuteMs),
  ...[1, 2, 3, 6, 12].map((n) => n * hourMs),
  ...[1, 2, 7, 14, 28, 56, 112].map((n) => n * dayMs),
];

/** From time to time, in ms since 1970; at round times of where one is, at most about `count` of them; the first of a day says which. */
export function timeScale(from: number, to: number, count: number, day: Formatter, hour: Formatter): Scale {
  const span = Math.max(to - from, minuteMs);
  const step = timeSteps.find((one) => span / one <= count + 0.5) ?? timeSteps.at(-1)!;
  const offset = -new Date(to).getTimezoneOffset() * minuteMs;
  const ticks = [];
  for (let value = Math.ceil((from + offset) / step) * step - offset; value <= to; value += step) {
    const isDay = step >= dayMs || (value + offset) % dayMs === 0;
    ticks.push({ value, text: isDay ? day(value) : hour(value) });
  }
  return { place: (value) => (value - from) / span, ticks };
}
