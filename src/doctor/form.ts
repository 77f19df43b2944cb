/** What of it would be taken at all? */
import { type Example, excerptOf, type Finding, judged, Parts, Tally } from "./finding.ts";

const common = ["type", "id", "time", "consent"];
/** Properties that mean something, by type of event; everything else is not kept. */
const known: Readonly<Record<string, ReadonlySet<string>>> = {
  item: new Set([...common, "item", "fields"]),
  "item-removed": new Set([...common, "item"]),
  user: new Set([...common, "user", "session", "fields"]),
  slate: new Set([
    ...common,
    "slate",
    "user",
    "session",
    "surface",
    "query",
    "context",
    "items",
    "orderedBy",
    "item",
    "list",
    "recommended",
    "receivedAt",
  ]),
  outcome: new Set([...common, "action", "item", "user", "session", "slate", "value"]),
  synonyms: new Set([...common, "synonyms"]),
};
const exported = "receivedAt";

/** What others call these properties. */
const otherNames: readonly [name: string, pattern: RegExp][] = [
  ["time", /^(?:timestamp|ts|date|datetime|at|eventtime|createdat|occurredat|when|unixtime)$/],
  ["user", /^(?:userid|uid|customer|customerid|visitor|visitorid|clientid|shopper|memberid)$/],
  ["session", /^(?:sessionid|sid|visit|visitid)$/],
  ["slate", /^(?:slateid|listid|requestid|impressionid)$/],
  ["value", /^(?:price|amount|revenue|total|money|rating|stars|score)$/],
  ["query", /^(?:q|search|searchterm|keywords?|text)$/],
  ["id", /^(?:eventid|uuid|messageid)$/],
  ["fields", /^(?:field|properties|props|attributes|attrs)$/],
  ["context", /^(?:device|platform|page|country|locale)$/],
];

export class Form {
  readonly #refused = new Tally();
  readonly #codes = new Parts(100);
  readonly #withoutConsent = new Tally();
  readonly #ignored = new Tally();
  readonly #names = new Parts(200);
  #lines = 0;
  #ignoredTime = 0;

  /** Something stood there, an event or not. */
  count(): void {
    this.#lines++;
  }

  get lines(): number {
    return this.#lines;
  }

  refused(where: string, code: string, message: string, raw: unknown): void {
    this.#refused.add({ where, raw }, raw === undefined ? message : excerptOf(`${message} ${excerptOf(raw)}`));
    this.#codes.add(code);
  }

  withoutConsent(where: string, raw: unknown): void {
    this.#withoutConsent.add({ where, raw });
  }

  /** Looks for properties that nobody reads. */
  read(given: Readonly<Record<string, unknown>>, where: string): void {
    const names = known[given.type as string];
    if (names === undefined) return;
    let isFirst = true;
    for (const name in given) {
      if (names.has(name) || name === exported) continue;
      const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
      const meant = otherNames.find(([, pattern]) => pattern.test(plain))?.[0];
      const isMeant = meant !== undefined && names.has(meant) && given[meant] === undefined;
      if (isMeant && meant === "time") this.#ignoredTime++;
      this.#names.add(isMeant ? `${name} (${meant}?)` : name);
      if (isFirst) this.#ignored.add({ where, raw: given });
      isFirst = false;
    }
  }

  findings(): Finding[] {
    const lines = this.#lines;
    const example: Example | undefined = this.#refused.example;
    const isNone = lines <= this.#refused.count;
    const findings: Finding[] = [
      {
        code: "events",
        status: isNone ? "FAIL" : "PASS",
        message: lines === 0 ? "There is no event." : `${lines.toLocaleString("en")} events.`,
        count: lines,
        ...(isNone && {
          costs: "There is nothing to learn from.",
          mend:
            lines === 0
              ? "Write one JSON object a line, as docs/events.md describes them."
              : "None of them can be read: mend what refused-events says first.",
        }),
      },
      judged({
        code: "refused-events",
        count: this.#refused.count,
        of: lines,
        fine: "Every event can be read.",
        wrong: "events would be refused.",
        failAbove: 0.01,
        parts: this.#codes,
        example,
        costs: "What is refused is not kept; the others are.",
        mend: "The message names the place and what is right; `docs/errors.md` explains the codes.",
      }),
      judged({
        code: "without-consent",
        count: this.#withoutConsent.count,
        of: lines,
        fine: "Every event has its shopper's consent, as far as it says.",
        wrong: 'events say "consent": false: they are neither kept nor learned from.',
        warnAbove: 0.3,
        failAbove: 0.95,
        example: this.#withoutConsent.example,
        costs: "That is how it should be; but little is left to learn from.",
        mend: "Look whether consent is asked for, and whether a yes arrives.",
      }),
      judged({
        code: "ignored-properties",
        count: this.#ignored.count,
        of: lines,
        fine: "Every property of the events has a meaning.",
        wrong: "events have properties that are not read.",
        failAbove: this.#ignoredTime > 0.1 * lines ? 0.1 : 1,
        parts: this.#names,
        example: this.#ignored.example,
        costs: "They are not kept. What was meant by them does not arrive.",
        mend: 'Use the names of docs/events.md; what an item is goes into its "fields", what a page is into the "context" of its slate.',
      }),
    ];
    // Where nothing could be read, why comes before what is missing for it.
    return isNone && lines > 0 ? [findings[1]!, findings[0]!, ...findings.slice(2)] : findings;
  }
}
