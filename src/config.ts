/** The engine's settings: one declaration each, with default, unit and meaning; file < environment < flag (docs/settings.md). */
import type { AccessKey } from "./access-keys.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { limits } from "./core/limits.ts";
import { nearest } from "./nearest.ts";
import { type Setting, settingValue, type ValuedOutcome } from "./setting-values.ts";
import { languageNames } from "./text/languages.ts";
import { segmenterNames } from "./text/segmenter.ts";

export interface Config {
  /** Folder of log and snapshots; none: in memory. */
  readonly data: string | undefined;
  readonly port: number;
  readonly host: string;
  /** Who may call, over HTTP; none: everybody who reaches the port, which then is this machine alone. */
  readonly keys: readonly AccessKey[];
  /** File of further keys, read again when it changes. */
  readonly keysFile: string | undefined;
  /** Requests a second of one key, and of one address; 0: any number. */
  readonly requestsPerSecond: number;
  readonly requestsPerSecondByAddress: number;
  /** Addresses or networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins of pages that may call from a browser; `*`: any. */
  readonly corsOrigins: readonly string[];
  /** Diagnostics may name shoppers. */
  readonly diagnoseShoppers: boolean;
  /** Ids of shoppers are replaced at the door by hashes under this key; none: they are kept as they come. */
  readonly pseudonymKey: string | undefined;
  /** Seed of all chance. */
  readonly seed: number;
  /** Reward of each action, over the defaults of docs/api.md. */
  readonly rewards: Readonly<Record<string, number>>;
  /** What an outcome is worth to the shop, in its money: a number, or the item's field that holds it. Default: the rewards. */
  readonly value: Readonly<Partial<Record<ValuedOutcome, number | string>>> | undefined;
  /** An outcome joins a slate of at most this age. */
  readonly attributionWindowMs: number;
  /** Examined rows without an outcome teach after this. */
  readonly lessonWaitMs: number;
  /** An event id seen again within this event time counts once. */
  readonly dedupeHorizonMs: number;
  /** A shopper of whom nothing was heard for this is forgotten. */
  readonly shopperExpiryMs: number;
  /** An item that is not in the catalogue, or a word that no item has, is forgotten when nothing was heard of it for this. */
  readonly itemExpiryMs: number;
  /** What the whole process may take of memory: bytes, a size, or a share of the machine; 0: no ceiling. */
  readonly memoryMax: number | string;
  /** Events between snapshots. */
  readonly snapshotEvery: number;
  /** The log's head is let go of beyond this, folded into a base snapshot; 0: all is kept. */
  readonly logBytesMax: number;
  /** How long a query may wait while more comes than can be answered; beyond it is refused with 503. 0: nothing is refused. */
  readonly shedAfterMs: number;
  /** An answer is given again for this long unless an event changes what it read; 0: never. */
  readonly resultCacheMs: number;
  /** A tick is recorded when nothing came for this; 0: never. */
  readonly tickMs: number;
  /** The log is written anew so long after a shopper is erased, for all that are by then. */
  readonly eraseAfterMs: number;
  /** Features by name that are left out. */
  readonly withoutFeatures: readonly string[];
  /** Families of learners by name that are left out of their panels. */
  readonly withoutLearners: readonly string[];
  /** Fields of the catalogue to learn from; default: found in the data. */
  readonly learnFields: readonly string[] | undefined;
  /** Choices that teach recommendations in a second of arrival; of a faster stream only so many do. */
  readonly choiceLessonsPerSecond: number;
  /** Limits of the rules by which a shopper is trusted, over the defaults; 0 turns a rule off, `all` stands for every rule not named. */
  readonly trustLimits: Readonly<Record<string, number>>;
  /** What a field's text counts in a search beside others of its kind; 0 leaves it out. */
  readonly searchFields: Readonly<Record<string, number>>;
  /** File of match weights that `train-ranker` wrote; default: the shipped ones. */
  readonly matchWeights: string | undefined;
  /** Shoppers who must have chosen something for a query before it is suggested to others. */
  readonly suggestShoppersMin: number;
  /** Words that are in no completion. */
  readonly suggestWithout: readonly string[];
  /** Language of the texts, by the name of its stemmer; `none`: no stemming, no stop words. */
  readonly language: string;
  /** What cuts Chinese into words; `auto`: jieba where it is installed, else pairs of characters. */
  readonly segmenter: (typeof segmenterNames)[number];
}

