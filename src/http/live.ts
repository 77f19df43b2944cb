/**
 * What happens now, for `GET /v1/live`: ten beats a second with a few events each, every tenth with the status. Nothing is
 * kept for a reader beyond `liveBytesMax`: who reads too slowly misses messages, which are counted. Without readers nothing runs.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable } from "node:stream";
import { secondMs, stopwatchMs } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Engine, EngineStatus } from "../core/public.ts";
import { Durations } from "./durations.ts";
import { LiveEvents } from "./live-events.ts";

const beatMs = 100;
const beatsPerStatus = 10;
/** The panel changes slowly: it comes with every second status. */
const statusesPerPanel = 2;
/** When a browser is to come back after the stream broke off. */
const retryMs = 2000;
const nanosecondsPerMs = 1e6;

const isList = (route: string): boolean => /^\/v1\/(?:search|rank|recommend|suggest)$/.test(route);

export interface LiveReader {
  /** Who did what is told, as ids. */
  readonly shoppers: boolean;
  /** Asked each second: where it is false, the stream ends. */
  readonly isLetIn: () => boolean;
}

interface Stream extends LiveReader {
  readonly to: Readable;
  /** Messages that it missed. */
  lost: number;
}

export class Live {
  readonly #engine: Engine;
  readonly #events: LiveEvents;
  readonly #streams = new Set<Stream>();
  readonly #answers = new Durations();
  readonly #visible = new Durations();
  readonly #lag = monitorEventLoopDelay({ resolution: 10 });
  #requests = 0;
  #folded = 0;
  #beats = 0;
  #lastStatusMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #unwatch: () => void = () => {};
  #isClosed = false;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#events = new LiveEvents(engine);
  }

  countRequest(route: string, ms: number): void {
    if (this.#streams.size === 0) return;
    const isAnswer = isList(route);
    if (isAnswer) this.#answers.add(ms);
    if (isAnswer || route === "/v1/events") this.#requests++;
  }

  /** Throws OVERLOADED where there are too many, NOT_READY before the engine is there, CLOSED once the server stops. */
  open(reader: LiveReader): Readable {
    if (this.#isClosed) throw new LiveshelfError("CLOSED", "The server is stopping.");
    if (this.#streams.size >= limits.liveStreamsMax) {
      const message = `${limits.liveStreamsMax} readers follow /v1/live already; close one, or ask again later.`;
      throw new LiveshelfError("OVERLOADED", message);
    }
    const stream: Stream = { ...reader, to: new Readable({ read() {} }), lost: 0 };
    stream.to.once("close", () => this.#forget(stream));
    if (this.#streams.size === 0) this.#begin();
    this.#streams.add(stream);
    stream.to.push(`retry: ${retryMs}\n\n`);
    return stream.to;
  }

  /** Ends all streams at once. */
  close(): void {
    this.#isClosed = true;
    for (const { to } of this.#streams) to.push(null);
    this.#end();
  }

  #begin(): void {
    this.#unwatch = this.#engine.watch((event, offset, delayMs) => {
      this.#folded++;
      this.#visible.add(delayMs);
      this.#events.add(event, offset);
    });
    this.#requests = this.#folded = this.#beats = 0;
    this.#answers.take();
    this.#visible.take();
    this.#lag.reset();
    this.#lag.enable();
    this.#lastStatusMs = stopwatchMs();
    this.#timer = setInterval(() => this.beat(), beatMs);
    this.#timer.unref();
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#unwatch();
    this.#lag.disable();
    this.#events.clear();
  }

  #forget(stream: Stream): void {
    if (this.#streams.delete(stream) && this.#streams.size === 0) this.#end();
  }

  /** Ten times a second. Where the engine can say nothing any more, the streams end. */
  beat(): void {
    try {
      this.#tell();
    } catch {
      this.#end();
      for (const { to } of this.#streams) to.push(null);
    }
  }

  #tell(): void {
    for (const told of this.#events.take()) {
      const [plain, whole] = [told.public, told.withShopper].map((one) => message("event", JSON.stringify(one)));
      for (const stream of this.#streams) send(stream, stream.shoppers ? whole! : plain!);
    }
    if (++this.#beats % beatsPerStatus === 0) this.#tellStatus();
  }

  #tellStatus(): void {
    const nowMs = stopwatchMs();
    const seconds = (nowMs - this.#lastStatusMs) / secondMs;
    this.#lastStatusMs = nowMs;
    const hasPanel = (this.#beats / beatsPerStatus) % statusesPerPanel === 1;
    const status = {
      ...levels(this.#engine.status()),
      requestsPerSecond: this.#requests / seconds,
      eventsPerSecond: this.#folded / seconds,
      answerMs: this.#answers.take(),
      visibleMs: this.#visible.take(),
      loopLagMs: this.#lag.percentile(99) / nanosecondsPerMs,
      more: this.#events.more,
      readers: this.#streams.size,
      ...(hasPanel ? { learners: this.#engine.models().learners } : {}),
    };
    this.#requests = this.#folded = this.#events.more = 0;
    this.#lag.reset();
    const rest = JSON.stringify(status).slice(1);
    for (const stream of this.#streams) {
      if (!stream.isLetIn()) stream.to.push(null);
      else if (send(stream, message("status", `{"lost":${stream.lost},${rest}`))) stream.lost = 0;
    }
  }
}

/** What a page draws of the engine's status. */
const levels = ({ ready, offset, queued, items, shoppers, openSlates, stateBytes, memory, counts }: EngineStatus) => ({
  ...{ ready, offset, queued, items, shoppers, openSlates, stateBytes, memoryBytes: memory.processBytes, counts },
});

const message = (event: string, json: string): string => `event: ${event}\ndata: ${json}\n\n`;

/** False: the reader has too much to read already. */
function send(stream: Stream, text: string): boolean {
  if (stream.to.readableLength + text.length > limits.liveBytesMax) {
    stream.lost++;
    return false;
  }
  stream.to.push(text);
  return true;
}
