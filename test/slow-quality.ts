/** How well lists were ordered and chances held, computed anew from all that happened: the slow twin of src/quality/. */
import { type Lesson, verdict } from "../src/core/lesson.ts";
import { intervalListsMin, type QualityStep } from "../src/core/quality-report.ts";
import type { Observer } from "../src/observer.ts";
import type { Rooms } from "../src/rooms.ts";

const stepMs: Readonly<Record<QualityStep, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const stepsKept: Readonly<Record<QualityStep, number>> = { minute: 120, hour: 168, day: 400 };

interface JudgedRow {
  readonly chance: number;
  readonly chosen: boolean;
  readonly place: number;
  /** Rows of the same surface, and of all, that were judged before its lesson. */
  readonly before: number;
  readonly beforeOfAll: number;
}

interface JudgedLesson {
  readonly atMs: number;
  readonly surface: number;
  readonly rows: readonly JudgedRow[];
  readonly rateLoss: number;
  /** By order; undefined where it was no first choice. */
  readonly ranks: readonly number[] | undefined;
}

export class SlowQuality {
  readonly lessons: JudgedLesson[] = [];
  readonly shown: { readonly item: number; readonly atMs: number }[] = [];
  readonly #rooms: Rooms;
  /** By surface, and of all. */
  readonly #judged = new Map<number | undefined, JudgedRow[]>();
  clockMs = 0;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** The rooms with a ranker that is asked before it learns. */
  get watched(): Rooms {
    const { ranker } = this.#rooms;
    const learn = (lesson: Lesson): void => {
      if (lesson.isWorthMore !== true) this.#judge(lesson);
      ranker.learn(lesson);
    };
    return { ...this.#rooms, ranker: { ...ranker, learn } };
  }

  readonly observer: Observer = {
    slate: (_id, _request, list, items) => {
      for (const item of items.subarray(0, list.count)) this.shown.push({ item, atMs: this.clockMs });
    },
  };

  /** Distinct items shown in the last so many steps. */
  itemsIn(step: QualityStep, steps: number): number {
    const since = Math.floor(this.clockMs / stepMs[step]) - steps;
    return new Set(this.shown.filter(({ atMs }) => Math.floor(atMs / stepMs[step]) > since).map(({ item }) => item))
      .size;
  }

  points(step: QualityStep, surface?: number) {
    const numberOf = (atMs: number): number => Math.floor(atMs / stepMs[step]);
    const lessons = this.of(step, surface);
    const shown = this.shown.filter(({ atMs }) => numberOf(atMs) > numberOf(this.clockMs) - stepsKept[step]);
    const steps = [...new Set([...lessons, ...shown].map(({ atMs }) => numberOf(atMs)))].sort((a, b) => a - b);
    return steps.map((number) => {
      const items = shown.filter(({ atMs }) => numberOf(atMs) === number).map(({ item }) => item);
      const own = lessons.filter(({ atMs }) => numberOf(atMs) === number);
      return {
        at: new Date(number * stepMs[step]).toISOString(),
        ...figures(own),
        items: new Set(items).size,
      };
    });
  }

  /** Lessons of which a ring still tells. */
  of(step: QualityStep, surface?: number): JudgedLesson[] {
    const since = Math.floor(this.clockMs / stepMs[step]) - stepsKept[step];
    return this.lessons.filter(
      (one) => (surface === undefined || one.surface === surface) && Math.floor(one.atMs / stepMs[step]) > since,
    );
  }

  /** Sums of all rows for which `counts`, as they weigh now: each thousand rows of what they are summed with takes a hundredth. */
  weighed(surface: number | undefined, counts: (row: JudgedRow) => boolean) {
    const rows = this.#rowsOf(surface);
    const now = Math.floor(rows.length / 1000);
    let [count, predicted, chosen] = [0, 0, 0];
    for (const row of rows) {
      if (!counts(row)) continue;
      const weight = Math.exp(-(now - Math.floor((surface === undefined ? row.beforeOfAll : row.before) / 1000)) / 100);
      count += weight;
      predicted += weight * row.chance;
      chosen += row.chosen ? weight : 0;
    }
    return { rows: count, predicted: predicted / count, observed: chosen / count };
  }

  #rowsOf(surface: number | undefined): JudgedRow[] {
    let rows = this.#judged.get(surface);
    if (rows === undefined) this.#judged.set(surface, (rows = []));
    return rows;
  }