export const settings: { readonly [K in keyof Config]: Setting } = {
  data: { kind: "text", standard: undefined, about: "folder of log and snapshots", folded: false, atStart: true },
  port: { kind: "whole", standard: 7700, about: "port to listen on; 0 picks one", folded: false, atStart: true },
  host: {
    kind: "text",
    standard: "127.0.0.1",
    about: "address to listen on; without keys loopback only",
    folded: false,
    atStart: true,
  },
  keys: { kind: "keys", standard: [], about: "access keys with their scopes", folded: false, secret: true },
  keysFile: {
    kind: "text",
    standard: undefined,
    about: "file of further access keys, read again when it changes",
    folded: false,
  },
  requestsPerSecond: {
    kind: "number",
    standard: 0,
    about: "requests a second of one access key; 0: any number",
    folded: false,
  },
  requestsPerSecondByAddress: {
    kind: "number",
    standard: 0,
    about: "requests a second of one address; 0: any number",
    folded: false,
  },
  trustedProxies: {
    kind: "networks",
    standard: [],
    about: "addresses and networks of proxies whose X-Forwarded-For is believed",
    folded: false,
  },
  corsOrigins: {
    kind: "origins",
    standard: [],
    about: "origins of pages that may call from a browser; * is any",
    folded: false,
  },
  diagnoseShoppers: { kind: "switch", standard: false, about: "diagnostics may name shoppers", folded: false },
  pseudonymKey: {
    kind: "text",
    standard: undefined,
    about: "ids of users and sessions are replaced at the door by hashes under this key",
    folded: false,
    atStart: true,
    secret: true,
  },
  seed: { kind: "whole", standard: 1, about: "seed of all chance", folded: true },
  rewards: { kind: "numbers", standard: {}, about: "reward of an action, over the defaults", folded: true },
  value: {
    kind: "values",
    standard: undefined,
    about: "worth of an outcome, a number or a field of the item; default: the rewards",
    folded: false,
  },
  attributionWindowMs: {
    kind: "duration",
    standard: 7 * dayMs,
    about: "an outcome joins a slate of at most this age",
    folded: true,
  },
  lessonWaitMs: {
    kind: "duration",
    standard: minuteMs,
    about: "examined rows without an outcome teach after this",
    folded: true,
  },
  dedupeHorizonMs: {
    kind: "duration",
    standard: 24 * hourMs,
    about: "an event id seen again within this counts once",
    folded: true,
  },
  shopperExpiryMs: {
    kind: "duration",
    standard: 400 * dayMs,
    about: "a shopper not heard of for this is forgotten",
    folded: true,
  },
  itemExpiryMs: {
    kind: "duration",
    standard: 400 * dayMs,
    about: "an item not in the catalogue, or a word of none, not heard of for this is forgotten",
    folded: true,
  },
  memoryMax: {
    kind: "memory",
    standard: "60 %",
    about: "memory that the process may take: bytes, a size such as 1 GiB, or a share of the machine; 0: no ceiling",
    folded: false,
  },
  snapshotEvery: { kind: "whole", standard: 50_000, about: "events between snapshots", folded: false },
  logBytesMax: {
    kind: "whole",
    standard: 0,
    about: "bytes of log that are kept; the head is folded into a base snapshot first; 0: all is kept",
    folded: false,
  },
  shedAfterMs: {
    kind: "duration",
    standard: 6,
    about: "a query may wait so long while more comes than can be answered; 0: nothing is refused",
    folded: false,
  },
  resultCacheMs: {
    kind: "duration",
    standard: 0,
    about: "an answer is given again for this long, unless an event changes what it read; 0: never",
    folded: false,
  },
  tickMs: {
    kind: "duration",
    standard: 10 * secondMs,
    about: "the clock is moved on when nothing came for this; 0: never",
    folded: false,
  },
  eraseAfterMs: {
    kind: "duration",
    standard: 5 * secondMs,
    about: "an erased shopper's events leave log and snapshots after this, several shoppers' together",
    folded: false,
  },
  withoutFeatures: { kind: "words", standard: [], about: "features to leave out, by name", folded: true },
  withoutLearners: {
    kind: "words",
    standard: [],
    about: "learners to leave out of their panels, by the names of their families",
    folded: true,
  },
  learnFields: {
    kind: "words",
    standard: undefined,
    about: "catalogue fields to learn from; default: found in the data",
    folded: true,
  },
  choiceLessonsPerSecond: {
    kind: "number",
    standard: 500,
    about: "choices that teach recommendations, for each second of arrival",
    folded: true,
  },
  trustLimits: {
    kind: "numbers",
    standard: {},
    about:
      "limits of the rules by which shoppers are trusted, over the defaults; 0 turns a rule off, as all does for every one",
    folded: true,
  },
  searchFields: {
    kind: "numbers",
    standard: {},
    about: "what a field's text counts in a search beside others of its kind, 1 where nothing is said; 0 leaves it out",
    folded: true,
  },
  matchWeights: {
    kind: "text",
    standard: undefined,
    about: "file of match weights that train-ranker wrote; default: the shipped ones",
    folded: true,
  },
  suggestShoppersMin: {
    kind: "whole",
    standard: 3,
    about: "shoppers who chose something for a query before it is suggested to others",
    folded: false,
  },
  suggestWithout: { kind: "words", standard: [], about: "words that are in no completion", folded: false },
  language: {
    kind: "choice",
    standard: "english",
    about: "language of the catalogue's texts and of the queries; none: no stemming, no stop words",
    folded: true,
    choices: languageNames,
  },
  segmenter: {
    kind: "choice",
    standard: "auto",
    about: "what cuts Chinese into words: jieba, bigrams, or auto: jieba where it is installed",
    folded: true,
    choices: segmenterNames,
  },
};

