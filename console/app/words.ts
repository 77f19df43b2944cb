/** The console's own words, from one plain file for each language; numbers and times as the language writes them. */
import { computed, effect, signal } from "@preact/signals";
import en from "../messages/en.json";
import { remembered } from "./remembered.ts";

export type Message = keyof typeof en;

type Messages = Readonly<Record<Message, string>>;
export type Language = "en" | "zh-Hans";

/** Read when they are first spoken. A language that lacks a message does not compile. */
const others: Readonly<Record<Exclude<Language, "en">, () => Promise<Messages>>> = {
  "zh-Hans": async () => (await import("../messages/zh-Hans.json")).default,
};

export const languageNames: Readonly<Record<Language, string>> = { en: "English", "zh-Hans": "简体中文" };

/** The server's page may name one, as a demo's does. */
const asked = document.documentElement.lang === "en" ? (navigator.languages[0] ?? "en") : document.documentElement.lang;
/** As it is to be; {@link language} follows once its messages are there. */
export const wantedLanguage = remembered<Language>("language", /^zh\b/i.test(asked) ? "zh-Hans" : "en");
export const language = signal<Language>("en");
let messages: Messages = en;

/** Resolves with the first words that can be shown. */
export const firstWords = new Promise<void>((resolve) => {
  effect(() => {
    const wanted = wantedLanguage.value;
    const read = wanted in others ? others[wanted as keyof typeof others]() : en;
    void Promise.resolve(read)
      .then(
        (found) => {
          // Another may have been asked for meanwhile.
          if (wantedLanguage.peek() !== wanted) return;
          messages = found;
          language.value = wanted;
          document.documentElement.lang = wanted;
        },
        // The server is gone: the words that are here stay.
        () => {},
      )
      .finally(resolve);
  });
});

type Values = Readonly<Record<string, string | number>>;

/** The message with each `{name}` replaced; numbers are written as the language does. */
export function t(message: Message, values?: Values): string {
  // Read, so that what shows the message is shown anew in another language.
  language.value;
  const text = messages[message];
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
  };
});

export const formatNumber = (value: number): string => formats.value.number.format(value);
export const formatCompact = (value: number): string => formats.value.compact.format(value);
export const formatRating = (value: number): string => formats.value.rating.format(value);
export const formatPercent = (share: number): string => formats.value.percent.format(share);
export const formatTime = (at: string | number): string => formats.value.time.format(new Date(at));
export const formatSigned = (value: number): string => formats.value.signed.format(value);

export function formatMoney(value: number, currency?: unknown): string {
  if (typeof currency === "string" && /^[A-Z]{3}$/.test(currency)) {
    return new Intl.NumberFormat(language.value, { style: "currency", currency }).format(value);
  }
  return formats.value.money.format(value);
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
