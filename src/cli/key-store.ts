/** Where a running service keeps the access keys that are made over HTTP: the file that it has its keys from, if it has one. */
import type { AccessKey } from "../access-keys.ts";
import type { KeyStore } from "../effective-settings.ts";
import { isReplaceable, keyFile } from "../key-file.ts";
import type { ReadSettings } from "./settings.ts";

interface KeyPlace {
  readonly path: string;
  /** The settings; else a file of keys alone. */
  readonly isConfig: boolean;
}

/** The key file goes first; else the file of settings, unless the environment says in its stead which keys there are. A text: why none of them. */
export function keyPlace(
  config: string | undefined,
  { config: { keysFile }, origins }: ReadSettings,
): KeyPlace | string {
  if (keysFile !== undefined) return { path: keysFile, isConfig: false };
  if (origins.keys !== undefined && origins.keys !== "file")
    return "This server's keys come from the environment: change them there and restart it, or name a file of keys by LIVESHELF_KEYS_FILE.";
  if (config !== undefined) return { path: config, isConfig: true };
  return "This server has no file to keep keys in: start it with --config FILE, or name a file of keys by LIVESHELF_KEYS_FILE.";
}

/** `apply`: the keys of the settings are these now; undefined: as they were, but the file of keys is another. */
export function keyStore(
  place: () => KeyPlace | string,
  apply: (keys: readonly AccessKey[] | undefined) => void,
): KeyStore {
  const file = () => {
    const at = place();
    return typeof at === "string" ? undefined : { ...at, ...keyFile(at.path, at.isConfig) };
  };
  return {
    get closed() {
      const at = place();
      if (typeof at === "string") return at;
      if (isReplaceable(at.path)) return undefined;
      return "This server may not write the file that it has its keys from: use `liveshelf keys`, as the owner of that file.";
    },
    held: () => file()?.keys ?? [],
    save(keys) {
      const at = file();
      if (at === undefined) return;
      at.save(keys);
      apply(at.isConfig ? keys : undefined);
    },
  };
}
