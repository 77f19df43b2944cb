/** Access keys in a file: the settings (under "keys") or a key file (a list). Only their digests are written. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type AccessKey, accessKeys, keyDigest } from "./access-keys.ts";
import { LiveshelfError } from "./core/errors.ts";

const keyBytes = 32;

export interface KeyFile {
  readonly path: string;
  readonly keys: readonly AccessKey[];
  /** Writes the file anew, all at once; nobody but its owner can read it. Throws FILE_MALFORMED. */
  save(keys: readonly AccessKey[]): void;
}

/** What a key is made from; `scopes` as text or list, all where there are none. */
export interface KeyWish {
  readonly name: string;
  readonly scopes?: unknown;
  readonly expires?: string | undefined;
}

/** A key of 256 bits, and what is kept of it. Throws CONFIG_INVALID. */
export function newKey({ name, scopes, expires }: KeyWish): { readonly key: string; readonly kept: AccessKey } {
  const key = `ls_${randomBytes(keyBytes).toString("base64url")}`;
  const [kept] = accessKeys([{ name, sha256: keyDigest(key), expires, scopes }], "/keys");
  return { key, kept: kept! };
}

/** A file that is not there yet holds none. `isConfig`: it holds other settings too, which stay as they are. */
export function keyFile(path: string, isConfig: boolean): KeyFile {
  const text = textOf(path);
  const settings = isConfig ? settingsIn(text, path) : undefined;
  const given = settings === undefined ? text : (settings.keys ?? []);
  const found = accessKeys(given, isConfig ? "/keys" : "");
  return {
    path,
    keys: found,
    save(changed) {
      const written = changed.map(({ name, scopes, sha256, expires }) => ({ name, scopes, sha256, expires }));
      replaceFile(
        path,
        `${JSON.stringify(settings === undefined ? written : { ...settings, keys: written }, null, 2)}\n`,
      );
    },
  };
}

/** Whether {@link KeyFile.save} may replace it. */
export function isReplaceable(named: string): boolean {
  try {
    const path = existsSync(named) ? realpathSync(named) : named;
    accessSync(dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "";
    throw new LiveshelfError("FILE_MALFORMED", `Cannot read ${path}: ${message}.`);
  }
}

function settingsIn(text: string, path: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings === "object" && settings !== null && !Array.isArray(settings))
      return settings as Record<string, unknown>;
  } catch {
    // Said below, without a piece of the text.
  }
  throw new LiveshelfError("FILE_MALFORMED", `${path} must hold one JSON object, such as {"port": 7700}.`);
}

function replaceFile(named: string, text: string): void {
  // The file itself, not the link that names it.
  const path = existsSync(named) ? realpathSync(named) : named;
  const unfinished = `${path}.unfinished`;
  // One that was left behind may be readable by others.
  rmSync(unfinished, { force: true });
  try {
    const file = openSync(unfinished, "wx", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new LiveshelfError("FILE_MALFORMED", `Cannot write ${path}: ${(error as Error).message}.`);
  }
}
