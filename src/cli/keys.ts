/** `liveshelf keys`: of the settings (`--config`, under "keys") or a key file (`--file`, a list). */
import type { AccessKey } from "../access-keys.ts";
import { type KeyFile, keyFile, newKey } from "../key-file.ts";
import { WrongUse } from "./failing.ts";
import { table } from "./table.ts";

export interface KeysOptions {
  readonly config?: string;
  readonly file?: string;
  readonly name?: string;
  readonly scopes?: string;
  readonly expires?: string;
  readonly json?: true;
}

export function keys(what: string, options: KeysOptions): void {
  const path = options.config ?? options.file;
  if (path === undefined || (options.config !== undefined && options.file !== undefined))
    throw new WrongUse("say where the keys are: either --config FILE or --file FILE.");
  const held = keyFile(path, options.file === undefined);
  if (what === "add") add(held, options);
  else if (what === "list") list(held, options);
  else if (what === "remove") remove(held, options);
  else throw new WrongUse(`keys can be added, listed and removed: add, list or remove; not "${what}".`);
}

function add({ path, keys: held, save }: KeyFile, options: KeysOptions): void {
  const name = options.name ?? freeName(held);
  if (held.some((one) => one.name === name))
    throw new WrongUse(`${path} has a key "${name}" already: give another --name, and remove the old one later.`);
  const { key, kept } = newKey({ name, scopes: options.scopes, expires: options.expires });
  const { sha256, ...shown } = kept;
  save([...held, kept]);
  console.log(options.json ? JSON.stringify({ key, ...shown }) : key);
  if (!options.json)
    console.error(`This is the only time that the key "${name}" is shown; it may do: ${kept.scopes.join(", ")}.`);
}

function freeName(held: readonly AccessKey[]): string {
  for (let i = held.length + 1; ; i++) if (!held.some(({ name }) => name === `key-${i}`)) return `key-${i}`;
}

function list({ keys: held }: KeyFile, { json }: KeysOptions): void {
  const shown = held.map(({ name, scopes, sha256, expires }) => ({
    name,
    scopes,
    sha256: sha256.slice(0, 8),
    expires,
  }));
  if (json) console.log(JSON.stringify({ keys: shown }));
  else if (shown.length === 0) console.error("There are none.");
  else
    console.log(
      table(shown.map((one) => ({ ...one, scopes: one.scopes.join(", "), expires: one.expires ?? "never" }))),
    );
}

function remove({ path, keys: held, save }: KeyFile, { name, json }: KeysOptions): void {
  if (name === undefined) throw new WrongUse("say which key: --name NAME.");
  const left = held.filter((one) => one.name !== name);
  if (left.length === held.length) {
    const names = held.map((one) => `"${one.name}"`).join(", ") || "none";
    throw new WrongUse(`${path} has no key "${name}"; it has ${names}.`);
  }
  save(left);
  if (json) console.log(JSON.stringify({ removed: name, left: left.length }));
  else console.error(`The key "${name}" is gone; ${left.length} left.`);
}