  #judge(lesson: Lesson): void {
    const { rows, position, surface } = lesson;
    const verdicts = lesson.verdict.subarray(0, rows.count);
    const logits = new Float64Array(rows.count);
    this.#rooms.ranker.predict(rows, logits);
    const judged = [...logits.keys()].filter((i) =>
      [verdict.chosen, verdict.passedOver].includes(verdicts[i] as never),
    );
    const before = this.#rowsOf(surface).length;
    const beforeOfAll = this.#rowsOf(undefined).length;
    const { rows: known, observed } = this.weighed(surface, () => true);
    const rate = known === 0 ? 1 / 2 : (observed * known + 1) / (known + 2);
    const told = judged.map((i) => {
      const chosen = verdicts[i] === verdict.chosen;
      return { chance: 1 / (1 + Math.exp(-logits[i]!)), chosen, place: position[i]!, before, beforeOfAll };
    });
    const rateLoss = told.reduce((sum, { chosen }) => sum - Math.log(chosen ? rate : 1 - rate), 0);
    const isFirst = verdicts.includes(verdict.chosen) && !verdicts.includes(verdict.chosenBefore);
    const ranks = isFirst && rows.count > 1 ? this.#ranks(lesson, logits) : undefined;
    this.#rowsOf(surface).push(...told);
    this.#rowsOf(undefined).push(...told);
    this.lessons.push({ atMs: lesson.atMs!, surface, rows: told, rateLoss, ranks });
  }

  #ranks({ rows, verdict: verdicts, position }: Lesson, logits: Float64Array): number[] {
    const chosen = verdicts.subarray(0, rows.count).indexOf(verdict.chosen);
    const { columns } = this.#rooms.listFeatures;
    const read = (name: string) => (i: number) =>
      rows.dense[i * rows.width + columns.findIndex((column) => column.name === name)]!;
    const [views, rate, touched] = ["item-views", "item-click-rate", "touch-rank"].map(read) as [
      (i: number) => number,
      (i: number) => number,
      (i: number) => number,
    ];
    const keys: ((i: number) => readonly number[])[] = [
      (i) => [logits[i]!],
      (i) => [-position[i]!],
      (i) => [views(i), rate(i)],
      (i) => [touched(i) < 0 ? -1000 : -touched(i)],
    ];
    return keys.map((key) => {
      const sorted = [...logits.keys()].sort((a, b) => compare(key(b), key(a)));
      return 1 / (1 + sorted.indexOf(chosen));
    });
  }
}

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((one, i) => one - b[i]!).find((difference) => difference !== 0) ?? 0;

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Half the width of the 95 % interval of a mean. */
function wide(values: readonly number[]): number {
  const middle = mean(values)!;
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
  return 1.959964 * Math.sqrt(variance / values.length);
}

/** Of values from `min` to 1. */
export function interval(values: readonly number[], min = 0) {
  const middle = mean(values)!;
  if (values.length < intervalListsMin) return { mean: middle, low: null, high: null };
  return { mean: middle, low: Math.max(min, middle - wide(values)), high: Math.min(1, middle + wide(values)) };
}

export function figures(lessons: readonly JudgedLesson[]) {
  const lists = lessons.flatMap(({ ranks }) => (ranks === undefined ? [] : [ranks]));
  const rows = lessons.flatMap((one) => one.rows);
  const rateLoss = lessons.reduce((sum, one) => sum + one.rateLoss, 0);
  const { low, high } = interval(lists.map(([engine]) => engine!));
  return {
    lists: lists.length,
    mrr: [0, 1, 2, 3].map((order) => mean(lists.map((ranks) => ranks[order]!))),
    ...{ low, high },
    rows: rows.length,
    logLoss: mean(rows.map(({ chance, chosen }) => -Math.log(chosen ? chance : 1 - chance))),
    rateLogLoss: rows.length === 0 ? null : rateLoss / rows.length,
    predicted: mean(rows.map(({ chance }) => chance)),
    observed: mean(rows.map(({ chosen }) => (chosen ? 1 : 0))),
  };
}
