/**
 * The cases, and what must come of each. A case is one event (of a batch, told apart in the receipt by its index), one body, one request
 * or one stream of bytes on a connection of its own.
 */
import { isUtf8 } from "node:buffer";
import type { LoggedEvent } from "../../src/core/event.ts";
import { limits } from "../../src/core/limits.ts";
import type { Answer, RecordReceipt } from "../../src/core/public.ts";
import { judge, type Verdict } from "./event-model.ts";
import { type Call, candidatesOf, judgeRequest } from "./requests.ts";
import { marker, type Shape } from "./shapes.ts";
import { checkResponse, codeOf, fault, type Shop } from "./shop.ts";
import { Connection, exchange, type Response } from "./wire.ts";

const json = "content-type: application/json\r\n";
const ndjson = "content-type: application/x-ndjson\r\n";

/** How often each thing came out, by its name. */
export type Outcomes = Map<string, number>;

export class Cases {
  readonly outcomes: Outcomes = new Map();
  readonly #shop: Shop;
  /** Of as many as ever were in flight at once. */
  readonly #connections: Connection[] = [];
  /** Ids of all events taken. */
  readonly #ids = new Set<string>();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** One event or a list of them, or what is neither. */
  async json(body: Buffer): Promise<void> {
    const response = await this.#ask("/v1/events", json, body);
    if (isTooDeep(body)) return this.#refused(response, "BODY_TOO_LARGE");
    const given = parsed(body);
    if (given === undefined) return this.#refused(response, "BODY_MALFORMED");
    if (typeof given !== "object" || given === null) return this.#refused(response, "REQUEST_MALFORMED");
    const events: unknown[] = Array.isArray(given) ? given : [given];
    if (events.length > limits.batchEventsMax) return this.#refused(response, "EVENT_LIMIT");
    this.#recorded(response, new Map(events.map((event, index) => [index, judge(event, this.#shop.nowMs)])));
  }

