/** The automatic feature set, for people: which fields of the catalogue are learned from and why, and which features say nothing in this shop. */
import type { SlateEvent } from "./core/event.ts";
import { Rows } from "./core/rows.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { numberPlaces, wordPlaces } from "./features/item-fields.ts";
import { question, readRows, scratch, slateList } from "./question.ts";
import type { Rooms } from "./rooms.ts";

export interface FieldReport {
  readonly field: string;
  readonly type: string;
  /** Share of the items that have it, 0 to 1. */
  readonly coverage: number;
  /** Different values, at most {@link valuesMax}. */
  readonly values: number;
  readonly learned: boolean;
  readonly why: string;
}

export interface SilentFeature {
  readonly feature: string;
  readonly why: string;
}

export interface FeatureReport {
  readonly items: number;
  readonly fields: readonly FieldReport[];
  /** Lists that the features were read for, the newest of the log. */
  readonly lists: number;
  readonly silent: readonly SilentFeature[];
  /** What holds now, as settings to be edited: saved as they are, they keep what the engine chose by itself. */
  readonly config: { readonly learnFields: readonly string[]; readonly withoutFeatures: readonly string[] };
}

const valuesMax = 10_000;
const listsMax = 500;
/** Events from the log's end on among which these are sought. */
const lookedBack = 50_000;

export function reportFeatures(rooms: Rooms, log: Pick<EventLog, "read" | "head">): FeatureReport {
  const fields = reportFields(rooms);
  const { lists, silent } = silentFeatures(rooms, log);
  const left = rooms.config.withoutFeatures;
  return {
    items: rooms.catalogue.size,
    fields,
    lists,
    silent,
    config: {
      learnFields: fields.filter(({ learned }) => learned).map(({ field }) => field),
      withoutFeatures: [...left, ...silent.map(({ feature }) => feature)],
    },
  };
}

function reportFields({ catalogue, learnedFields, config }: Rooms): FieldReport[] {
  const seen = new Map<string, { items: number; readonly values: Set<string> }>();
  let items = 0;
  for (const item of catalogue.items()) {
    items++;
    for (const [name, value] of Object.entries(catalogue.fields(item) ?? {})) {
      let field = seen.get(name);
      if (field === undefined) seen.set(name, (field = { items: 0, values: new Set() }));
      field.items++;
      if (field.values.size < valuesMax) field.values.add(JSON.stringify(value));
    }
  }
  const { wordNames, numberNames, listName } = learnedFields;
  const isLearned = (name: string): boolean =>
    wordNames.includes(name) || numberNames.includes(name) || listName === name;
  const chosen = config.learnFields;
  return catalogue.fieldNames.map(({ name, type }) => {
    const { items: having = 0, values = new Set() } = seen.get(name) ?? {};
    const learned = isLearned(name);
    const coverage = items === 0 ? 0 : having / items;
    const why = learned ? whyLearned(chosen, coverage, values.size, having) : whyNot(name, type, chosen);
    return { field: name, type, coverage, values: values.size, learned, why };
  });
}

function whyLearned(chosen: readonly string[] | undefined, coverage: number, values: number, having: number): string {
  const by = chosen === undefined ? "one of the first fields of its kind that the log has" : "named in learnFields";
  if (having === 0) return `${by}; no item has it any more`;
  if (values === 1) return `${by}; every item that has it has the same, which says little`;
  if (values === having && having > 1) return `${by}; every item has another value, which says nothing of others`;
  return coverage < 0.05 ? `${by}; few items have it` : by;
}

function whyNot(name: string, type: string, chosen: readonly string[] | undefined): string {
  if (name === "price") return "the feature price reads it";
  if (type === "text") return "text is searched, not learned from";
  if (type === "boolean")
    return name === "inStock" ? "decides what is shown" : "yes or no is filtered by, not learned from";
  if (chosen !== undefined && !chosen.includes(name)) return "not named in learnFields";
  if (type === "word-list") return "one list is learned from, and another came first";
  const places =
    type === "number" ? `${numberPlaces} fields of numbers` : `${wordPlaces} fields of words (a path takes two)`;
  return `${places} are learned from, and others came first: name it in learnFields`;
}

/** Reads the newest lists of the log again, by what is known now: a feature of which every row had the same says nothing. */
function silentFeatures(rooms: Rooms, log: Pick<EventLog, "read" | "head">) {
  const slates: SlateEvent[] = [];
  for (const { event } of log.read(Math.max(0, log.head - lookedBack))) {
    if (event.type !== "slate") continue;
    slates.push(event);
    if (slates.length > 2 * listsMax) slates.splice(0, listsMax);
  }
  const lists = slates.slice(-listsMax);
  const { columns, features } = rooms.listFeatures;
  const rows = new Rows(columns.length);
  const { list, history } = scratch();
  const first = new Float32Array(columns.length);
  const varies = new Uint8Array(columns.length);
  let read = 0;
  for (const slate of lists) {
    const asked = question(rooms, { ...slate, atMs: slate.receivedAt }, history);
    slateList(rooms, slate, list);
    readRows(rooms, asked, list, rows, slate.list);
    for (let i = 0; i < rows.count; i++, read++) {
      for (let c = 0; c < columns.length; c++) {
        const value = rows.dense[i * columns.length + c]!;
        if (read === 0) first[c] = value;
        else if (!Object.is(value, first[c])) varies[c] = 1;
      }
    }
  }
  const silent: SilentFeature[] = [];
  let at = 0;
  for (const { name, columns: own } of features) {
    const isSilent = own.every((_, c) => varies[at + c] === 0);
    at += own.length;
    if (isSilent && read > 1 && !needed.includes(name)) silent.push({ feature: name, why: reason(name, lists) });
  }
  return { lists: lists.length, silent };
}

/** What others are built on cannot be left out. */
const needed: readonly string[] = ["as-it-was", "own-touches"];

function reason(name: string, lists: readonly SlateEvent[]): string {
  const hasQuery = lists.some(({ query }) => query !== undefined);
  if (/quer|text/.test(name) && !hasQuery) return "no list was shown for a query";
  if (name === "price") return "no item that was shown has a price, or all have the same";
  if (name === "tag-affinity") return "no field of the items is a list, or no shopper turned to what it names";
  if (name === "context" && !lists.some(({ context }) => context !== undefined)) return "no list came with a context";
  if (!lists.some(({ user, session }) => user !== undefined || session !== undefined))
    return "no list names its shopper";
  return "it read the same of every item in every list";
}
