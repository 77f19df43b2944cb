/**
 * Which events are an erased shopper's? Those that name the user, and those that name nobody but a session of theirs: a session is its
 * first user's, from its first event on until that user is erased or was not heard of for `shopperExpiryMs`, as the fold has it. Asked of
 * a log in three readings: {@link ErasedEvents.lookForSessions} on each event, then {@link ErasedEvents.lookForOwners} on each, in order;
 * then {@link ErasedEvents.instead}.
 */
import { type ErasedEvent, eventAtMs, type LoggedEvent } from "./core/event.ts";
import type { ErasureNote } from "./shoppers/pending-erasures.ts";

/** What stands in the place of an event that went. */
const erased: ErasedEvent = { type: "erased", time: 0, receivedAt: 0 };

/** While a session is one user's: from its first event on, or from where it ceased to be another's. */
interface Spell {
  readonly session: string;
  /** Offsets: its events are from `from` on and below `end`. */
  readonly from: number;
  end: number;
  owner: string | undefined;
  /** Offset below which its events are to go. */
  goesBelow: number;
}

export class ErasedEvents {
  /** User → offset of the note: what stands below is to go. */
  readonly #users: ReadonlyMap<string, number>;
  /** The user that a session turned out to be before the log begins. */
  readonly #ownerBefore: (session: string) => string | undefined;
  readonly #expiryMs: number;
  /** Sessions that an erased user's event names → whose they were, one after another; the last is at the offset that is read. */
  readonly #spells = new Map<string, Spell[]>();
  readonly #spellsOf = new Map<string, Spell[]>();
  /** When an owner was heard of last. */
  readonly #heardAtMs = new Map<string, number>();
  #clockMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** `sessionsBefore`: sessions that turned out to be one of these users' before the log begins. `expiryMs`: `shopperExpiryMs`. */
  constructor(
    notes: readonly ErasureNote[],
    expiryMs: number,
    sessionsBefore: Iterable<string> = [],
    ownerBefore: (session: string) => string | undefined = () => undefined,
  ) {
    this.#users = new Map(notes.map(({ user, offset }) => [user, offset]));
    this.#expiryMs = expiryMs;
    this.#ownerBefore = ownerBefore;
    for (const session of sessionsBefore) this.#track(session);
  }

  lookForSessions(event: LoggedEvent, offset: number): void {
    const { user, session } = whoOf(event);
    if (user === undefined || session === undefined) return;
    if (offset < this.#endOf(user)) this.#track(session);
  }

  lookForOwners(event: LoggedEvent, offset: number): void {
    const atMs = eventAtMs(event);
    this.#clockMs = Math.max(this.#clockMs, atMs);
    if (event.type === "erase") {
      this.#erase(event.user, offset);
      return;
    }
    const { user, session } = whoOf(event);
    if (user !== undefined && this.#heardAtMs.has(user)) this.#hear(user, atMs);
    const spells = session === undefined ? undefined : this.#spells.get(session);
    if (spells === undefined) return;
    if (this.#isExpired(spells.at(-1)!.owner)) this.#end(spells.at(-1)!, offset);
    const spell = spells.at(-1)!;
    if (user === undefined && spell.owner !== undefined) this.#hear(spell.owner, atMs);
    if (user === undefined || spell.owner !== undefined) return;
    this.#own(spell, user);
    this.#hear(user, atMs);
  }

  /** For a log that begins late, once it is read: `ownerNow` has the last word on whose a session is, as the log may not show how it came to be. */
  lookInState(ownerNow: (session: string) => string | undefined): void {
    for (const [session, spells] of this.#spells) {
      const owner = ownerNow(session);
      if (owner === undefined || owner === spells.at(-1)!.owner) continue;
      for (const spell of spells) spell.owner = undefined;
      this.#own(this.#begin(session, 0), owner);
    }
  }

  /** What is to stand in an event's place, undefined for one that stays. */
  readonly instead = (event: LoggedEvent, offset: number): ErasedEvent | undefined => {
    if (!this.includes(event, offset)) return undefined;
    if (event.type !== "erase") this.#count++;
    return erased;
  };

  /** Events for which {@link instead} had another, the notes not counted. */
  get count(): number {
    return this.#count;
  }

  /** Sessions of which the first events go: what was kept of them before the log begins is an erased user's too. */
  *sessionsFromBefore(): Generator<string> {
    for (const [session, [first]] of this.#spells) if (first!.goesBelow > 0) yield session;
  }

  includes(event: LoggedEvent, offset: number): boolean {
    if (event.type === "erase") return offset <= this.#endOf(event.user);
    const { user, session } = whoOf(event);
    if (user !== undefined) return offset < this.#endOf(user);
    const spells = session === undefined ? [] : (this.#spells.get(session) ?? []);
    return spells.some(({ from, goesBelow }) => offset >= from && offset < goesBelow);
  }

  /** Offset of a user's note, −1 for one who is not erased. */
  #endOf(user: string): number {
    return this.#users.get(user) ?? -1;
  }

  #track(session: string): void {
    if (this.#spells.has(session)) return;
    const spell = this.#begin(session, 0);
    const owner = this.#ownerBefore(session);
    if (owner !== undefined) this.#own(spell, owner);
  }

  #begin(session: string, from: number): Spell {
    const spell: Spell = { session, from, end: Number.POSITIVE_INFINITY, owner: undefined, goesBelow: -1 };
    const spells = this.#spells.get(session) ?? [];
    this.#spells.set(session, spells);
    spells.push(spell);
    return spell;
  }

  #end(spell: Spell, offset: number): void {
    if (spell.end <= offset) return;
    spell.end = offset;
    this.#begin(spell.session, offset);
  }

  #own(spell: Spell, user: string): void {
    spell.owner = user;
    const theirs = this.#spellsOf.get(user) ?? [];
    theirs.push(spell);
    this.#spellsOf.set(user, theirs);
  }

  #erase(user: string, offset: number): void {
    for (const spell of this.#spellsOf.get(user) ?? []) {
      if (spell.owner !== user) continue;
      this.#end(spell, offset);
      spell.goesBelow = spell.end;
    }
    this.#spellsOf.delete(user);
    this.#heardAtMs.delete(user);
  }

  /** One of before the log begins counts as heard of there. */
  #isExpired(owner: string | undefined): boolean {
    if (owner === undefined) return false;
    if (!this.#heardAtMs.has(owner)) this.#hear(owner, this.#clockMs);
    return this.#clockMs - this.#heardAtMs.get(owner)! > this.#expiryMs;
  }

  #hear(user: string, atMs: number): void {
    this.#heardAtMs.set(user, Math.max(this.#heardAtMs.get(user) ?? atMs, atMs));
  }
}

function whoOf(event: LoggedEvent): { readonly user?: string; readonly session?: string } {
  switch (event.type) {
    case "user":
    case "slate":
    case "outcome":
      return event;
    default:
      return {};
  }
}
