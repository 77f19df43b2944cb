/** The access keys that hold now: those of the settings, and those of a file that is looked at again. */
import { hash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { type AccessKey, accessKeys } from "../access-keys.ts";
import type { Config } from "../config.ts";
import { type Clock, secondMs, systemClock } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** How often the file is looked at, at most, and only when somebody calls. */
const lookEveryMs = secondMs;

interface HeldKey {
  readonly key: AccessKey;
  readonly digest: Buffer;
  readonly expiresAtMs: number;
}

/**
 * The key with which a caller comes, expired ones too. All are compared, digests of 32 bytes in constant time: how long it takes says neither
 * whether nor where one matched, nor how much of it did.
 */
export function matchingKey(
  given: string,
  keys: readonly HeldKey[],
  areEqual: (a: Buffer, b: Buffer) => boolean = timingSafeEqual,
): HeldKey | undefined {
  const digest = hash("sha256", given, "buffer");
  let found: HeldKey | undefined;
  for (const key of keys) if (areEqual(digest, key.digest)) found ??= key;
  return found;
}

export class KeyRing {
  readonly #say: (message: string) => void;
  readonly #clock: Clock;
  #settings: Pick<Config, "keys" | "keysFile">;
  #held: readonly HeldKey[] = [];
  #file: { readonly mark: string; readonly keys: readonly AccessKey[] } | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Throws CONFIG_INVALID where the file cannot be read, or holds no key. */
  constructor(settings: Pick<Config, "keys" | "keysFile">, say: (message: string) => void, clock: Clock = systemClock) {
    this.#settings = settings;
    this.#say = say;
    this.#clock = clock;
    this.change(settings);
  }

  /** Whether a key is asked for at all. */
  get isLocked(): boolean {
    return this.#held.length > 0;
  }

  /** All that hold, expired ones too. */
  get keys(): readonly AccessKey[] {
    return this.#held.map(({ key }) => key);
  }

  /** As the constructor; nothing changed where it throws. */
  change(settings: Pick<Config, "keys" | "keysFile">): void {
    const file = settings.keysFile === undefined ? undefined : readKeysFile(settings.keysFile);
    const all = [...settings.keys, ...(file?.keys ?? [])];
    if (all.length > limits.accessKeysMax) throw tooMany(all.length);
    this.#settings = settings;
    this.#file = file;
    this.#held = all.map(held);
    for (const message of weaknesses(all)) this.#say(message);
    const nowMs = this.#clock.nowMs();
    if (all.length > 0 && this.#held.every(({ expiresAtMs }) => expiresAtMs <= nowMs))
      this.#say("Every access key has expired: nobody is let in. `liveshelf keys add` makes a new one.");
  }

  find(given: string, nowMs: number): HeldKey | undefined {
    this.#lookAgain(nowMs);
    return matchingKey(given, this.#held);
  }

  /** What the file says now. Where it says nothing that can be read, the keys stay as they are. */
  #lookAgain(nowMs: number): void {
    const { keysFile } = this.#settings;
    if (keysFile === undefined || Math.abs(nowMs - this.#lookedAtMs) < lookEveryMs) return;
    this.#lookedAtMs = nowMs;
    const mark = fileMark(keysFile);
    if (mark === this.#file?.mark) return;
    try {
      this.change(this.#settings);
      this.#say(`The access keys were read again: ${this.#held.length} hold.`);
    } catch (error) {
      this.#file = { mark, keys: this.#file?.keys ?? [] };
      this.#say(`The access keys stay as they were: ${(error as Error).message}`);
    }
  }
}

export function held(key: AccessKey): HeldKey {
  const expiresAtMs = key.expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(key.expires);
  return { key, digest: Buffer.from(key.sha256, "hex"), expiresAtMs };
}

const keyLengthMin = 16;

/** What an operator should know of the keys, in sentences. */
function weaknesses(keys: readonly AccessKey[]): string[] {
  const named = (some: readonly AccessKey[]): string => some.map(({ name }) => `"${name}"`).join(", ");
  const short = keys.filter(({ plain }) => plain !== undefined && plain.length < keyLengthMin);
  const readable = keys.filter(({ plain }) => plain?.isJson);
  const mend = "`liveshelf keys add` makes one of 256 bits and keeps its hash";
  const found: string[] = [];
  if (short.length > 0)
    found.push(`Access keys of less than ${keyLengthMin} characters can be guessed: ${named(short)}; ${mend}.`);
  if (readable.length > 0) found.push(`Access keys can be read where they stand: ${named(readable)}; ${mend}.`);
  return found;
}

const tooMany = (count: number): LiveshelfError =>
  new LiveshelfError(
    "CONFIG_INVALID",
    `At most ${limits.accessKeysMax} access keys are taken; these are ${count}.`,
    "/keys",
  );

/** Changes when the file does; "" where it cannot be looked at. */
function fileMark(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return "";
  }
}

function readKeysFile(path: string): { readonly mark: string; readonly keys: readonly AccessKey[] } {
  // Before the text: what changes in between is then found at the next look.
  const mark = fileMark(path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new LiveshelfError("CONFIG_INVALID", `Cannot read "keysFile": ${(error as Error).message}.`, "/keysFile");
  }
  const keys = accessKeys(text, "/keysFile");
  if (keys.length > 0) return { mark, keys };
  const mend = "make one with `liveshelf keys add --file FILE --name NAME`.";
  throw new LiveshelfError("CONFIG_INVALID", `"keysFile" holds no key; ${mend}`, "/keysFile");
}
