/** What the engine knows of an item, a shopper, a query, or itself: reports for people and for the API's look-ups. */
import { defaultActions } from "./core/actions.ts";
import { decay } from "./core/decayed.ts";
import { History, touchHalfLivesMs } from "./core/history.ts";
import type { Lately } from "./core/lately.ts";
import { List } from "./core/list.ts";
import type { HeadReport, LearnerReport, PlaceReport } from "./core/model-report.ts";
import type { Engine, EngineStatus, ItemReport, QuarantineReport } from "./core/public.ts";
import { normalQuery } from "./core/request.ts";
import { Rows } from "./core/rows.ts";
import type { UserReport } from "./core/user-report.ts";
import type { Panel } from "./models/panel.ts";
import { reportQuality } from "./quality-report.ts";
import { question, surfaceName } from "./question.ts";
import { engineAt, type Rooms } from "./rooms.ts";
import { valuesAmiss } from "./value.ts";
import { lasts } from "./what-it-taught.ts";

const history = new History();
const recentMax = 20;
const quarantinedMax = 100;
const affinitiesMax = 10;
const month = 2;
const placesTold = 20;
const termsTold = 10;

/** The parts of the engine's status that the rooms know. */
export const whatIsKnown = ({ registers, items, shoppers, attribution, trust }: Rooms) => ({
  clockMs: registers[engineAt.clockMs]!,
  items: items.size,
  shoppers: shoppers.count,
  openSlates: attribution.slates.size,
  suspects: trust.suspects,
  quarantined: trust.held,
});

export function reportItem(rooms: Rooms, id: string): ItemReport | undefined {
  const item = rooms.items.find(id);
  if (item < 0) return undefined;
  const nowMs = rooms.registers[engineAt.clockMs]!;
  return {
    item: id,
    fields: rooms.catalogue.fields(item) ?? {},
    removed: rooms.catalogue.isRemoved(item),
    statistics: statistics(rooms, item, nowMs),
    lately: lately(rooms, item, nowMs),
  };
}

/** What the ranker reads of an item for nobody in particular, and how popular it is. */
function statistics(rooms: Rooms, item: number, atMs: number): Record<string, number> {
  const request = question(rooms, { atMs }, history);
  const list = new List();
  list.push(item, Number.NaN, -1);
  const read: Record<string, number> = {};
  for (const feature of rooms.listFeatures.features) {
    if (feature.name !== "item-statistics") continue;
    const rows = new Rows(feature.columns.length, 1);
    rows.resize(1);
    feature.read(request, list, rows, 0);
    feature.columns.forEach((column, c) => {
      read[column.name] = rows.dense[c]!;
    });
  }
  for (const retriever of rooms.retrievers)
    if (retriever.name === "popular" || retriever.name === "trending") read[retriever.name] = retriever.strength(item);
  return read;
}

/** What the features know of it by half-life, those of one half-life in one; a sum is told to six digits. */
function lately({ listFeatures, choiceFeatures }: Rooms, item: number, atMs: number): Lately[] {
  const byHalfLife = new Map<number, Record<string, number>>();
  for (const feature of [...listFeatures.features, ...choiceFeatures.features]) {
    for (const { halfLifeMs, ...sums } of feature.lately?.(item, atMs) ?? []) {
      const told = byHalfLife.get(halfLifeMs) ?? {};
      for (const [name, sum] of Object.entries(sums)) told[name] = Number(sum.toPrecision(6));
      byHalfLife.set(halfLifeMs, told);
    }
  }
  return [...byHalfLife]
    .sort(([a], [b]) => a - b)
    .map(([halfLifeMs, told]) => ({ halfLife: lasts(halfLifeMs).replace(" ", ""), halfLifeMs, ...told }));
}

/** `most`: items and affinities told. */
export function reportUser(
  rooms: Rooms,
  id: string,
  nowMs: number,
  most = { recent: recentMax, affinities: affinitiesMax },
): UserReport | undefined {
  const shopper = rooms.shoppers.find(id, undefined);
  if (shopper < 0) return undefined;
  // As of its last event: asking begins no session.
  rooms.shoppers.gather(shopper, undefined, Number.NEGATIVE_INFINITY, history);
  const actionNames = [...defaultActions.keys()];
  const recent = Array.from({ length: Math.min(most.recent, history.count) }, (_, i) => ({
    item: rooms.items.id(history.item[i]!) ?? "",
    lastAction: actionNames[history.lastAction[i]!] ?? "own",
    at: new Date(history.lastAtMs[i]!).toISOString(),
    touches: history.touches[i]!,
  }));
  return {
    user: id,
    fields: rooms.shoppers.fields(shopper) ?? {},
    recent,
    affinities: affinities(rooms, nowMs).slice(0, most.affinities),
    sessions: history.sessionNumber,
  };
}

function affinities(rooms: Rooms, nowMs: number): UserReport["affinities"][number][] {
  const shares: UserReport["affinities"][number][] = [];
  rooms.learnedFields.wordNames.forEach((field, place) => {
    const word = rooms.learnedFields.word(place);
    const sums = new Map<number, number>();
    let total = 0;
    for (let i = 0; i < history.count; i++) {
      const value = word.get(history.item[i]!);
      if (value < 0) continue;
      const touches = history.counts[month]![i]! * decay(nowMs - history.lastAtMs[i]!, touchHalfLivesMs[month]!);
      sums.set(value, (sums.get(value) ?? 0) + touches);
      total += touches;
    }
    for (const [value, touches] of sums)
      shares.push({ field, value: rooms.words.id(value)?.replaceAll("\u001f", " > ") ?? "", share: touches / total });
  });
  return shares.sort((a, b) => b.share - a.share);
}

