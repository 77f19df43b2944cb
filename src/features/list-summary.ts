/** The summary of a list (`core/list.ts`): what features may know of the whole list beside the single candidate. */
import type { ItemNumber } from "../core/item-numbers.ts";
import { type List, summaryAt, summaryPriceDeciles } from "../core/list.ts";
import type { Request } from "../core/request.ts";

let prices = new Float64Array(256);

/** Fills `list.summary` but for the figures that a feature with its own state adds, and ranks the list by match. */
export function summarize(request: Request, list: List, price: ItemNumber): void {
  const { summary, count } = list;
  summary.fill(Number.NaN);
  summary[summaryAt.count] = count;
  summarizePrices(list, price);
  summarizeTouches(request, list);
  let matchMax = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) if (list.match[i]! > matchMax) matchMax = list.match[i]!;
  summary[summaryAt.matchMax] = matchMax === Number.NEGATIVE_INFINITY ? Number.NaN : matchMax;
}

function summarizePrices({ summary, count, item }: List, price: ItemNumber): void {
  if (prices.length < count) prices = new Float64Array(count * 2);
  let known = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const one = item[i]! < 0 ? Number.NaN : price.get(item[i]!);
    if (!(one > 0)) continue;
    prices[known++] = one;
    sum += one;
  }
  if (known === 0) return;
  const sorted = prices.subarray(0, known).sort();
  summary[summaryAt.priceMin] = sorted[0]!;
  summary[summaryAt.priceMean] = sum / known;
  for (let d = 0; d < summaryPriceDeciles; d++) {
    summary[summaryAt.priceDecile + d] = sorted[Math.floor(((d + 1) * (known - 1)) / (summaryPriceDeciles + 1))]!;
  }
}

function summarizeTouches({ history }: Request, list: List): void {
  const { summary } = list;
  let touched = 0;
  let touchedNow = 0;
  let clicked = 0;
  for (let h = 0; h < history.count; h++) {
    const i = list.indexOf(history.item[h]!);
    const order = i < 0 ? -1 : list.order[i]!;
    if (order >= 0 && h === 0) summary[summaryAt.lastTouchedOrder] = order;
    if (order >= 0 && h === 1) summary[summaryAt.beforeLastTouchedOrder] = order;
    if (i < 0) continue;
    touched++;
    if (history.session[h] === history.sessionNumber) touchedNow++;
    if (history.clicks[h]! > 0) clicked++;
    if (order < 0) continue;
    if (Number.isNaN(summary[summaryAt.lastTouchedHereOrder]!)) summary[summaryAt.lastTouchedHereOrder] = order;
    const furthest = summary[summaryAt.furthestTouchedOrder]!;
    const first = summary[summaryAt.firstTouchedOrder]!;
    if (!(furthest >= order)) summary[summaryAt.furthestTouchedOrder] = order;
    if (!(first <= order)) summary[summaryAt.firstTouchedOrder] = order;
  }
  summary[summaryAt.touchedCount] = touched;
  summary[summaryAt.touchedSessionCount] = touchedNow;
  summary[summaryAt.clickedCount] = clicked;
}
