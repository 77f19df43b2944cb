/** Settings of a command: file < environment < flag (docs/settings.md). */
import { readFileSync } from "node:fs";
import { type Config, completeConfig, environmentName, settings, settingsFromEnvironment } from "../config.ts";
import { LiveshelfError } from "../core/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `given`: the flags that are settings; undefined ones were not given. */
export function readSettings(
  configFile: string | undefined,
  given: Readonly<Partial<Record<keyof Config, unknown>>>,
  environment: Environment = process.env,
): Config {
  const flags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const fromFile = configFile === undefined ? {} : readConfigFile(configFile);
  return completeConfig({ ...fromFile, ...settingsFromEnvironment(withFiles(environment)), ...flags });
}

function readConfigFile(path: string): Record<string, unknown> {
  let given: unknown;
  try {
    given = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    throw new LiveshelfError("CONFIG_INVALID", `${path} is not JSON: ${(error as Error).message}.`);
  }
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw new LiveshelfError("CONFIG_INVALID", `${path} must hold one JSON object, such as {"port": 7700}.`);
}

/** `LIVESHELF_X_FILE=path` stands for `LIVESHELF_X` with the file's content: how secrets come into containers. */
function withFiles(environment: Environment): Environment {
  const variables = new Set(Object.keys(settings).map(environmentName));
  const resolved: Record<string, string | undefined> = {};
  for (const [variable, value] of Object.entries(environment)) {
    const meant = variable.replace(/_FILE$/, "");
    if (meant === variable || value === undefined || !variables.has(meant)) {
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
