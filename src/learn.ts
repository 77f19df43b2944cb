/**
 * The learning path: event → attribution → lessons → models; then event → features, catalogue, retrievers. Everything is read
 * before the event is folded in (ARCHITECTURE.md, invariant 4). No algorithm here, only the rooms in the order in which an event visits them.
 */

import type { ServedList } from "./answering.ts";
import type { Consequences } from "./attribution/attribution.ts";
import { retrieveCandidates } from "./candidates.ts";
import { type Action, isTurningAway } from "./core/actions.ts";
import { eventAtMs, type LoggedEvent, type OutcomeEvent, type SlateEvent } from "./core/event.ts";
import { bareFact, type Fact, foldedHistory, type Shown } from "./core/fact.ts";
import type { FollowUp } from "./core/follow-up.ts";
import { isSameChoice } from "./core/history.ts";
import type { Lesson } from "./core/lesson.ts";
import type { Request } from "./core/request.ts";
import { Pool } from "./core/retrieved.ts";
import { Rows } from "./core/rows.ts";
import { foldFact } from "./fold-fact.ts";
import { forget } from "./forgetting.ts";
import type { Observer } from "./observer.ts";
import { learnWords, question, readRows, scratch, slateList, words } from "./question.ts";
import { engineAt, type Rooms } from "./rooms.ts";
import { Suspicion } from "./suspicion.ts";

/** Counts of folded events that changed what answers read; not part of the state. */
export interface Changes {
  /** What every answer may read. */
  readonly common: number;
  /** What only answers to a shopper read. */
  readonly personal: number;
}

/** What the models are taught; without it, all else that is folded comes out the same, but what waits in baskets. */
export interface Taught {
  /** The models of lists, from shown rows. */
  readonly lists: boolean;
  /** The model of choices, from baskets. */
  readonly choices: boolean;
}

export class Learning {
  readonly #rooms: Rooms;
  readonly #suspicion: Suspicion;
  readonly #taught: Taught;
  readonly #scratch = scratch();
  readonly #rows: Rows;
  readonly #choiceRows: Rows;
  readonly #pool: Pool;
  readonly #consequences: Consequences;
  #items = new Int32Array(64);
  #observer: Observer = {};
  #served: { readonly event: SlateEvent; readonly list: ServedList } | undefined;
  readonly #changes = { common: 0, personal: 0 };
  /** What was read for the slate folded last; for the test that compares it with what was served. */
  get lastRows(): Rows {
    return this.#rows;
  }

