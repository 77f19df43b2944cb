/**
 * Slates and outcomes → lessons (ARCHITECTURE.md). An outcome joins the slate it names, else the shopper's last slate that held the item
 * within the attribution window. A choice teaches at once: the row chosen against those above it. After the wait, the other shown
 * rows of a slate with a choice teach, and of one without a choice only those reported as seen. Nothing is taught twice.
 */
import { type Action, actionCode } from "../core/actions.ts";
import type { Bounds } from "../core/bounds.ts";
import { FixedBuffer } from "../core/columns.ts";
import type { Shown } from "../core/fact.ts";
import type { FollowUp } from "../core/follow-up.ts";
import { type Lesson, verdict } from "../core/lesson.ts";
import type { List } from "../core/list.ts";
import { Rows } from "../core/rows.ts";
import { type State, state } from "../core/state.ts";
import { EarlyOutcomes } from "./early-outcomes.ts";
import { flagOf, laterOutcomeOf } from "./later-outcomes.ts";
import { Sales } from "./sales.ts";
import { chosenFlag, type OpenedSlate, Slates, seenFlag, taughtFlag } from "./slates.ts";
import { Surfaces } from "./surfaces.ts";

export interface AttributionOptions {
  readonly width: number;
  readonly waitMs: number;
  readonly windowMs: number;
  readonly slatesMax: number;
  readonly rowsMax: number;
  readonly salesMax: number;
  /** How many lists and impressions may be kept at present. */
  readonly bounds?: Bounds;
}

/** What attribution brings about, for the learning path to carry out. */
export interface Consequences {
  /** `shopper`: who was shown the slate, −1 if unknown. */
  teach(lesson: Lesson, shopper: number): void;
  /** An item was chosen from a list, or something came of one that was. */
  follow?(followUp: FollowUp): void;
  /** The shopper looked at these items. */
  impressions(shown: Shown): void;
}

export interface JoinedOutcome {
  readonly slateId: string | undefined;
  readonly shopper: number;
  readonly item: number;
  readonly action: Action;
  readonly atMs: number;
  readonly clockMs: number;
}

/** What can come of an outcome or a list, in the order of the bits of {@link Attribution.noted}. */
export const countNames = [
  "joinedById",
  "joinedByShopper",
  "orphans",
  "early",
  "late",
  "repeated",
  "rowsGone",
  "lessons",
  "closedEarly",
  "corrected",
] as const;
type Count = (typeof countNames)[number];

/** Slates of a shopper that are searched for an item. */
const searchedMax = 20;
/** Slates closed or forgotten at each event: a bounded piece. */
const closedAtOnce = 64;
const forgottenAtOnce = 16;
/** Of lists beyond what memory has room for. */
const closedForBounds = 4;

export class Attribution {
  readonly state: readonly State[];
  readonly slates: Slates;
  readonly sales: Sales;
  readonly surfaces = new Surfaces();
  readonly #options: AttributionOptions;
  readonly #counts = new FixedBuffer("counts", new Float64Array(countNames.length));
  readonly #early = new EarlyOutcomes();
  /** Which counts moved, a bit each, and the slate that was opened or joined last, −1 if none; scratch, set back by who reads it. */
  noted = 0;
  touched = -1;
  readonly #rows: Rows;
  /** Of the event that is folded. */
  #clockMs = 0;
  #verdicts = new Uint8Array(64);
  #positions = new Int32Array(64);
  #items = new Int32Array(64);

