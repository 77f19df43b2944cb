/** Settings of a command: file < environment < flag (docs/settings.md). */
import { readFileSync } from "node:fs";
import { type Config, completeConfig, environmentName, settings, settingsFromEnvironment } from "../config.ts";
import { LiveshelfError } from "../core/errors.ts";
import type { SettingOrigin } from "../effective-settings.ts";
import { jsonFault } from "../json-fault.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags that are settings; undefined ones were not given. */
export type GivenFlags = Readonly<Partial<Record<keyof Config, unknown>>>;

export interface ReadSettings {
  readonly config: Config;
  /** Who said it, by name; of the others it is the default. */
  readonly origins: Readonly<Record<string, SettingOrigin>>;
}

export function readSettings(configFile: string | undefined, given: GivenFlags, environment?: Environment): Config {
  return settingsAndOrigins(configFile, given, environment).config;
}

export function settingsAndOrigins(
  configFile: string | undefined,
  given: GivenFlags,
  environment: Environment = process.env,
): ReadSettings {
  const file = configFile === undefined ? {} : readConfigFile(configFile);
  const variables = settingsFromEnvironment(withFiles(environment));
  const flags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const origins: Record<string, SettingOrigin> = {};
  for (const [origin, some] of [
    ["file", file],
    ["environment", variables],
    ["flag", flags],
  ] as const)
    for (const name of Object.keys(some)) origins[name] = origin;
  return { config: completeConfig({ ...file, ...variables, ...flags }), origins };
}

function readConfigFile(path: string): Record<string, unknown> {
  const text = readText(path);
  const fault = jsonFault(text);
  if (fault !== undefined) throw new LiveshelfError("CONFIG_INVALID", `${path} is not JSON: look at ${fault}.`);
  const given: unknown = JSON.parse(text);
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw new LiveshelfError("CONFIG_INVALID", `${path} must hold one JSON object, such as {"port": 7700}.`);
}

/** `LIVESHELF_X_FILE=path` stands for `LIVESHELF_X` with the file's content: how secrets come into containers. */
function withFiles(environment: Environment): Environment {
  const variables = new Set(Object.keys(settings).map(environmentName));
  const resolved: Record<string, string | undefined> = {};
  for (const [variable, value] of Object.entries(environment)) {
    const meant = variable.replace(/_FILE$/, "");
    // A file of keys is a setting of its own: it is read again when it changes.
    const isMeant = variables.has(meant) && !variables.has(variable);
    if (meant === variable || value === undefined || !isMeant) {
      resolved[variable] = value;
      continue;
    }
    if (environment[meant] !== undefined) {
      throw new LiveshelfError("CONFIG_INVALID", `Both ${meant} and ${variable} are set; leave one out.`);
    }
    resolved[meant] = readText(value).trim();
  }
  return resolved;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new LiveshelfError("CONFIG_INVALID", `Cannot read ${path}: ${(error as Error).message}.`);
  }
}
