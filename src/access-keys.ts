/**
 * Who may call over HTTP. A key is read once and kept as its SHA-256; a file need not hold more:
 *
 *     [{"name": "shop", "scopes": ["events", "query"], "sha256": "<64 hex digits>", "expires": "2027-01-01"}]
 *
 * Also read: `"key"` in place of `"sha256"`; `{"<key>": ["events"]}`; and text, `KEY` (every scope), `KEY:events+query`, with commas, semicolons or
 * white space between. No message shows a key.
 */
import { createHash } from "node:crypto";
import { LiveshelfError } from "./core/errors.ts";
import { limits } from "./core/limits.ts";
import { jsonFault } from "./json-fault.ts";
import { nearest } from "./nearest.ts";

/** What a key lets do; `admin` lets do everything. */
const scopes = ["events", "query", "metrics", "admin"] as const;
export type Scope = (typeof scopes)[number];

export interface AccessKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Hex, lower case. */
  readonly sha256: string;
  /** ISO 8601; absent: for good. */
  readonly expires?: string;
  /** Of a key that was given as it is: its code units, and whether in JSON, where its digest could stand. */
  readonly plain?: { readonly length: number; readonly isJson: boolean };
}

/** Hex. A key has 256 bits of its own or should have: nothing slower is needed to keep it from being guessed. */
export const keyDigest = (key: string): string => createHash("sha256").update(key).digest("hex");

/** Throws CONFIG_INVALID, which names the entry by its name or its place. */
export function accessKeys(given: unknown, at: string): readonly AccessKey[] {
  const keys = records(given, at).map((record, i) => accessKey(record, i, at));
  if (keys.length <= limits.accessKeysMax) return withoutTwins(keys, at);
  throw invalid(`At most ${limits.accessKeysMax} access keys are taken; these are ${keys.length}.`, at);
}

/** Of two keys of one name nobody could say which called; of one key twice, which scopes it has. */
function withoutTwins(keys: readonly AccessKey[], at: string): readonly AccessKey[] {
  const byName = new Map<string, number>();
  const byDigest = new Map<string, number>();
  for (const [i, { name, sha256 }] of keys.entries()) {
    const twin = byDigest.get(sha256);
    if (twin !== undefined)
      throw invalid(`Access keys ${twin + 1} and ${i + 1} are the same key; leave one out.`, `${at}/${i}`);
    const namesake = byName.get(name);
    if (namesake !== undefined)
      throw invalid(
        `Access keys ${namesake + 1} and ${i + 1} have both the name "${name}"; give one another.`,
        `${at}/${i}`,
      );
    byName.set(name, i);
    byDigest.set(sha256, i);
  }
  return keys;
}

interface KeyRecord {
  readonly name?: unknown;
  readonly key?: unknown;
  readonly sha256?: unknown;
  readonly scopes?: unknown;
  readonly expires?: unknown;
  readonly plain?: unknown;
}

const properties = ["name", "key", "sha256", "scopes", "expires"] as const;