  constructor(options: AttributionOptions) {
    this.#options = options;
    this.slates = new Slates(options.width, options.slatesMax);
    this.sales = new Sales(options.width, options.salesMax);
    this.#rows = new Rows(options.width);
    this.state = [
      this.slates.state,
      this.sales.state,
      state("attribution.counts", 1, [this.#counts, this.#early.buffer]),
    ];
  }

  get counts(): Readonly<Record<Count, number>> {
    return Object.fromEntries(countNames.map((name, i) => [name, this.#counts.array[i]!])) as Record<Count, number>;
  }

  /** A list was shown: `items` are its interned rows, `rows` what was read of them. Outcomes that came early join it at once. */
  open(slate: OpenedSlate, list: List, items: Int32Array, rows: Rows, then: Consequences): void {
    const known = this.slates.find(slate.id);
    if (known >= 0) {
      this.touched = known;
      this.slates.correct(known, items, list.count);
      this.#count("corrected");
      return;
    }
    while (this.slates.isFull) this.#forgetOldest(then);
    const row = this.slates.open(slate, list, items, rows);
    this.touched = row;
    if (slate.orderedByEngine) this.surfaces.note(slate.surface);
    while (this.slates.rowsKept > this.#options.rowsMax && this.slates.firstWithRows !== row)
      this.#dropOldestRows(then);
    this.#keepToBounds(row, then);
    this.#joinEarly(slate, row, then);
  }

  /** Joins an outcome to its slate; returns the slate, or −1 when it joined none. */
  join(outcome: JoinedOutcome, then: Consequences): number {
    const { slateId, item } = outcome;
    let slate = -1;
    if (slateId !== undefined) {
      slate = this.slates.find(slateId);
      if (slate < 0) {
        this.#takeBack(outcome, then);
        this.#count("early");
        const { shopper, action, atMs, clockMs } = outcome;
        const expiresMs = clockMs + this.#options.waitMs;
        this.#early.keep(slateId, { shopper, item, action: action.code, reward: action.reward, atMs, expiresMs });
        return -1;
      }
      if (this.slates.positionOf(slate, item) < 0) slate = -1;
    }
    if (slate >= 0) this.#count("joinedById");
    else {
      slate = this.#lastWith(outcome);
      this.#count(slate >= 0 ? "joinedByShopper" : "orphans");
    }
    const position = slate < 0 ? -1 : this.slates.positionOf(slate, item);
    const isBought = slate >= 0 && (this.slates.flags(slate, position) & flagOf.purchase) !== 0;
    if (!isBought) this.#takeBack(outcome, then);
    this.touched = slate;
    if (slate < 0) return -1;
    this.#apply(slate, position, outcome.action, then);
    return slate;
  }

  /** Closes slates whose wait is over and forgets those older than the window; a bounded piece at each call. */
  advance(clockMs: number, then: Consequences): void {
    this.#clockMs = clockMs;
    const { slates } = this;
    const { waitMs, windowMs } = this.#options;
    for (let i = 0; i < closedAtOnce && slates.firstWaiting >= 0; i++) {
      const slate = slates.firstWaiting;
      if (slates.clockMs.get(slate) + waitMs > clockMs) break;
      slates.passWaiting();
      this.#close(slate, then);
    }
    for (let i = 0; i < forgottenAtOnce && slates.oldest >= 0; i++) {
      if (slates.clockMs.get(slates.oldest) + windowMs > clockMs) break;
      this.#forgetOldest(then);
    }
  }

  #count(name: Count): void {
    const place = countNames.indexOf(name);
    this.#counts.array[place]!++;
    this.noted |= 1 << place;
  }

  #lastWith({ shopper, item, atMs }: JoinedOutcome): number {
    if (shopper < 0 || item < 0) return -1;
    let slate = this.slates.before(shopper, -1);
    for (let i = 0; i < searchedMax && slate >= 0; i++) {
      // In order of arrival, not of their own times: one that is too old says nothing of the next.
      const age = atMs - this.slates.atMs.get(slate);
      if (age >= 0 && age <= this.#options.windowMs && this.slates.positionOf(slate, item) >= 0) return slate;
      slate = this.slates.before(shopper, slate);
    }
    return -1;
  }

  #apply(slate: number, position: number, action: Action, then: Consequences): void {
    const flags = this.slates.flags(slate, position);
    if (action.code === actionCode.seen) {
      this.slates.addFlags(slate, position, seenFlag);
      if (this.slates.isClosed.get(slate)) this.#count("late");
    } else if (action.reward > 0) {
      if (!this.slates.hasRow(slate, position)) this.#count("rowsGone");
      if ((flags & chosenFlag) === 0) this.#chosen(slate, position, action.reward, then);
      else if (action.reward > this.slates.reward(slate, position))
        this.#worthMore(slate, position, action.reward, then);
      else this.#count("repeated");
    } else if (action.code === actionCode.return && (flags & chosenFlag) !== 0) {
      // What was taught stays taught; its worth is taken back, so that it can be earned again.
      this.slates.setReward(slate, position, Math.max(0, this.slates.reward(slate, position) + action.reward));
    } else if (action.reward < 0 && (flags & (chosenFlag | taughtFlag)) === 0) {
      this.#teach(slate, {}, (p) => (p === position ? verdict.passedOver : verdict.silent), then);
    }
    if ((this.slates.flags(slate, position) & chosenFlag) !== 0) {
      this.#follow(slate, position, action.code, (flags & chosenFlag) === 0, then);
    }
  }

  /** Tells that what was bought from another slate, maybe one that is forgotten, was returned. */
  #takeBack({ action, shopper, item }: JoinedOutcome, then: Consequences): void {
    if (action.code !== actionCode.return || !this.sales.take(shopper, item, this.#rows)) return;
    then.follow?.({ rows: this.#rows, step: "takenBack", outcome: "purchase" });
  }

  /** Tells what came of a chosen impression: each outcome once, and what is returned, as if it had not been bought. */
  #follow(slate: number, position: number, action: number, isFirst: boolean, then: Consequences): void {
    const flags = this.slates.flags(slate, position);
    const hasRow = then.follow !== undefined && this.slates.readRow(slate, position, this.#rows);
    if (isFirst && hasRow) then.follow?.({ rows: this.#rows, step: "chosen" });
    const isReturn = action === actionCode.return;
    const outcome = laterOutcomeOf(action);
    if (outcome === undefined || ((flags & flagOf[outcome]) !== 0) !== isReturn) return;
    const sale = [this.slates.shopper.get(slate), this.slates.item(slate, position), this.#rows] as const;
    if (isReturn) {
      this.slates.removeFlags(slate, position, flagOf[outcome]);
      if (this.sales.take(...sale) || hasRow) then.follow?.({ rows: this.#rows, step: "takenBack", outcome });
    } else {
      this.slates.addFlags(slate, position, flagOf[outcome]);
      if (outcome === "purchase" && hasRow) this.sales.note(...sale);
      if (hasRow) then.follow?.({ rows: this.#rows, step: "came", outcome });
    }
  }

  /** A choice that was taught turns out to be worth more: a click that led to a purchase. */
  #worthMore(slate: number, position: number, reward: number, then: Consequences): void {
    const difference = reward - this.slates.reward(slate, position);
    const judge = (p: number): number => {
      if (p === position) return verdict.chosen;
      return (this.slates.flags(slate, p) & chosenFlag) !== 0 ? verdict.chosenBefore : verdict.silent;
    };
    this.#teach(slate, { isChoice: true, reward: difference, isWorthMore: true }, judge, then);
    this.slates.setReward(slate, position, reward);
  }

  #chosen(slate: number, position: number, reward: number, then: Consequences): void {
    // The wait is over: what else was shown is known to be passed over, and teaches with the choice.
    const isLate = this.slates.isClosed.get(slate) === 1;
    if (isLate) this.#count("late");
    const isFirst = !this.#hasChoice(slate);
    // Of a choice whose row is gone the others would learn only that they were passed over: they learn nothing.
    if (isFirst && !this.slates.hasRow(slate, position)) this.slates.dropRows(slate, false);
    this.#teach(
      slate,
      { isChoice: true, reward },
      (p) => {
        if (p === position) return verdict.chosen;
        const flags = this.slates.flags(slate, p);
        if ((flags & chosenFlag) !== 0) return verdict.chosenBefore;
        return (p < position || isLate) && (flags & taughtFlag) === 0 ? verdict.passedOver : verdict.silent;
      },
      then,
    );
    if (isFirst) then.impressions(this.#shown(slate, position, () => true));
    this.slates.addFlags(slate, position, chosenFlag);
    this.slates.setReward(slate, position, reward);
    if (isLate) this.slates.dropRows(slate, true);
  }

  #close(slate: number, then: Consequences): void {
    if (this.slates.isClosed.get(slate)) return;
    this.slates.isClosed.set(slate, 1);
    const hasChoice = this.#hasChoice(slate);
    let seen = 0;
    for (let p = 0; p < this.slates.count.get(slate); p++) if ((this.slates.flags(slate, p) & seenFlag) !== 0) seen++;
    if (!hasChoice && seen === 0) return;
    const isTaught = (flags: number): boolean =>
      (flags & (chosenFlag | taughtFlag)) === 0 && (hasChoice || (flags & seenFlag) !== 0);
    this.#teach(slate, {}, (p) => (isTaught(this.slates.flags(slate, p)) ? verdict.passedOver : verdict.silent), then);
    if (!hasChoice) then.impressions(this.#shown(slate, -1, (p) => (this.slates.flags(slate, p) & seenFlag) !== 0));
    this.slates.dropRows(slate, true);
  }

  /** Teaches what `judge` says of each position, if a row to be taught is kept; marks it as taught. */
  #teach(
    slate: number,
    { isChoice = false, reward = 1, isWorthMore = false }: Partial<Pick<Lesson, "isChoice" | "reward" | "isWorthMore">>,
    judge: (position: number) => number,
    then: Consequences,
  ): void {
    const count = this.slates.count.get(slate);
    if (this.#verdicts.length < count) {
      this.#verdicts = new Uint8Array(count * 2);
      this.#positions = new Int32Array(count * 2);
    }
    const kept = this.slates.readRows(slate, this.#rows, this.#positions);
    let taught = 0;
    for (let i = 0; i < kept; i++) {
      const position = this.#positions[i]!;
      const judged = judge(position);
      this.#verdicts[i] = judged;
      if (judged === verdict.passedOver) this.slates.addFlags(slate, position, taughtFlag);
      if (judged === verdict.passedOver || judged === verdict.chosen) taught++;
    }
    if (taught === 0) return;
    this.#count("lessons");
    const lesson = {
      rows: this.#rows,
      verdict: this.#verdicts,
      position: this.#positions,
      orderedByEngine: this.slates.orderedByEngine.get(slate) === 1,
      surface: this.slates.surface.get(slate),
      isChoice,
      reward,
      isWorthMore,
      weight: 1,
      atMs: this.#clockMs,
    };
    then.teach(lesson, this.slates.shopper.get(slate));
  }

  #hasChoice(slate: number): boolean {
    for (let p = 0; p < this.slates.count.get(slate); p++)
      if ((this.slates.flags(slate, p) & chosenFlag) !== 0) return true;
    return false;
  }

  #shown(slate: number, clicked: number, counts: (position: number) => boolean): Shown {
    const count = this.slates.count.get(slate);
    if (this.#items.length < count) this.#items = new Int32Array(count * 2);
    for (let p = 0; p < count; p++) this.#items[p] = counts(p) ? this.slates.item(slate, p) : -1;
    return { count, item: this.#items, query: this.slates.query.get(slate), clicked };
  }

  /** A few at each list: what is closed early teaches first. */
  #keepToBounds(row: number, then: Consequences): void {
    const { bounds } = this.#options;
    if (bounds === undefined || bounds.step === 0) return;
    const { slates } = this;
    for (let i = 0; i < closedForBounds && slates.rowsKept > bounds.rows && slates.firstWithRows !== row; i++)
      this.#dropOldestRows(then);
    for (let i = 0; i < closedForBounds && slates.size > bounds.slates && slates.oldest !== row; i++) {
      this.#forgetOldest(then);
      bounds.count("ceilingSlates");
    }
  }

  #dropOldestRows(then: Consequences): void {
    const slate = this.slates.firstWithRows;
    if (!this.slates.isClosed.get(slate)) this.#count("closedEarly");
    this.slates.passWithRows();
    this.#close(slate, then);
    this.slates.dropRows(slate, false);
  }

  #forgetOldest(then: Consequences): void {
    if (!this.slates.isClosed.get(this.slates.oldest)) this.#count("closedEarly");
    this.#close(this.slates.oldest, then);
    this.slates.removeOldest();
  }

  #joinEarly({ id, clockMs }: OpenedSlate, slate: number, then: Consequences): void {
    if (slate < 0) return;
    this.#early.take(id, clockMs, (item, code, reward) => {
      const position = this.slates.positionOf(slate, item);
      if (position >= 0) this.#apply(slate, position, { name: "", code, reward, isChoice: false }, then);
    });
  }
}