const pseudonymKeyLengthMin = 16;
const portMax = 65_535;

const names = Object.keys(settings) as (keyof Config)[];

/** Environment variable of a setting: `attributionWindowMs` → `LIVESHELF_ATTRIBUTION_WINDOW_MS`. */
export const environmentName = (name: string): string =>
  `LIVESHELF_${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;

/** Checks the given settings and fills in the defaults. Throws CONFIG_INVALID naming the setting and the nearest known one. */
export function completeConfig(given: Readonly<Record<string, unknown>>): Config {
  const complete: Record<string, unknown> = {};
  for (const name of names) complete[name] = settings[name].standard;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const known = names.find((one) => one === name);
    if (known === undefined) {
      throw new LiveshelfError(
        "CONFIG_INVALID",
        `There is no setting "${name}"; the nearest is "${nearest(name, names)}".`,
        `/${name}`,
      );
    }
    complete[known] = settingValue(known, settings[known], value);
  }
  const config = complete as unknown as Config;
  checkPort(config);
  checkItemExpiry(config);
  checkSuggestShoppers(config);
  checkSearchFields(config);
  checkPseudonymKey(config);
  return config;
}

function checkPort({ port }: Config): void {
  if (port <= portMax) return;
  const message = `"port" must be a whole number from 0 to ${portMax}, where 0 picks a free one; it is ${port}.`;
  throw new LiveshelfError("CONFIG_INVALID", message, "/port");
}

/** What waits for outcomes or to be taught refers to its items. */
function checkItemExpiry({ itemExpiryMs, attributionWindowMs, lessonWaitMs }: Config): void {
  if (itemExpiryMs >= Math.max(attributionWindowMs, lessonWaitMs)) return;
  throw new LiveshelfError(
    "CONFIG_INVALID",
    `"itemExpiryMs" must be at least "attributionWindowMs" and "lessonWaitMs", as what was shown may still be chosen; it is ${itemExpiryMs} ms.`,
    "/itemExpiryMs",
  );
}

/** One is no minimum: what a single shopper typed would be shown to all; more than are told apart would show nothing. */
function checkSuggestShoppers({ suggestShoppersMin }: Config): void {
  if (suggestShoppersMin >= 2 && suggestShoppersMin <= limits.suggestShoppersMax) return;
  throw new LiveshelfError(
    "CONFIG_INVALID",
    `"suggestShoppersMin" must be from 2 to ${limits.suggestShoppersMax}; it is ${suggestShoppersMin}.`,
    "/suggestShoppersMin",
  );
}

/** Whoever guesses the key can try out every id. */
function checkPseudonymKey({ pseudonymKey }: Config): void {
  if (pseudonymKey === undefined || pseudonymKey.length >= pseudonymKeyLengthMin) return;
  const message = `"pseudonymKey" must be a secret of at least ${pseudonymKeyLengthMin} characters, such as \`openssl rand -base64 32\` prints.`;
  throw new LiveshelfError("CONFIG_INVALID", message, "/pseudonymKey");
}

function checkSearchFields({ searchFields }: Config): void {
  const wrong = Object.keys(searchFields).find((field) => !(searchFields[field]! >= 0 && searchFields[field]! <= 100));
  if (wrong === undefined) return;
  const message = `In "searchFields" a weight is from 0 to 100; that of "${wrong}" is ${searchFields[wrong]}.`;
  throw new LiveshelfError("CONFIG_INVALID", message, `/searchFields/${wrong}`);
}

/** Settings from the environment, as text values to be checked by {@link completeConfig}. */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const byVariable = new Map(names.map((name) => [environmentName(name), name]));
  for (const [variable, text] of Object.entries(environment)) {
    // What a client of another server is given is no setting of this one.
    if (!variable.startsWith("LIVESHELF_") || variable === "LIVESHELF_SERVER_KEY" || text === undefined) continue;
    const name = byVariable.get(variable);
    if (name === undefined) {
      throw new LiveshelfError(
        "CONFIG_INVALID",
        `There is no setting for ${variable}; the nearest is ${nearest(variable, [...byVariable.keys()])}.`,
      );
    }
    found[name] = text;
  }
  return found;
}

/** Names of the settings that differ. */
export function changedSettings(before: Config, after: Config): (keyof Config)[] {
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** The config with the settings that fold as another has them. */
export function withFolded(config: Config, of: Config): Config {
  const folded = names.filter((name) => settings[name].folded).map((name) => [name, of[name]]);
  return { ...config, ...Object.fromEntries(folded) };
}

/** What of the config the folded state depends on, as text: kept in every snapshot. */
export function foldedConfig(config: Config): string {
  return JSON.stringify(names.filter((name) => settings[name].folded).map((name) => [name, config[name] ?? null]));
}