const invalid = (message: string, at: string): LiveshelfError => new LiveshelfError("CONFIG_INVALID", message, at);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function records(given: unknown, at: string): readonly KeyRecord[] {
  if (typeof given === "string") {
    const text = given.trim();
    return /^[[{"]/.test(text) ? records(parsed(text, at), at) : entries(text, at);
  }
  if (Array.isArray(given)) {
    return given.flatMap((one: unknown): readonly KeyRecord[] => {
      if (typeof one === "string") return entries(one.trim(), at);
      if (isObject(one)) return [one];
      throw invalid('An access key is an object such as {"name": "shop", "scopes": ["query"], "sha256": "…"}.', at);
    });
  }
  if (!isObject(given)) throw invalid("Access keys are a list of objects, or a text of keys.", at);
  if (typeof given.key === "string" || typeof given.sha256 === "string") return [given];
  if (Object.keys(given).length === 1 && Array.isArray(given.keys) && !given.keys.every(isScope))
    return records(given.keys, at);
  return Object.entries(given).map(([key, more]) => (isObject(more) ? { ...more, key } : { key, scopes: more }));
}

function parsed(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // JSON's own message shows a piece of the text.
    throw invalid(`${namesOf(at)} begins like JSON and is none: look at ${jsonFault(text) ?? "it"}.`, at);
  }
}

/** Where keys were given, as an operator knows it. */
const namesOf = (at: string): string => {
  if (at === "/keysFile") return 'The file that "keysFile" (LIVESHELF_KEYS_FILE) names';
  return at === "" ? "The file of access keys" : '"keys" (in the environment LIVESHELF_KEYS)';
};

/** `KEY`, `KEY:scope+scope`; a scope's name alone belongs to the key before it. */
function entries(text: string, at: string): readonly KeyRecord[] {
  const found: TextEntry[] = [];
  for (const entry of text.split(/[,;\s]+/).filter((one) => one !== "")) {
    const before = found.at(-1);
    if (isScope(entry) && before?.scopes !== undefined) before.scopes.push(entry);
    else found.push(keyAndScopes(entry, found.length, at));
  }
  return found;
}

interface TextEntry {
  readonly key: string;
  readonly scopes?: string[];
  readonly plain: "text";
}

function keyAndScopes(entry: string, i: number, at: string): TextEntry {
  const colon = entry.lastIndexOf(":");
  if (colon < 0) return { key: entry, plain: "text" };
  const named = entry.slice(colon + 1).split(/[+|]/);
  const unknown = named.find((one) => !isScope(one));
  if (unknown === undefined) return { key: entry.slice(0, colon), scopes: named, plain: "text" };
  // What follows a colon may be the key itself: it is not shown.
  const message = `After the colon of access key ${i + 1} come scopes with + between: ${scopes.join(", ")}.`;
  throw invalid(message, at);
}

const isScope = (text: unknown): text is Scope => scopes.some((one) => one === text);

function accessKey(record: KeyRecord, i: number, at: string): AccessKey {
  const place = `${at}/${i}`;
  const unknown = Object.keys(record).find((one) => one !== "plain" && !properties.some((known) => known === one));
  if (unknown !== undefined) {
    const message = `An access key has no "${unknown.slice(0, 20)}"; the nearest is "${nearest(unknown, properties)}".`;
    throw invalid(message, place);
  }
  const name = record.name ?? `key-${i + 1}`;
  if (typeof name !== "string" || !/^[\w .@-]{1,64}$/.test(name))
    throw invalid(`The name of access key ${i + 1} must have 1 to 64 letters, digits, spaces or . _ - @.`, place);
  return {
    name,
    scopes: scopesOf(record.scopes, name, place),
    ...digestOf(record, name, place),
    ...expiry(record.expires, name, place),
  };
}

function scopesOf(given: unknown, name: string, at: string): readonly Scope[] {
  if (given === undefined || given === null) return ["admin"];
  const list: unknown = typeof given === "string" ? given.split(/[+|,\s]+/) : given;
  if (!Array.isArray(list) || list.length === 0)
    throw invalid(`The scopes of access key "${name}" must be a list of ${scopes.join(", ")}.`, at);
  const unknown = list.find((one) => !isScope(one));
  if (unknown === undefined) return [...new Set(list as Scope[])];
  const asked = String(unknown).slice(0, 20);
  throw invalid(`Access key "${name}" has no scope "${asked}" to get; the nearest is "${nearest(asked, scopes)}".`, at);
}

function digestOf({ key, sha256, plain }: KeyRecord, name: string, at: string): Pick<AccessKey, "sha256" | "plain"> {
  if ((key === undefined) === (sha256 === undefined))
    throw invalid(`Access key "${name}" must have either "sha256" or "key".`, at);
  if (sha256 !== undefined) {
    if (typeof sha256 === "string" && /^[0-9a-f]{64}$/i.test(sha256)) {
      const digest = { sha256: sha256.toLowerCase() };
      // Read before: settings that are complete are taken again.
      return isObject(plain) ? { ...digest, plain: plain as NonNullable<AccessKey["plain"]> } : digest;
    }
    throw invalid(
      `"sha256" of access key "${name}" must have 64 hex digits, as \`liveshelf keys add\` writes them.`,
      at,
    );
  }
  if (typeof key === "string" && key.length <= limits.accessKeyLengthMax && /^[\x21-\x7e]+$/.test(key))
    return { sha256: keyDigest(key), plain: { length: key.length, isJson: plain !== "text" } };
  const most = limits.accessKeyLengthMax;
  throw invalid(`"key" of access key "${name}" must have 1 to ${most} visible ASCII characters and no spaces.`, at);
}

function expiry(given: unknown, name: string, at: string): Pick<AccessKey, "expires"> {
  if (given === undefined || given === null) return {};
  const expiresAtMs = typeof given === "string" && /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(expiresAtMs)) return { expires: new Date(expiresAtMs).toISOString() };
  throw invalid(`"expires" of access key "${name}" must be a date such as 2027-01-01 or an ISO 8601 time.`, at);
}
