/** The settings of a service while it runs: read from file, environment and flags, and again when told to. */
import type { Config } from "../config.ts";
import type { Engine } from "../core/public.ts";
import { type LiveSettings, settingReports } from "../effective-settings.ts";
import { keyPlace, keyStore } from "./key-store.ts";
import { type Environment, type GivenFlags, settingsAndOrigins } from "./settings.ts";

/** `changeDoor`: who is let in and how many at once, as these settings say. Throws CONFIG_INVALID. */
export function liveSettings(
  file: string | undefined,
  flags: GivenFlags,
  engine: Engine,
  changeDoor: (config: Config) => void,
  environment: Environment = process.env,
): LiveSettings & { readonly config: Config } {
  let read = settingsAndOrigins(file, flags, environment);
  return {
    get config() {
      return read.config;
    },
    keys: keyStore(
      () => keyPlace(file, read),
      (keys) => changeDoor(keys === undefined ? read.config : { ...read.config, keys }),
    ),
    report() {
      const { rebuild } = engine.status();
      const settings = settingReports(engine.settings(), read.origins, { ...read.config });
      return { settings, ...(rebuild === undefined ? {} : { rebuild }) };
    },
    async reload() {
      const again = settingsAndOrigins(file, flags, environment);
      const change = engine.compareSettings({ ...again.config });
      changeDoor(again.config);
      read = again;
      // It says by itself what came of it, and the settings that are reported say what holds.
      engine.reconfigure({ ...again.config }).catch(() => {});
      return change;
    },
  };
}
