/** The engine's settings: one declaration each, with default, unit and meaning; file < environment < flag (docs/settings.md). */
import { dayMs, hourMs, minuteMs, secondMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { laterOutcomes } from "./core/follow-up.ts";
import { limits } from "./core/limits.ts";
import { languageNames } from "./text/languages.ts";
import { segmenterNames } from "./text/segmenter.ts";

export interface Config {
  /** Folder of log and snapshots; none: in memory. */
  readonly data: string | undefined;
  readonly port: number;
  readonly host: string;
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
  /** Features by name that are left out. */
  readonly withoutFeatures: readonly string[];
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

/** Outcomes that an item's score is made of. */
export const valuedOutcomes = ["click", ...laterOutcomes] as const;
export type ValuedOutcome = (typeof valuedOutcomes)[number];

type Kind = "text" | "whole" | "number" | "duration" | "words" | "numbers" | "values" | "choice";

interface Setting {
  readonly kind: Kind;
  readonly standard: unknown;
  readonly about: string;
  /** Changes what the state means: a snapshot made with another value is rebuilt from the log. */
  readonly folded: boolean;
  /** What a choice is one of. */
  readonly choices?: readonly string[];
}

export const settings: { readonly [K in keyof Config]: Setting } = {
  data: { kind: "text", standard: undefined, about: "folder of log and snapshots", folded: false },
  port: { kind: "whole", standard: 7700, about: "port to listen on; 0 picks one", folded: false },
  host: {
    kind: "text",
    standard: "127.0.0.1",
    about: "address to listen on; loopback only, as there are no keys",
    folded: false,
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
  withoutFeatures: { kind: "words", standard: [], about: "features to leave out, by name", folded: true },
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
    complete[known] = checked(known, value);
  }
  const config = complete as unknown as Config;
  checkItemExpiry(config);
  checkSuggestShoppers(config);
  checkSearchFields(config);
  return config;
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
    if (!variable.startsWith("LIVESHELF_") || text === undefined) continue;
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

/** What of the config the folded state depends on, as text: kept in every snapshot. */
export function foldedConfig(config: Config): string {
  return JSON.stringify(names.filter((name) => settings[name].folded).map((name) => [name, config[name] ?? null]));
}

function checked(name: keyof Config, value: unknown): unknown {
  const wrong = (expected: string): never => {
    throw new LiveshelfError(
      "CONFIG_INVALID",
      `"${name}" must be ${expected}; it is ${JSON.stringify(value)}.`,
      `/${name}`,
    );
  };
  switch (settings[name].kind) {
    case "text":
      return typeof value === "string" && value !== "" ? value : wrong("a text that is not empty");
    case "whole": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return Number.isSafeInteger(number) && (number as number) >= 0 ? number : wrong("a whole number from 0");
    }
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : wrong("a number from 0");
    }
    case "duration":
      return durationMs(value) ?? wrong('milliseconds, or a text such as "30 s", "5 min", "24 h", "7 d"');
    case "choice": {
      const choices = settings[name].choices!;
      if (choices.some((one) => one === value)) return value;
      return wrong(`one of ${choices.join(", ")}; the nearest is ${nearest(String(value), choices)}`);
    }
    case "words": {
      const words = typeof value === "string" ? value.split(",").map((word) => word.trim()) : value;
      return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : wrong("a list of names");
    }
    case "numbers": {
      const object = typeof value === "string" ? parsed(value) : value;
      const isFine =
        typeof object === "object" &&
        object !== null &&
        !Array.isArray(object) &&
        Object.values(object).every((one) => typeof one === "number" && Number.isFinite(one));
      return isFine ? object : wrong('an object of numbers such as {"cart": 3}');
    }
    case "values": {
      const object = typeof value === "string" ? parsed(value) : value;
      const isWorth = (one: unknown): boolean =>
        typeof one === "string" ? one !== "" : typeof one === "number" && Number.isFinite(one);
      const isFine = typeof object === "object" && object !== null && !Array.isArray(object);
      if (!isFine || !Object.values(object).every(isWorth))
        return wrong('an object of numbers and names of fields such as {"click": 0.1, "purchase": "margin"}');
      const unknown = Object.keys(object).find((one) => !valuedOutcomes.some((known) => known === one));
      if (unknown === undefined) return object;
      throw new LiveshelfError(
        "CONFIG_INVALID",
        `"value" knows no outcome "${unknown}"; the nearest is "${nearest(unknown, valuedOutcomes)}".`,
        `/value/${unknown}`,
      );
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: secondMs, min: minuteMs, h: hourMs, d: dayMs };

function durationMs(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
  const match = typeof value === "string" ? /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)?\s*$/.exec(value) : null;
  return match ? Number(match[1]) * units[match[2] ?? "ms"]! : undefined;
}

/** The known name with the smallest Levenshtein distance; of a long name its beginning is looked at. */
export function nearest(name: string, known: readonly string[]): string {
  const asked = name.slice(0, 100).toLowerCase();
  let best = known[0]!;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(asked, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
