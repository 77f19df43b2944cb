/** `liveshelf config`: the settings that hold and where each comes from, a check of them before they are used, and the automatic feature set. */
import { join } from "node:path";
import { type Config, changedSettings, settings } from "../config.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { type SettingReport, settingReports } from "../effective-settings.ts";
import type { FeatureReport } from "../feature-report.ts";
import { WrongUse } from "./failing.ts";
import { openForReading } from "./open.ts";
import { type ReadSettings, settingsAndOrigins } from "./settings.ts";
import { table } from "./table.ts";

export interface ConfigOptions {
  readonly config?: string;
  readonly data?: string;
  readonly check?: true;
  readonly features?: true;
  readonly json?: true;
}

export async function showConfig(options: ConfigOptions): Promise<void> {
  if (options.features) return showFeatures(options);
  if (options.check) return check(options);
  const read = settingsAndOrigins(options.config, { data: options.data });
  const reports = settingReports({ ...read.config }, read.origins);
  const rebuilds = await whatRebuilds(read.config);
  if (options.json) return print({ settings: reports, ...(rebuilds === undefined ? {} : { rebuilds }) });
  console.log(
    table(
      reports.map((one) => ({ setting: one.name, value: valueInWords(one), from: one.origin, meaning: one.about })),
    ),
  );
  if (rebuilds !== undefined) console.log(`\n${rebuildsInWords(rebuilds)}`);
}

/** Ends with 1 and says why where the settings cannot be used. */
async function check(options: ConfigOptions): Promise<void> {
  try {
    const { config } = readAndBuildable(options, await import("../rooms.ts"));
    await checkDoor(config);
    const rebuilds = await whatRebuilds(config);
    if (options.json) return print({ valid: true, ...(rebuilds === undefined ? {} : { rebuilds }) });
    console.log("The settings can be used.");
    if (rebuilds !== undefined) console.log(rebuildsInWords(rebuilds));
  } catch (error) {
    if (!(error instanceof LiveshelfError)) throw error;
    process.exitCode = 1;
    const { code, message, at } = error;
    if (options.json) return print({ valid: false, code, message, ...(at === undefined ? {} : { at }) });
    console.error(`error ${code}: ${message}${at === undefined ? "" : ` (${at})`}`);
  }
}

/** Features, learners, rules and files of weights are known only where they are used. */
function readAndBuildable(
  options: ConfigOptions,
  { buildRooms }: { readonly buildRooms: (config: Config) => unknown },
): ReadSettings {
  const read = settingsAndOrigins(options.config, { data: options.data });
  buildRooms(read.config);
  return read;
}

/** What else a server would end with at once: keys that cannot be read, an address that it must not or cannot listen on. */
async function checkDoor(config: Config): Promise<void> {
  const [{ access }, { checkHost }] = await Promise.all([import("../http/access.ts"), import("../http/address.ts")]);
  access(config, () => {});
  await checkHost(config.host);
}

interface Rebuilds {
  /** Of the newest snapshot. */
  readonly offset: number;
  readonly settings: readonly string[];
}

/** What the newest snapshot of the data folder was folded under otherwise; undefined without a folder or a snapshot in it. */
async function whatRebuilds(config: Config): Promise<Rebuilds | undefined> {
  if (config.data === undefined) return undefined;
  const { folderSnapshots } = await import("../snapshots/folder.ts");
  const { configOf } = await import("../former-config.ts");
  const newest = folderSnapshots(join(config.data, "snapshots")).list()[0];
  if (newest === undefined) return undefined;
  const { offset } = newest.header;
  try {
    const changed = changedSettings(configOf(newest, config), config);
    return { offset, settings: changed.filter((name) => settings[name].folded) };
  } catch (error) {
    // Folded under a setting that this release does not have.
    if (error instanceof LiveshelfError && error.code === "CONFIG_INVALID") return { offset, settings: ["all"] };
    throw error;
  }
}

const rebuildsInWords = ({ offset, settings: changed }: Rebuilds): string =>
  changed.length === 0
    ? `The newest snapshot, at offset ${offset}, was folded under the same settings.`
    : `Folded anew at the next start or reload, as the snapshot at offset ${offset} was folded under other values: ${changed.join(", ")}.`;

function valueInWords({ name, value }: SettingReport): string {
  if (value === null) return "–";
  if (typeof value === "number" && name.endsWith("Ms")) return durationInWords(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

const units = { d: dayMs, h: hourMs, min: minuteMs, s: secondMs };

/** As settings may be written: `7 d`, `90 s`, `250 ms`. */
function durationInWords(ms: number): string {
  const unit = Object.entries(units).find(([, of]) => ms > 0 && ms % of === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[1]} ${unit[0]}`;
}

async function showFeatures(options: ConfigOptions): Promise<void> {
  const read = settingsAndOrigins(options.config, { data: options.data });
  if (read.config.data === undefined) throw new WrongUse("say which data folder the features are of: --data DIR.");
  const engine = await openForReading(options);
  try {
    const report = engine.inspect({ features: true }) as unknown as FeatureReport;
    if (options.json) return print({ ...report });
    console.log(
      table(
        report.fields.map(({ field, type, coverage, values, learned, why }) => ({
          ...{ field, type, items: `${Math.round(coverage * 1000) / 10} %`, values: values.toLocaleString("en") },
          ...{ learned: learned ? "yes" : "no", why },
        })),
      ),
    );
    console.log(`\nFeatures that say nothing, read for the newest ${report.lists} lists:`);
    console.log(report.silent.length === 0 ? "none" : table(report.silent));
    console.log(`\nAs settings, to be edited:\n${JSON.stringify(report.config, null, 2)}`);
  } finally {
    await engine.close();
  }
}

const print = (answer: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(answer));
