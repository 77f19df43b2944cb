/**
 * What docs/events.md and docs/limits.md say of an event, written again and as plainly as it goes: the slow twin of the real check. It knows
 * every fault of an event, so that a refusal can be compared with all of them.
 */
import type { LoggedEvent } from "../../src/core/event.ts";
import { limits } from "../../src/core/limits.ts";

export type Verdict =
  | { readonly kind: "taken"; readonly event: LoggedEvent }
  | { readonly kind: "withoutConsent" }
  | { readonly kind: "refused"; readonly codes: ReadonlySet<string> };

type Given = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Given =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;
const isWord = (value: unknown): value is string => typeof value === "string" && value.length > 0;
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isScalar = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "boolean" || isNumber(value);

/** Faults of one event, gathered. */
class Faults {
  readonly codes = new Set<string>();
  malformed = (): undefined => void this.codes.add("EVENT_MALFORMED");
  limit = (): undefined => void this.codes.add("EVENT_LIMIT");
  tooLarge = (): undefined => void this.codes.add("EVENT_TOO_LARGE");
}

export function judge(given: unknown, receivedAt: number): Verdict {
  if (isObject(given) && given.consent === false) return { kind: "withoutConsent" };
  const faults = new Faults();
  const event = read(given, receivedAt, faults);
  if (faults.codes.size > 0) return { kind: "refused", codes: faults.codes };
  // As JSON holds it: keys without a value are not there, and there is no −0.
  return { kind: "taken", event: JSON.parse(JSON.stringify(event)) };
}

function read(given: unknown, receivedAt: number, faults: Faults): unknown {
  if (!isObject(given)) return faults.malformed();
  const { type, consent } = given;
  if (!isAbsent(consent) && consent !== true) faults.malformed();
  const id = (value: unknown): string | undefined => idOf(value, faults);
  const optionalId = (value: unknown): string | undefined => (isAbsent(value) ? undefined : idOf(value, faults));
  const common = {
    type,
    id: optionalId(given.id),
    time: given.time === undefined ? receivedAt : timeOf(given.time, faults),
    receivedAt,
  };
  const who = () => ({ user: optionalId(given.user), session: optionalId(given.session) });
  switch (type) {
    case "item":
      return { ...common, item: id(given.item), fields: fieldsOf(given.fields, faults) };
    case "item-removed":
      return { ...common, item: id(given.item) };
    case "user":
      return {
        ...common,
        user: id(given.user),
        session: optionalId(given.session),
        fields: fieldsOf(given.fields, faults),
      };
    case "slate":
      return {
        ...common,
        ...who(),
        slate: optionalId(given.slate),
        surface: isAbsent(given.surface) ? undefined : nameOf(given.surface, faults),
        query: queryOf(given.query, faults),
        context: contextOf(given.context, faults),
        items: itemsOf(given.items, faults),
        orderedBy: isAbsent(given.orderedBy)
          ? undefined
          : ["caller", "engine"].includes(given.orderedBy as string)
            ? given.orderedBy
            : faults.malformed(),
      };
    case "outcome": {
      const { value } = given;
      if (given.action === "rating" && !(isNumber(value) && value >= 1 && value <= 5)) faults.malformed();
      return {
        ...common,
        ...who(),
        action: nameOf(given.action, faults),
        item: id(given.item),
        slate: optionalId(given.slate),
        value: isAbsent(value) ? undefined : isNumber(value) ? value : faults.malformed(),
      };
    }
    case "synonyms":
      return { ...common, synonyms: synonymsOf(given.synonyms, faults) };
    default:
      return faults.malformed();
  }
}

function idOf(value: unknown, faults: Faults): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (!isWord(value)) return faults.malformed();
  if (value.length > limits.idLengthMax) return faults.limit();
  return /\p{Surrogate}/u.test(value) ? faults.malformed() : value;
}

function nameOf(value: unknown, faults: Faults): string | undefined {
  if (!isWord(value)) return faults.malformed();
  return value.length > limits.nameLengthMax ? faults.limit() : value.toWellFormed();
}

const timePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|([+-])(\d\d):?(\d\d))?)?$/;

