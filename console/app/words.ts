/** The console's own words, from one plain file for each language; numbers and times as the language writes them. */
import { computed, effect, signal } from "@preact/signals";
import type en from "../messages/en.json";
import enAddress from "../messages/en.json?url";
import type zhHans from "../messages/zh-Hans.json";
import zhHansAddress from "../messages/zh-Hans.json?url";
import { dataFile } from "./data-file.ts";
import { remembered } from "./remembered.ts";

export type Message = keyof typeof en;

type Messages = Readonly<Record<Message, string>>;
/** A language that lacks a message does not compile. */
type Complete<All extends Readonly<Record<string, Messages>>> = All;
export type Language = keyof Complete<{ en: typeof en; "zh-Hans": typeof zhHans }>;

/** Each is read when it is first spoken; the server names the one that the browser asks for as it hands out the page. */
const addresses: Readonly<Record<Language, string>> = { en: enAddress, "zh-Hans": zhHansAddress };

export const languageNames: Readonly<Record<Language, string>> = { en: "English", "zh-Hans": "简体中文" };

/** The server's page may name one, as a demo's does. */
const asked = document.documentElement.lang === "en" ? (navigator.languages[0] ?? "en") : document.documentElement.lang;
/** As it is to be; {@link language} follows once its messages are there. */
export const wantedLanguage = remembered<Language>("language", /^zh\b/i.test(asked) ? "zh-Hans" : "en");
export const language = signal<Language>("en");
let messages: Partial<Messages> = {};

const read = new Map<Language, Messages>();

async function wordsOf(wanted: Language): Promise<Messages> {
  const found = read.get(wanted) ?? (await dataFile<Messages>(addresses[wanted]));
  read.set(wanted, found);
  return found;
}

/** Resolves with the first words that can be shown; rejects where the server has none, not in English either. */
export const firstWords = new Promise<void>((resolve, reject) => {
  effect(() => {
    const asked = wantedLanguage.value;
    const wanted = asked in addresses ? asked : "en";
    const show = (found: Messages): void => {
      // Another may have been asked for meanwhile.
      if (wantedLanguage.peek() !== asked) return;
      messages = found;
      language.value = wanted;
      document.documentElement.lang = wanted;
      resolve();
    };
    wordsOf(wanted)
      .catch(() => wordsOf("en"))
      .then(show, reject);
  });
});

type Values = Readonly<Record<string, string | number>>;

/** The message with each `{name}` replaced; numbers are written as the language does. */
export function t(message: Message, values?: Values): string {
  // Read, so that what shows the message is shown anew in another language.
  language.value;
  const text = messages[message] ?? "";
  if (values === undefined) return text;
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? formatNumber(value) : (value ?? "");
  });
}

/** As `t`, with `{n}`; the message has two forms, for one and for more, parted by `|`, where the language has them. */
export function count(message: Message, n: number, values: Values = {}): string {
  const [one = "", more = one] = t(message, { ...values, n }).split("|");
  return n === 1 ? one : more;
}

/** Of a name that comes from the server, if the language has a word for it. */
export function named(prefix: string, name: string, otherwise = name): string {
  language.value;
  return (messages as Readonly<Record<string, string>>)[`${prefix}.${name}`] ?? otherwise;
}

/** English says why in the server's own words; other languages have a sentence for each code, with these where they tell more. */
export const refusal = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  named("error", code, message).replace("{message}", () => message);

const formats = computed(() => {
  const { value } = language;
  return {
    number: new Intl.NumberFormat(value, { maximumFractionDigits: 2 }),
    compact: new Intl.NumberFormat(value, { notation: "compact", maximumSignificantDigits: 3 }),
    money: new Intl.NumberFormat(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    rating: new Intl.NumberFormat(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    percent: new Intl.NumberFormat(value, { style: "percent", maximumSignificantDigits: 2 }),
    time: new Intl.DateTimeFormat(value, { dateStyle: "medium", timeStyle: "short" }),
    signed: new Intl.NumberFormat(value, { signDisplay: "exceptZero", maximumFractionDigits: 2 }),
    currencies: new Map<string, Intl.NumberFormat>(),
  };
});

export const formatNumber = (value: number): string => formats.value.number.format(value);
/** What is next to nothing is nothing: a sum that is halved again and again never ends. */
export const formatCompact = (value: number): string =>
  formats.value.compact.format(Math.abs(value) < 0.0005 ? 0 : value);
export const formatRating = (value: number): string => formats.value.rating.format(value);
export const formatPercent = (share: number): string => formats.value.percent.format(share);
export const formatTime = (at: string | number): string => formats.value.time.format(new Date(at));
export const formatSigned = (value: number): string => formats.value.signed.format(value);

export function formatMoney(value: number, currency?: unknown): string {
  const { currencies, money } = formats.value;
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) return money.format(value);
  const format = currencies.get(currency) ?? new Intl.NumberFormat(language.value, { style: "currency", currency });
  currencies.set(currency, format);
  return format.format(value);
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${formats.value.compact.format(bytes)} ${units[unit]}`;
}