  /** Lines of events, among them broken ones. */
  async lines(body: Buffer): Promise<void> {
    const response = await this.#ask("/v1/events", ndjson, body);
    const verdicts = new Map<number, Verdict>();
    let start = 0;
    for (let index = 0; start < body.length; index++) {
      const newline = body.indexOf(10, start);
      const line = body.subarray(start, newline < 0 ? body.length : newline);
      start = newline < 0 ? body.length : newline + 1;
      if (line.length > 0 && line.toString("latin1") !== "\r") verdicts.set(index, this.#judgeLine(line));
    }
    this.#recorded(response, verdicts);
  }

  #judgeLine(line: Buffer): Verdict {
    if (line.length > limits.eventBytesMax) return { kind: "refused", codes: new Set(["EVENT_TOO_LARGE"]) };
    if (isTooDeep(line)) return { kind: "refused", codes: new Set(["EVENT_LIMIT"]) };
    const given = parsed(line);
    if (given === undefined) return { kind: "refused", codes: new Set(["EVENT_MALFORMED"]) };
    return judge(given, this.#shop.nowMs);
  }

  /** A question, or several at once, each on a connection of its own. */
  async requests(call: Call, bodies: readonly Buffer[]): Promise<void> {
    const responses = await Promise.all(bodies.map((body, i) => this.#ask(`/v1/${call}`, json, body, i)));
    const logged: Answer[] = [];
    responses.forEach((response, i) => {
      const given = parsed(bodies[i]!);
      const unread = isTooDeep(bodies[i]!) ? "BODY_TOO_LARGE" : given === undefined ? "BODY_MALFORMED" : undefined;
      const codes = unread === undefined ? judgeRequest(call, given) : new Set([unread]);
      const code = codeOf(response);
      if (!codes.has(code))
        fault(`${call} was answered "${code}", not one of "${[...codes]}"`, response.body.toString());
      this.#count(`${call} ${code === "" ? "answered" : code}`);
      if (code !== "") return;
      const answer = JSON.parse(response.body.toString()) as Answer;
      checkAnswer(call, given as Asked, answer);
      if (answer.slate !== null) logged.push(answer);
    });
    this.#shop.settle([], logged);
  }

  /** Bytes on a connection of their own. */
  async bytes({ parts, taken, isHead, first, name }: Shape): Promise<void> {
    const { responses, rest } = await exchange(this.#shop.port, parts, isHead);
    const sent = Buffer.concat(parts).toString("latin1");
    // Only the answer to a HEAD ends before its body.
    if (rest.length > 0 && !/head/i.test(sent)) fault(`an answer is cut off`, rest.toString().slice(0, 300));
    let accepted = 0;
    for (const response of responses) {
      checkResponse(response, isHead);
      this.#count(`bytes ${response.status}`);
      accepted += acceptedOf(response);
    }
    if (responses.length === 0) this.#count("bytes closed");
    if (first !== undefined && responses[0]?.status !== first)
      fault("the first request got another's answer", responses[0]);
    const events = this.#shop.adopt();
    // Of what came behind an answer that closes the connection nobody is told.
    const isClosed = responses.at(-1)?.headers.get("connection") === "close";
    if (events.length > accepted && !isClosed) fault("the log got more than was answered", events, accepted);
    if (events.length < accepted) fault("the log got less than was answered", events, accepted);
    if (taken !== undefined && events.length !== taken)
      fault(`the log got ${events.length} events, not ${taken}`, name);
    for (const event of events) if (event.id !== undefined) this.#ids.add(event.id);
    if (taken !== undefined && events.some((event) => !("item" in event) || event.item !== marker.item))
      fault("the log got another event than was sent", events);
  }

  async #ask(path: string, headers: string, body: Buffer, place = 0): Promise<Response> {
    const connection = (this.#connections[place] ??= new Connection(this.#shop.port));
    const response = await connection.ask("POST", path, headers, body);
    checkResponse(response);
    return response;
  }

  #refused(response: Response, code: string): void {
    if (codeOf(response) !== code) fault(`answered "${codeOf(response)}", not "${code}"`, response.body.toString());
    this.#count(`events ${code}`);
    this.#shop.settle([]);
  }

  /** The receipt lists exactly what the model refuses, with one of its codes, and the log got exactly the rest. */
  #recorded(response: Response, verdicts: ReadonlyMap<number, Verdict>): void {
    if (response.status !== 200) fault(`events were answered ${response.status}`, response.body.toString());
    const receipt = JSON.parse(response.body.toString()) as RecordReceipt;
    const rejected = new Map(receipt.rejected.map((one) => [one.index, one]));
    if (rejected.size !== receipt.rejected.length) fault("an event is listed twice", receipt);
    const expected: LoggedEvent[] = [];
    let accepted = 0;
    let duplicates = 0;
    for (const [index, verdict] of verdicts) {
      const refusal = rejected.get(index);
      rejected.delete(index);
      if (verdict.kind === "refused") {
        if (!verdict.codes.has(refusal?.code as string))
          fault(`event ${index} has the faults ${[...verdict.codes]}`, refusal ?? "it was accepted");
        this.#count(`event ${refusal!.code}`);
        continue;
      }
      if (refusal !== undefined) fault(`event ${index} has no fault`, refusal, verdict);
      this.#count(`event ${verdict.kind}`);
      const id = verdict.kind === "taken" ? verdict.event.id : undefined;
      if (id !== undefined && this.#ids.has(id)) {
        duplicates++;
        continue;
      }
      accepted++;
      if (verdict.kind === "taken") expected.push(verdict.event);
      if (id !== undefined) this.#ids.add(id);
    }
    if (rejected.size > 0) fault("events are refused that were not sent", [...rejected.values()]);
    if (receipt.accepted !== accepted || receipt.duplicates !== duplicates)
      fault(`${accepted} accepted and ${duplicates} duplicates are meant`, receipt);
    this.#shop.settle(expected);
  }

  #count(name: string): void {
    this.outcomes.set(name, (this.outcomes.get(name) ?? 0) + 1);
  }
}

interface Asked {
  readonly size?: number | null;
  readonly from?: number | null;
  readonly observe?: boolean | null;
  readonly consent?: boolean | null;
}

function checkAnswer(call: Call, asked: Asked, { slate, items }: Answer): void {
  const isLogged = asked.observe !== false && asked.consent !== false && asked.size !== 0;
  if (isLogged !== (slate !== null)) fault("logged, though not to be, or not logged", asked, slate);
  const size = asked.size ?? { rank: limits.candidatesMax, recommend: 12, search: 24 }[call];
  const first = asked.from ?? 0;
  const ids = new Set(items.map(({ item }) => item));
  if (ids.size !== items.length || ids.size > size) fault("an item twice, or too many", items);
  if (
    items.some(
      ({ score, position, propensity }, i) => !(Number.isFinite(score) && position === first + i && propensity === 1),
    )
  )
    fault("a score, position or propensity that cannot be", items);
  if (call !== "rank") return;
  const candidates = candidatesOf(asked);
  const strange = [...ids].filter((id) => !candidates.has(id));
  if (strange.length > 0 || ids.size !== Math.min(candidates.size, size))
    fault("not the candidates", items, [...candidates]);
}

/** JSON of these bytes, undefined if they hold none; one byte order mark may stand before it. */
/** Of what is no UTF-8 nobody counts the levels. */
function isTooDeep(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  const brackets = bytes
    .toString()
    .replaceAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)/gs, "")
    .replaceAll(/[^[{}\]]/g, "");
  let [depth, deepest] = [0, 0];
  for (const bracket of brackets) {
    depth += bracket === "[" || bracket === "{" ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > limits.bodyDepthMax;
}

function parsed(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString().replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

function acceptedOf({ status, headers, body }: Response): number {
  const isJson = headers.get("content-type") === "application/json; charset=utf-8";
  if (status !== 200 || !isJson || body.length === 0) return 0;
  const { accepted } = JSON.parse(body.toString()) as { accepted?: number };
  return accepted ?? 0;
}
