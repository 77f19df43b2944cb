/** Times and means as the language writes them, as short as an axis or a table needs. */
import { computed } from "@preact/signals";
import { language } from "../app/words.ts";

const mean = { minimumFractionDigits: 3, maximumFractionDigits: 3 } as const;

const formats = computed(() => {
  const { value } = language;
  return {
    day: new Intl.DateTimeFormat(value, { day: "numeric", month: "short" }),
    hour: new Intl.DateTimeFormat(value, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    mean: new Intl.NumberFormat(value, mean),
    difference: new Intl.NumberFormat(value, { ...mean, signDisplay: "exceptZero" }),
  };
});

export const formatDay = (atMs: number): string => formats.value.day.format(atMs);
export const formatHour = (atMs: number): string => formats.value.hour.format(atMs);
export const formatMean = (value: number): string => formats.value.mean.format(value);
export const formatOrNot = (value: number | null, format: (value: number) => string): string =>
  value === null ? "–" : format(value);
export const formatInterval = (low: number | null, high: number | null, format: (value: number) => string): string =>
  low === null || high === null ? "–" : `${format(low)}–${format(high)}`;
export const formatDifference = (value: number): string => formats.value.difference.format(value);