  constructor(rooms: Rooms, taught: Taught = { lists: true, choices: true }) {
    this.#rooms = rooms;
    this.#suspicion = new Suspicion(rooms);
    this.#taught = taught;
    this.#rows = new Rows(rooms.listFeatures.columns.length);
    this.#choiceRows = new Rows(rooms.choiceFeatures.columns.length);
    this.#pool = new Pool(rooms.retrievers.length);
    this.#consequences = {
      teach: (lesson, shopper) => this.#teach(lesson, shopper),
      follow: (followUp) => this.#follow(followUp),
      impressions: (shown) => this.#impressions(shown),
    };
  }

  get changes(): Changes {
    return this.#changes;
  }

  /** The slate that comes next was served by this engine from this very state: what was read for it need not be read again. */
  expect(event: SlateEvent, list: ServedList): void {
    this.#served = { event, list };
  }

  observe(observer: Observer): void {
    this.#observer = observer;
  }

  fold(event: LoggedEvent, offset: number): void {
    const { registers, attribution, baskets, fates, recentIds, shoppers } = this.#rooms;
    registers[engineAt.events] = offset + 1;
    if (event.type === "erased") return;
    const atMs = eventAtMs(event);
    const clockMs = Math.max(registers[engineAt.clockMs]!, atMs);
    registers[engineAt.clockMs] = clockMs;
    this.#rooms.items.nowMs = clockMs;
    this.#rooms.words.nowMs = clockMs;
    const isPlain = this.#isPlain(event);
    const known = this.#known();
    // Before anything that this event brings about, windows that close included: as the list was served.
    const asked =
      event.type === "slate" && !this.#suspicion.isSuspects(event) ? this.#readSlate(event, atMs) : undefined;
    baskets.closeBefore(clockMs, this.#teachChoice);
    attribution.advance(clockMs, this.#consequences);
    if (event.id !== undefined) recentIds.add(event.id, clockMs, offset);
    fates.begin();
    switch (event.type) {
      case "item":
        this.#foldItem(event.item, event, offset, atMs, clockMs);
        break;
      case "item-removed":
        this.#removeItem(event.item);
        break;
      case "user":
        this.#foldUser(event, atMs, clockMs);
        break;
      case "slate":
        if (asked === undefined) this.#holdSlate(event, offset, atMs);
        else this.#foldSlate(event, asked, offset, atMs, clockMs);
        break;
      case "outcome":
        this.#foldOutcome(event, offset, atMs, clockMs);
        break;
      case "synonyms":
        this.#rooms.synonyms.fold(event.synonyms);
        break;
      case "ceiling":
        this.#rooms.bounds.set(event.step, event.bounds);
        break;
      case "erase":
        forget(this.#rooms, { user: event.user, offset });
        break;
    }
    fates.end(offset);
    const { count } = shoppers;
    shoppers.sweep(clockMs);
    this.#forgetUnheardOf(clockMs);
    if (!isPlain || known !== this.#known()) this.#changes.common++;
    if (event.type === "slate" || shoppers.count !== count) this.#changes.personal++;
  }

  /** True for what by itself changes nothing that answers to others read: a list of this engine's own, and time that passes. */
  #isPlain(event: LoggedEvent): boolean {
    return event.type === "tick" || event.type === "lost" || event.type === "ceiling" || this.#served?.event === event;
  }

  /** Changes when a word or an item comes or goes. */
  #known(): number {
    const { items, words, contextKeys } = this.#rooms;
    return items.changes + words.changes + contextKeys.size;
  }

  #forgetUnheardOf(clockMs: number): void {
    const { config, attribution, items, words } = this.#rooms;
    // What stands in a slate may still be chosen there, however far time has jumped.
    const standsSinceMs = Math.min(clockMs, attribution.slates.oldestClockMs);
    const heardSinceMs = Math.min(clockMs - config.itemExpiryMs, standsSinceMs);
    items.sweep(heardSinceMs, standsSinceMs);
    words.sweep(heardSinceMs, standsSinceMs);
  }

  #foldItem(id: string, event: LoggedEvent & { type: "item" }, offset: number, atMs: number, clockMs: number): void {
    const item = this.#rooms.items.intern(id);
    if (item < 0) {
      this.#refuseId();
      return;
    }
    this.#rooms.catalogue.fold(item, event.fields, atMs);
    this.#rooms.lexical.fold(item, event.fields, () => this.#rooms.catalogue.fields(item) ?? {});
    this.#scratch.history.clear();
    foldFact(this.#rooms, { ...this.#fact(event, offset, atMs, clockMs), item, fields: event.fields });
  }

  #removeItem(id: string): void {
    const item = this.#rooms.items.intern(id);
    if (item < 0) {
      this.#refuseId();
      return;
    }
    this.#rooms.catalogue.remove(item);
    this.#rooms.lexical.forget(item);
    this.#rooms.suggestions.forgetItem(item, this.#rooms.items.nowMs);
  }

  #foldUser({ user, session, fields }: LoggedEvent & { type: "user" }, atMs: number, clockMs: number): void {
    const shopper = this.#rooms.shoppers.intern(user, session);
    if (shopper < 0) {
      this.#refuseId();
      return;
    }
    this.#rooms.shoppers.mergeFields(shopper, fields);
    this.#suspicion.hear(shopper, fields, atMs);
    this.#comeBack(shopper, clockMs);
    this.#rooms.shoppers.arrive(shopper, session, atMs);
  }

  /** What was held of a shopper who is trusted now is folded, in its order. Of items that are known they remember it already. */
  #comeBack(shopper: number, clockMs: number): void {
    const { items, shoppers } = this.#rooms;
    const held = this.#suspicion.comesBack(shopper);
    const known = new Set<string>();
    for (const { event } of held)
      if (event.type === "outcome" && shoppers.knows(shopper, items.find(event.item))) known.add(event.item);
    let clicked: string | undefined;
    // What is held was judged when it came.
    const observer = this.#observer;
    this.#observer = {};
    this.#rooms.fates.begin();
    for (const { event, offset } of held) {
      const atMs = eventAtMs(event);
      if (event.type === "slate") this.#foldSlate(event, this.#readSlate(event, atMs), offset, atMs, clockMs);
      else {
        const isSame = event.action === "view" && event.item === clicked;
        clicked = event.action === "click" ? event.item : undefined;
        this.#foldOutcome(event, offset, atMs, clockMs, { isSame, isRemembered: known.has(event.item) });
      }
      this.#rooms.fates.end(offset, true);
    }
    this.#observer = observer;
  }

  #readSlate(event: SlateEvent, atMs: number): Request {
    const { list, history } = this.#scratch;
    const asked = question(this.#rooms, { ...event, atMs }, history);
    const served = this.#served?.event === event ? this.#served.list : undefined;
    this.#served = undefined;
    slateList(this.#rooms, event, list, served?.items);
    if (served !== undefined) served.copyRows(this.#rows);
    else readRows(this.#rooms, asked, list, this.#rows, event.list);
    return asked;
  }

  #foldSlate(event: SlateEvent, asked: Request, offset: number, atMs: number, clockMs: number): void {
    const rooms = this.#rooms;
    const { list, history } = this.#scratch;
    const { user, session } = event;
    const mayJoin = user !== undefined && rooms.shoppers.find(undefined, session) !== asked.shopper;
    const shopper = rooms.shoppers.internNamed(user, session);
    // A shopper new by this event has begun a session; the first that carries user and session has joined the two.
    if (mayJoin || shopper !== asked.shopper) rooms.shoppers.gather(shopper, session, atMs, history);
    const request = { ...asked, shopper };
    learnWords(rooms, event);
    const items = this.#internShown();
    const { query, surface } = words(rooms, event);
    const opened = {
      id: event.slate ?? `#${offset}`,
      ...{ shopper, surface, query, atMs, clockMs },
      orderedByEngine: event.orderedBy === "engine",
    };
    this.#observer.slate?.(opened.id, request, list, items, this.#rows);
    rooms.attribution.open(opened, list, items, this.#rows, this.#consequences);
    const shown: Shown = { count: list.count, item: items, query, clicked: -1 };
    foldFact(this.#rooms, { ...this.#fact(event, offset, atMs, clockMs), shopper, query, shown });
    rooms.shoppers.arrive(shopper, event.session, atMs);
  }

  #foldOutcome(
    event: OutcomeEvent,
    offset: number,
    atMs: number,
    clockMs: number,
    comesBack?: { readonly isSame: boolean; readonly isRemembered: boolean },
  ): void {
    const rooms = this.#rooms;
    const shopper = rooms.shoppers.internNamed(event.user, event.session);
    const action = rooms.actions(event.action, event.value);
    if (comesBack === undefined) {
      if (this.#suspicion.holds(event, shopper, action, offset, atMs)) {
        this.#setAside(event, shopper, action, atMs);
        return;
      }
      this.#comeBack(shopper, clockMs);
    }
    const request = question(rooms, { ...event, item: undefined, atMs }, this.#scratch.history, foldedHistory);
    const item = rooms.items.internNamed(event.item);
    if (item < 0) {
      this.#refuseId();
      rooms.shoppers.arrive(shopper, event.session, atMs);
      return;
    }
    const isBack = comesBack !== undefined;
    const isSame = comesBack?.isSame ?? isSameChoice(request.history, item, action.code, atMs);
    const isChoice = action.isChoice && !isSame;
    this.#observer.outcome?.(event, item, isChoice, request);
    const slate = rooms.attribution.join(
      { slateId: event.slate, shopper, item, action, atMs, clockMs },
      this.#consequences,
    );
    if (slate >= 0) this.#observer.joined?.(rooms.attribution.slates.id(slate), item, action.reward);
    if (isChoice && !isBack) this.#noteChoice(request, event.session, item, event.receivedAt);
    // The history as it stood before what comes back is no more to be had: it counts as nobody's.
    if (isBack) request.history.clear();
    foldFact(this.#rooms, {
      ...this.#fact(event, offset, atMs, clockMs),
      ...{ item, action: action.code, reward: action.reward, isChoice },
      shopper: isBack ? -1 : shopper,
      isRepeat: !isBack && rooms.shoppers.knows(shopper, item),
      value: event.value ?? Number.NaN,
      query: slate < 0 ? -1 : rooms.attribution.slates.query.get(slate),
    });
    rooms.shoppers.arrive(shopper, event.session, atMs);
    if (comesBack?.isRemembered !== true) this.#remember(shopper, item, action, isChoice, atMs);
  }

  #remember(shopper: number, item: number, { code }: Action, isChoice: boolean, atMs: number): void {
    if (isChoice) this.#rooms.shoppers.touch(shopper, item, code, atMs);
    else if (isTurningAway(code)) this.#rooms.shoppers.turnAway(shopper, item, code);
  }

  #holdSlate(event: SlateEvent, offset: number, atMs: number): void {
    if (this.#observer.slate !== undefined) {
      const { list } = this.#scratch;
      const asked = this.#readSlate(event, atMs);
      this.#observer.slate(event.slate ?? `#${offset}`, asked, list, list.item, this.#rows);
    }
    this.#served = undefined;
    this.#suspicion.holdSlate(event, offset, atMs);
  }

  /** What is held teaches nobody else, but who did it is answered by it; and an evaluation judges what suspects are shown, too. */
  #setAside(event: OutcomeEvent, shopper: number, action: Action, atMs: number): void {
    const item = this.#rooms.items.find(event.item);
    if (shopper < 0 || item < 0) return;
    const request = question(this.#rooms, { ...event, item: undefined, atMs }, this.#scratch.history, foldedHistory);
    const isChoice = action.isChoice && !isSameChoice(request.history, item, action.code, atMs);
    this.#observer.outcome?.(event, item, isChoice, request);
    if (event.slate !== undefined) this.#observer.joined?.(event.slate, item, action.reward);
    if (isChoice && this.#observer.choice !== undefined && request.history.count > 0) {
      this.#readCandidates(request, event.session);
      this.#observer.choice(request, this.#pool, this.#choiceRows);
    }
    this.#remember(shopper, item, action, isChoice, atMs);
  }

  /** A choice is a lesson for the choice model: the candidates as they stood before its basket, and what was chosen. */
  #noteChoice(request: Request, session: string | undefined, item: number, receivedAtMs: number): void {
    const { baskets, registers } = this.#rooms;
    if (request.shopper < 0 || request.history.count === 0) return;
    if (baskets.add(request.shopper, item, request.atMs)) return;
    if (request.history.lastTouchAtMs === request.atMs) return;
    const mayTeach = this.#rooms.trust.mayTeach(request.shopper, registers[engineAt.clockMs]!);
    const teaches = mayTeach && this.#rooms.lessonBudget.take(receivedAtMs);
    if (!teaches && this.#observer.choice === undefined) return;
    this.#readCandidates(request, session);
    this.#observer.choice?.(request, this.#pool, this.#choiceRows);
    if (!teaches) return;
    const { shopper, atMs } = request;
    const clockMs = registers[engineAt.clockMs]!;
    baskets.start({ shopper, atMs, clockMs }, this.#pool, this.#choiceRows, this.#teachChoice);
    baskets.add(request.shopper, item, request.atMs);
  }

  #readCandidates(request: Request, session: string | undefined): void {
    const { catalogue, choiceFeatures, shoppers } = this.#rooms;
    shoppers.gather(request.shopper, session, request.atMs, request.history);
    const accepts = (row: number): boolean => catalogue.isRecommendable(row) && !request.history.isRejected(row);
    if (this.#taught.choices) retrieveCandidates(this.#rooms, request, accepts, this.#pool);
    else this.#pool.clear();
    choiceFeatures.assemble(request, this.#pool, this.#choiceRows);
  }

  readonly #teachChoice = (lesson: Lesson): void => {
    this.#changes.common++;
    this.#rooms.chooser.learn(lesson);
  };

  #teach(lesson: Lesson, shopper: number): void {
    const mayTeach = this.#rooms.trust.mayTeach(shopper, this.#rooms.registers[engineAt.clockMs]!);
    if (!mayTeach || !this.#taught.lists) return;
    this.#changes.common++;
    this.#rooms.ranker.learn(lesson);
  }

  #follow(followUp: FollowUp): void {
    if (!this.#taught.lists) return;
    this.#changes.common++;
    this.#rooms.outcomeHeads.learn(followUp);
  }

  #impressions(shown: Shown): void {
    this.#changes.common++;
    const clockMs = this.#rooms.registers[engineAt.clockMs]!;
    for (const feature of this.#rooms.listFeatures.features) feature.impressions?.(shown, clockMs);
  }

  /** Rows of the items of the list just read, those never seen before interned; all are heard of. */
  #internShown(): Int32Array {
    const { list } = this.#scratch;
    for (let i = 0; i < list.count; i++) this.#rooms.items.hear(list.item[i]!);
    if (this.#items.length < list.count) this.#items = new Int32Array(list.count * 2);
    this.#items.set(list.item.subarray(0, list.count));
    for (const [index, id] of list.unknown) this.#items[index] = this.#rooms.items.internNamed(id);
    return this.#items;
  }

  #refuseId(): void {
    this.#rooms.registers[engineAt.refusedIds]!++;
  }

  #fact(event: LoggedEvent, offset: number, atMs: number, clockMs: number): Fact {
    return { ...bareFact, type: event.type, offset, atMs, clockMs, history: this.#scratch.history };
  }
}