function timeOf(value: unknown, faults: Faults): number | undefined {
  if (typeof value === "number") return value >= 0 && value <= 8.64e15 ? Math.floor(value) : faults.malformed();
  const parts = typeof value === "string" ? timePattern.exec(value) : null;
  if (parts === null) return faults.malformed();
  const number = (place: number): number => Number(parts[place] ?? 0);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(number) as [
    ...[number, number, number, number, number, number],
  ];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const isDay = month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!;
  const ms = Number((parts[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const isMidnight = hour === 24 && minute === 0 && second === 0 && ms === 0;
  const isClock = (hour <= 23 || isMidnight) && minute <= 59 && second <= 59;
  const isZone = number(9) <= 23 && number(10) <= 59;
  if (!isDay || !isClock || !isZone) return faults.malformed();
  const zoneMs = (parts[8] === "-" ? -1 : 1) * (number(9) * 60 + number(10)) * 60_000;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, ms);
  const time = at.getTime() - zoneMs;
  return time >= 0 ? time : faults.malformed();
}

/** Levels of lists and objects, the value itself counted. */
function levels(value: unknown): number {
  let deepest = 0;
  const open: [unknown, number][] = [[value, 1]];
  while (open.length > 0) {
    const [one, level] = open.pop()!;
    if (typeof one !== "object" || one === null) continue;
    deepest = Math.max(deepest, level);
    if (level <= limits.depthMax) for (const inner of Object.values(one)) open.push([inner, level + 1]);
  }
  return deepest;
}

function holdsInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsInfinity);
}

function fieldsOf(value: unknown, faults: Faults): unknown {
  if (isAbsent(value)) return {};
  if (!isObject(value)) return faults.malformed();
  if (Object.keys(value).length > limits.fieldsMax) return faults.limit();
  if (levels(value) > limits.depthMax) {
    faults.malformed(); // Infinity may stand anywhere beside it.
    return faults.limit();
  }
  if (holdsInfinity(value)) return faults.malformed();
  return Buffer.byteLength(JSON.stringify(value)) > limits.eventBytesMax ? faults.tooLarge() : value;
}

export function queryOf(value: unknown, faults: { malformed(): undefined; limit(): undefined }): string | undefined {
  if (isAbsent(value)) return undefined;
  const words = Array.isArray(value) ? value : [value];
  if (!words.every(isScalar)) return faults.malformed();
  const text = words.join(" ").toWellFormed();
  return text.length > limits.queryLengthMax ? faults.limit() : text;
}

export function contextOf(value: unknown, faults: { malformed(): undefined; limit(): undefined }): unknown {
  if (isAbsent(value)) return undefined;
  if (!isObject(value)) return faults.malformed();
  const entries = Object.entries(value);
  if (entries.length > limits.contextKeysMax) faults.limit();
  const present = entries.filter(([, one]) => one !== null);
  if (!present.every(([, one]) => (Array.isArray(one) ? one.every(isScalar) : isScalar(one)))) faults.malformed();
  if (present.some(([, one]) => Array.isArray(one) && one.length > limits.contextValuesMax)) faults.limit();
  const texts = entries.flatMap(([key, one]) => [key, one].flat()).filter((one) => typeof one === "string");
  if (texts.reduce((sum, text) => sum + text.length, 0) > limits.contextLengthMax) faults.limit();
  return Object.fromEntries(present.map(([key, one]) => [key.slice(0, limits.nameLengthMax).toWellFormed(), one]));
}

function itemsOf(value: unknown, faults: Faults): unknown {
  if (!Array.isArray(value)) return faults.malformed();
  if (value.length > limits.slateItemsMax) faults.limit();
  return value.map((one) => {
    if (!isObject(one)) return idOf(one, faults);
    const { item, propensity, match, order } = one;
    const number = (given: unknown, isFine: (number: number) => boolean): number | undefined =>
      isAbsent(given) ? undefined : isNumber(given) && isFine(given) ? given : faults.malformed();
    return {
      item: idOf(item, faults),
      propensity: number(propensity, (chance) => chance > 0 && chance <= 1),
      match: number(match, () => true),
      order: number(order, (place) => Number.isInteger(place) && place >= 0 && place <= limits.orderMax),
    };
  });
}

function synonymsOf(value: unknown, faults: Faults): unknown {
  if (!Array.isArray(value)) return faults.malformed();
  if (value.length > limits.synonymRulesMax) faults.limit();
  const words = (list: unknown): list is string[] => Array.isArray(list) && list.every(isWord);
  const rules = value.map((rule) => {
    if (words(rule)) {
      if (rule.length > limits.synonymWordsMax) faults.limit();
      return rule;
    }
    if (!isObject(rule) || !isWord(rule.from) || !words(rule.to)) return faults.malformed();
    if (rule.to.length > limits.synonymWordsMax) faults.limit();
    return { from: rule.from, to: rule.to };
  });
  if (Buffer.byteLength(JSON.stringify(rules)) > limits.eventBytesMax) faults.tooLarge();
  return rules;
}
