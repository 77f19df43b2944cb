/** How an item event changes an item's fields (docs/events.md): given fields replace, null deletes, others stay. */
import type { Fields, FieldValue } from "../core/event.ts";
import { limits } from "../core/limits.ts";

/** Bytes of an item's merged fields as JSON: what one cell block of the blob store holds. */
export const itemBytesMax = 2 * limits.eventBytesMax;

/** Null, and what JSON cannot say and the log writes as null. */
export function isAbsent(value: unknown): value is null {
  return value === null || (typeof value === "number" && !Number.isFinite(value));
}

/**
 * The fields after the event. `old` is the caller's own copy, and is changed. `undefined` when an item may not hold that
 * much: more than `limits.fieldsMax` fields, or {@link itemBytesMax}.
 */
export function merge(old: Fields | undefined, given: Fields): Fields | undefined {
  const merged = old ?? {};
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined) continue; // JSON leaves it out: not given.
    if (isAbsent(value)) delete merged[name];
    else setOwn(merged, name, value);
  }
  return isWithinLimits(merged) ? merged : undefined;
}

/** Sets a field, also the one name that assignment would not make a field of. */
export function setOwn(fields: Fields, name: string, value: FieldValue): void {
  if (name !== "__proto__") fields[name] = value;
  else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}

function isWithinLimits(fields: Fields): boolean {
  if (Object.keys(fields).length > limits.fieldsMax) return false;
  return jsonBytesAtMost(fields) <= itemBytesMax || Buffer.byteLength(JSON.stringify(fields)) <= itemBytesMax;
}

/** An upper bound, much cheaper than the JSON: six bytes for each code unit, 25 for a number. */
function jsonBytesAtMost(value: FieldValue): number {
  if (typeof value === "string") return 6 * value.length + 3;
  if (typeof value !== "object" || value === null) return 25;
  let bytes = 2;
  if (Array.isArray(value)) for (const one of value) bytes += jsonBytesAtMost(one) + 1;
  else for (const name of Object.keys(value)) bytes += 6 * name.length + 4 + jsonBytesAtMost(value[name]!);
  return bytes;
}
