/** An engine that is still folding its log: alive, not ready, and saying so, until the real one is there. */
import { LiveshelfError } from "../core/errors.ts";
import type { Engine, EngineStatus } from "../core/public.ts";

/** Its figures stand for nothing yet. */
export const unopened: EngineStatus = {
  ready: false,
  offset: 0,
  durableOffset: 0,
  clockMs: 0,
  items: 0,
  shoppers: 0,
  openSlates: 0,
  suspects: 0,
  quarantined: 0,
  counts: {},
  stateBytes: 0,
  logStart: 0,
  logBytes: 0,
  snapshotOffset: 0,
  snapshotSeconds: 0,
  snapshotPeakBytes: 0,
  snapshotPauseMs: 0,
  answersFromCache: 0,
  queued: 0,
  erasures: { pending: 0, shoppers: 0, events: 0, seconds: 0 },
  memory: { processBytes: 0, stateBytes: 0, freeBytes: 0, step: "none", level: 0, bounds: {} },
};

export interface OpeningEngine {
  /** Throws or rejects with NOT_READY until {@link open}. */
  readonly engine: Engine;
  open(engine: Engine): void;
}

export function openingEngine(): OpeningEngine {
  let opened: Engine | undefined;
  const the = (): Engine => {
    if (opened !== undefined) return opened;
    throw new LiveshelfError("NOT_READY", "The state is being folded from the log; ask again in a moment.");
  };
  return {
    engine: {
      record: async (events) => the().record(events),
      rank: (request) => the().rank(request),
      recommend: (request) => the().recommend(request),
      search: (request) => the().search(request),
      suggest: (request) => the().suggest(request),
      item: (id) => the().item(id),
      user: (id) => the().user(id),
      userSlates: (id, size) => the().userSlates(id, size),
      exportUser: (id) => the().exportUser(id),
      erase: async (id) => the().erase(id),
      event: (id) => the().event(id),
      eventsKnown: () => the().eventsKnown(),
      eventsNotTaken: (result, size) => the().eventsNotTaken(result, size),
      reconfigure: async (settings) => the().reconfigure(settings),
      compareSettings: (settings) => the().compareSettings(settings),
      settings: () => the().settings(),
      quarantine: () => the().quarantine(),
      desk: () => the().desk(),
      models: () => the().models(),
      quality: (query) => the().quality(query),
      inspect: (what) => the().inspect(what),
      status: () => opened?.status() ?? unopened,
      readiness: () => opened?.readiness() ?? { ready: false, offset: 0 },
      watch: (watcher) => the().watch(watcher),
      events: (from) => the().events(from),
      items: () => the().items(),
      checksum: () => the().checksum(),
      snapshot: async () => the().snapshot(),
      tick: () => the().tick(),
      close: async () => opened?.close(),
    },
    open(engine) {
      opened = engine;
    },
  };
}
