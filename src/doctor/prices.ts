/** Are prices amounts of one currency, in one unit? */
import { Float64Column, Uint8Column } from "../core/columns.ts";
import { judged, Parts, Tally, whole } from "./finding.ts";
import type { Check } from "./seen.ts";

const fewest = 20;
const currencyField = /^(?:price)?_?currency(?:_?code)?$/i;
const symbol = /[€$£¥]|\b(?:EUR|USD|GBP|CHF|CNY|JPY|SEK|DKK|NOK|PLN)\b/;
const noPrice = Number.NaN;

export function prices(): Check {
  const price = new Float64Column("price", noPrice);
  const wasZero = new Uint8Column("wasZero");
  const zero = new Tally();
  const negative = new Tally();
  const units = new Tally();
  const factors = new Parts();
  const currencies = new Parts(200);
  const other = new Tally();
  let firstCurrency: string | undefined;

  let priced = 0;

  return {
    see(seen) {
      const { event, item } = seen;
      if (item < 0) return;
      if (event.type === "item-removed") price.set(item, noPrice);
      if (event.type !== "item") return;
      for (const name in event.fields) {
        if (name === "price" || !currencyField.test(name)) continue;
        noteCurrency(event.fields[name]);
      }
      const given = event.fields.price;
      if (given === undefined) return;
      if (typeof given === "string") noteCurrency(symbol.exec(given)?.[0]);
      if (typeof given !== "number") return price.set(item, noPrice);
      priced++;
      const before = price.get(item);
      price.set(item, given);
      if (given === 0) {
        zero.add(seen);
        wasZero.set(item, 1);
      }
      if (given < 0) negative.add(seen);
      if (!(before > 0 && given > 0) || before === given) return;

      const factor = given > before ? given / before : before / given;
      const near = [100, 1000].find((one) => Math.abs(factor / one - 1) < 0.02);
      if (near === undefined) return;
      units.add(seen, `price ${given} after ${before}`);
      factors.add(`${near} times`);

      function noteCurrency(value: unknown): void {
        if (typeof value !== "string" || value === "") return;
        currencies.add(value);
        firstCurrency ??= value;
        if (value !== firstCurrency) other.add(seen);
      }
    },

    findings() {
      const all: number[] = [];
      let zeros = 0;
      let everZero = 0;
      let negatives = 0;
      for (let item = 0; item < price.length; item++) {
        const one = price.get(item);
        if (wasZero.get(item) === 1) everZero++;
        if (Number.isNaN(one)) continue;
        all.push(one);
        if (one === 0) zeros++;
        if (one < 0) negatives++;
      }
      const zeroParts = new Parts();
      zeroParts.add("items that have it now", zeros);
      zeroParts.add("events", zero.count);
      const { count: odd, bounds } = outliers(all);
      const [mostFrequent] = currencies.largest();
      const currencyValues = [...currencies.counts.values()].reduce((sum, count) => sum + count, 0);
      return [
        judged({
          code: "prices-of-zero",
          count: everZero,
          of: Math.max(all.length, everZero),
          fine: "No price is 0.",
          wrong: "items have or had a price of 0.",
          parts: zeroParts,
          failAbove: 0.5,
          example: zero.example,
          costs:
            "They come first where sorted by price, and teach that people like what is free; mostly they are samples or gaps of the export.",
          mend: "Leave the price out (null) where there is none; leave samples and corrections out.",
        }),
        judged({
          code: "negative-prices",
          count: negative.count,
          of: priced,
          fine: "No price is below 0.",
          wrong: "prices are below 0.",
          failAbove: 0.01,
          example: negative.example,
          costs: `Corrections and refunds count as items for sale (${whole(negatives)} have such a price now).`,
          mend: "Leave them out: they are no items.",
        }),
        judged({
          code: "prices-in-two-units",
          count: units.count,
          of: priced,
          fine: "No price changes by a factor of 100 or 1000.",
          wrong: "prices are 100 or 1000 times what they were before, or the same part of it.",
          warnAbove: 0.0001,
          failAbove: 0.05,
          parts: factors,
          example: units.example,
          costs: "Cents and whole units are mixed: price ranges, sorting and what is learned of prices are wrong.",
          mend: "Send all prices in one unit, such as 19.9 for 19.90 €.",
        }),
        judged({
          code: "odd-prices",
          count: odd,
          of: all.length,
          fine: all.length < fewest ? "Too few prices to tell which are odd." : "No price is far from all others.",
          wrong: `prices are far from all others (${bounds}).`,
          warnAbove: 0.0005,
          costs: "Often cents among whole units, totals, or fees that are booked as items.",
          mend: "Look at these items; leave out what is no item.",
        }),
        judged({
          code: "mixed-currencies",
          count: mostFrequent === undefined ? 0 : currencyValues - mostFrequent[1],
          of: currencyValues,
          fine: currencyValues === 0 ? "No field names a currency." : "All prices are in one currency.",
          wrong: `prices are in another currency than most (${mostFrequent?.[0]}).`,
          parts: currencies,
          example: other.example,
          costs: "Amounts of different currencies are compared as if they were the same.",
          mend: "Convert prices into one currency, or serve each currency from an engine of its own.",
        }),
      ];
    },
  };
}

/** Far beyond the quartiles of the logarithm, by three times their distance and a factor of 30 at least. */
function outliers(all: readonly number[]): { count: number; bounds: string } {
  const logs = Float64Array.from(
    all.filter((one) => one > 0),
    Math.log10,
  ).sort();
  if (logs.length < fewest) return { count: 0, bounds: "" };
  const [low, high] = [logs[Math.floor(logs.length / 4)]!, logs[Math.floor((3 * logs.length) / 4)]!];
  const reach = Math.max(3 * (high - low), Math.log10(30));
  const [least, most] = [low - reach, high + reach];
  let count = 0;
  for (const one of logs) if (one < least || one > most) count++;
  const amount = (log: number): string => (10 ** log).toPrecision(2).replace(/e\+?/, " · 10^");
  return {
    count,
    bounds: `half of all lie from ${amount(low)} to ${amount(high)}; the lowest is ${amount(logs[0]!)}, the highest ${amount(logs.at(-1)!)}`,
  };
}