/** What places add on each surface that the engine's lists were shown on, against the first place. */
function reportPlaces({ attribution, ranker, words }: Rooms): PlaceReport[] {
  const reports: PlaceReport[] = [];
  for (const row of attribution.surfaces.all) {
    const surface = row < 0 ? null : surfaceName(words.id(row));
    if (surface === undefined || ranker.placeBias === undefined) continue;
    const first = ranker.placeBias(row, 0);
    const bias = Array.from({ length: placesTold }, (_, position) => ranker.placeBias!(row, position) - first);
    reports.push({ surface, bias: bias.map((one) => Math.round(one * 1000) / 1000 + 0) });
  }
  return reports;
}

/** The members of a panel, the panel itself first. */
function reportLearners({ words }: Rooms, of: LearnerReport["of"], panel: Panel): LearnerReport[] {
  const { name, lessons } = panel;
  const whole: LearnerReport = {
    name,
    of,
    family: name,
    weight: 1,
    surfaces: [],
    lessons,
    ...panel.live(),
    state: "on",
  };
  return [
    whole,
    ...panel.report().map((member) => ({
      ...member,
      of,
      surfaces: member.surfaces.flatMap(({ surface, weight }) => {
        const told = surface < 0 ? null : surfaceName(words.id(surface));
        return told === undefined ? [] : [{ surface: told, weight }];
      }),
    })),
  ];
}

export function reportModels(rooms: Rooms): {
  learners: LearnerReport[];
  heads: readonly HeadReport[];
  places: PlaceReport[];
  features: string[];
  offset: number;
} {
  return {
    learners: [...reportLearners(rooms, "lists", rooms.ranker), ...reportLearners(rooms, "choices", rooms.chooser)],
    heads: rooms.outcomeHeads.report(),
    places: reportPlaces(rooms),
    features: [...rooms.listFeatures.features, ...rooms.choiceFeatures.features].map((feature) => feature.name),
    offset: rooms.registers[engineAt.events]!,
  };
}

/** Suspects, and what of them is in quarantine, up to {@link quarantinedMax} of each. */
export function reportQuarantine({ trust, shoppers }: Rooms): QuarantineReport {
  const suspects: QuarantineReport["shoppers"][number][] = [];
  for (const { shopper, reason, sinceMs, held } of trust.list()) {
    const since = new Date(sinceMs).toISOString();
    if (suspects.push({ ...shoppers.nameOf(shopper), reason, since, held }) >= quarantinedMax) break;
  }
  const events: QuarantineReport["events"][number][] = [];
  for (const { event, offset } of trust.newest()) if (events.push({ offset, event }) >= quarantinedMax) break;
  return { suspects: trust.suspects, held: trust.held, counts: trust.counts, shoppers: suspects, events };
}

/** What a log that was trimmed no longer allows (docs/operating.md, "Retention"). */
function whatIsGone(start: number): string {
  return `The events before offset ${start} are folded into the base snapshot and gone from the log: a changed setting or release counts from the base on, and what was learned before cannot be unlearned.`;
}

/** How a query is read, what it means by what was chosen for it, and whether it is suggested to others. */
function reportQuery(rooms: Rooms, query: string, nowMs: number): Readonly<Record<string, unknown>> {
  const { lexical, understanding, suggestions } = rooms;
  const { query: row, text } = question(rooms, { atMs: nowMs, query }, history);
  const suggested = suggestions.queries.find(normalQuery(query));
  return {
    query,
    known: row >= 0,
    readings: (text?.readings ?? []).map(({ words, weight }) => ({
      weight: rounded(weight),
      words: words.map((word) => ({
        word: word.text,
        isRequired: word.isRequired,
        idf: rounded(word.idf),
        terms: [...word.terms.subarray(0, termsTold)].map((term) => lexical.dictionary.text(term)),
        ...(word.terms.length > termsTold ? { furtherTerms: word.terms.length - termsTold } : {}),
      })),
    })),
    ...(text?.spelling === undefined ? {} : { spelling: text.spelling }),
    means: understanding
      .intent(query, nowMs)
      .map((intent) => ({ ...intent, share: rounded(intent.share), clicks: rounded(intent.clicks) })),
    suggested: suggested >= 0 && suggestions.queries.isShown(suggested),
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

export function inspectEngine(
  rooms: Rooms,
  status: EngineStatus,
  { item, query, quarantine }: NonNullable<Parameters<Engine["inspect"]>[0]>,
  nowMs: number,
): Readonly<Record<string, unknown>> {
  if (item !== undefined) return { ...(reportItem(rooms, item) ?? { item, known: false }) };
  if (quarantine) return { ...reportQuarantine(rooms) };
  if (query !== undefined) return reportQuery(rooms, query, nowMs);
  return {
    ...status,
    ...(status.logStart > 0 ? { retention: whatIsGone(status.logStart) } : {}),
    clock: new Date(status.clockMs).toISOString(),
    warnings: valuesAmiss(rooms),
    fields: rooms.catalogue.fieldNames.map(({ name, type, mistyped }) => ({ name, type, mistyped })),
    learnedFields: {
      words: rooms.learnedFields.wordNames,
      numbers: rooms.learnedFields.numberNames,
      list: rooms.learnedFields.listName ?? null,
    },
    features: {
      lists: rooms.listFeatures.features.map(({ name, columns }) => ({
        name,
        columns: columns.map((column) => column.name),
      })),
      choices: rooms.choiceFeatures.features.map(({ name, columns }) => ({
        name,
        columns: columns.map((column) => column.name),
      })),
    },
    retrievers: rooms.retrievers.map((retriever) => retriever.name),
    models: reportModels(rooms).learners,
    heads: rooms.outcomeHeads.report(),
    places: reportPlaces(rooms),
    quality: reportQuality(rooms, { step: "day" }).total,
  };
}
