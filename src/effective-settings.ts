/** The settings that hold, for people: each with its value, where that comes from, and what changing it takes. Secrets are not shown. */
import type { AccessKey } from "./access-keys.ts";
import { type Config, completeConfig, settings } from "./config.ts";
import type { RebuildReport, Reconfigured } from "./core/public.ts";

/** Who said it; `option`: a program that has the engine in its process. */
export type SettingOrigin = "default" | "file" | "environment" | "flag" | "option";

export interface SettingReport {
  readonly name: string;
  /** Null where nothing is set; of a secret only whether it is. */
  readonly value: unknown;
  readonly origin: SettingOrigin;
  /** What was read last and does not hold (yet), where that is another value. */
  readonly wanted?: unknown;
  /** Changing it folds the log anew. */
  readonly rebuilds: boolean;
  /** Changing it takes a new start. */
  readonly atStart: boolean;
  readonly about: string;
}

export interface EffectiveSettings {
  readonly settings: readonly SettingReport[];
  readonly rebuild?: RebuildReport;
}

/** Settings of a running service, which can be read again from where they came from. */
export interface LiveSettings {
  report(): EffectiveSettings;
  /** Begins what the change takes, and does not wait for it; rejects with CONFIG_INVALID, and nothing changed. */
  reload(): Promise<Reconfigured>;
  /** Where access keys that are made while it runs are kept. */
  readonly keys: KeyStore;
}

export interface KeyStore {
  /** Why no key can be made or withdrawn here, and what to do instead; undefined where it can. */
  readonly closed: string | undefined;
  /** Those that can be withdrawn here. Throws FILE_MALFORMED or CONFIG_INVALID where its file cannot be read. */
  held(): readonly AccessKey[];
  /** Written durably, and asked for from the next request on. Throws FILE_MALFORMED. */
  save(keys: readonly AccessKey[]): void;
}

const shown = "(set, and not shown)";

/** `origins`: by name; `wanted`: what was read last. */
export function settingReports(
  holding: Readonly<Record<string, unknown>>,
  origins: Readonly<Record<string, SettingOrigin>>,
  wanted: Readonly<Record<string, unknown>> = holding,
): SettingReport[] {
  const standard: Readonly<Record<string, unknown>> = { ...completeConfig({}) };
  return (Object.keys(settings) as (keyof Config)[]).map((name) => {
    const { folded, atStart = false, about, secret = false } = settings[name];
    const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
    const tell = (value: unknown): unknown => (secret && !isSame(value, standard[name]) ? shown : (value ?? null));
    const isStandard = isSame(holding[name], standard[name]);
    return {
      name,
      value: tell(holding[name]),
      origin: origins[name] ?? (isStandard ? "default" : "option"),
      ...(isSame(holding[name], wanted[name]) ? {} : { wanted: tell(wanted[name]) }),
      rebuilds: folded,
      atStart,
      about,
    };
  });
}
