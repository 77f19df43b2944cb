/** Which sets of synonyms a log has had, found by reading it in turns, each part of it once; what is kept are a few numbers of each. */
import { nextTurn } from "./core/pieces.ts";
import type { SynonymRules, SynonymsReport } from "./core/search-desk.ts";
import type { EventLog } from "./event-logs/event-log.ts";

/** Events looked at before other work on the thread gets its turn: some 2 ms. */
const readAtOnce = 256;
/** Of a long log only the end is looked through: some seconds. */
const lookedThroughMax = 1_000_000;
const setsMax = 50;

export class SynonymsHistory {
  readonly #log: EventLog;
  readonly #sets: SynonymsReport["history"][number][] = [];
  #since: number | undefined;
  #next = 0;
  #last: SynonymRules = [];
  #reading: Promise<void> | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** All up to now. Rejects as the log's `read` throws. */
  async report(): Promise<Omit<SynonymsReport, "synonyms">> {
    // Who asks while it is read waits for that, and then for what came meanwhile.
    await this.#reading?.catch(() => {});
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return { history: [...this.#sets].reverse(), since: this.#since! };
  }

  async #readOn(): Promise<void> {
    const { head, start } = this.#log;
    if (this.#since === undefined) this.#next = this.#since = Math.max(start, head - lookedThroughMax);
    // What was trimmed unread is not known.
    if (this.#next < start) this.#next = this.#since = start;
    let read = 0;
    for (const { offset, event } of this.#log.read(this.#next, head)) {
      this.#next = offset + 1;
      if (event.type === "synonyms") {
        const { synonyms, time } = event;
        this.#sets.push({ offset, time: new Date(time).toISOString(), ...compared(this.#last, synonyms) });
        if (this.#sets.length > setsMax) this.#sets.shift();
        this.#last = synonyms;
      }
      if (++read % readAtOnce === 0) await nextTurn();
    }
  }
}

function compared(before: SynonymRules, after: SynonymRules): { rules: number; added: number; removed: number } {
  const texts = (rules: SynonymRules): Set<string> => new Set(rules.map((rule) => JSON.stringify(rule)));
  const [old, now] = [texts(before), texts(after)];
  const without = (one: Set<string>, other: Set<string>): number => [...one].filter((text) => !other.has(text)).length;
  return { rules: after.length, added: without(now, old), removed: without(old, now) };
}
