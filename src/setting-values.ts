/** What may be given for a setting, by its kind, and what it is read as. */
import { accessKeys } from "./access-keys.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "./core/clock.ts";
import { LiveshelfError } from "./core/errors.ts";
import { laterOutcomes } from "./core/follow-up.ts";
import { memoryFault } from "./memory-size.ts";
import { nearest } from "./nearest.ts";
import { networkFault } from "./networks.ts";
import { originFault } from "./origins.ts";

/** Outcomes that an item's score is made of. */
export const valuedOutcomes = ["click", ...laterOutcomes] as const;
export type ValuedOutcome = (typeof valuedOutcomes)[number];

type Kind =
  | "text"
  | "whole"
  | "number"
  | "duration"
  | "memory"
  | "words"
  | "numbers"
  | "values"
  | "choice"
  | "switch"
  | "keys"
  | "networks"
  | "origins";

export interface Setting {
  readonly kind: Kind;
  readonly standard: unknown;
  readonly about: string;
  /** Changes what the state means: a snapshot made with another value is rebuilt from the log. */
  readonly folded: boolean;
  /** What a choice is one of. */
  readonly choices?: readonly string[];
  /** Holds until the process ends: it cannot be changed while the engine runs. */
  readonly atStart?: true;
  /** Never shown: not in messages, not by `liveshelf config`. */
  readonly secret?: true;
}

/** What is given for a setting → its value. Throws CONFIG_INVALID; of a secret nothing is shown. */
export function settingValue(name: string, setting: Setting, value: unknown): unknown {
  const wrong = (expected: string): never => {
    throw new LiveshelfError(
      "CONFIG_INVALID",
      `"${name}" must be ${expected}; it is ${setting.secret ? "something else" : JSON.stringify(value)}.`,
      `/${name}`,
    );
  };
  switch (setting.kind) {
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
    case "memory": {
      // The default holds on any machine: a small one must start too.
      if (value === setting.standard) return value;
      const fault = memoryFault(value);
      return fault === undefined ? value : wrong(fault);
    }
    case "choice": {
      const choices = setting.choices!;
      if (choices.some((one) => one === value)) return value;
      return wrong(`one of ${choices.join(", ")}; the nearest is "${nearest(String(value), choices)}"`);
    }
    case "switch": {
      const on = { true: true, false: false, 1: true, 0: false }[String(value)];
      return on ?? wrong("true or false");
    }
    case "keys": {
      const keys = accessKeys(value, `/${name}`);
      // A variable that was meant to be filled must not leave the door open.
      if (typeof value === "string" && keys.length === 0) throw keyless(name);
      return keys;
    }
    case "networks":
    case "origins": {
      const words = named(value);
      const fault = setting.kind === "networks" ? networkFault : originFault;
      const amiss = words?.map(fault).find((one) => one !== undefined);
      if (amiss !== undefined) throw new LiveshelfError("CONFIG_INVALID", `In "${name}" ${amiss}`, `/${name}`);
      return words ?? wrong("a list of texts");
    }
    case "words": {
      return named(value) ?? wrong("a list of names");
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

const keyless = (name: string): LiveshelfError => {
  const message = `"${name}" (in the environment LIVESHELF_KEYS) is empty: it must hold at least one access key, or be left out.`;
  return new LiveshelfError("CONFIG_INVALID", message, `/${name}`);
};

/** A list of texts, or a text with commas between them. */
function named(value: unknown): readonly string[] | undefined {
  const words = typeof value === "string" ? value.split(",").map((word) => word.trim()) : value;
  return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : undefined;
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
