/** How an engine is, gathered from its parts (docs/operating.md). */
import type { Admission } from "./admission.ts";
import type { Answers } from "./answers.ts";
import type { EngineStatus } from "./core/public.ts";
import { bytesInUse } from "./core/state.ts";
import type { Erasing } from "./erasing.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { whatIsKnown } from "./inspect.ts";
import type { MemoryCeiling } from "./memory-ceiling.ts";
import type { Moving } from "./moving.ts";
import type { Recording } from "./recording.ts";
import { engineAt, type Rooms } from "./rooms.ts";
import type { Snapshotting } from "./snapshotting.ts";

export interface StatusParts {
  readonly rooms: Rooms;
  readonly log: EventLog;
  readonly admission: Admission;
  readonly answers: Answers;
  readonly recording: Recording;
  readonly snapshotting: Snapshotting;
  readonly moving: Moving;
  readonly erasing: Erasing;
  readonly ceiling: MemoryCeiling;
}

export function engineStatus(ready: boolean, parts: StatusParts): EngineStatus {
  const { rooms, log, admission, answers, recording, snapshotting, moving, erasing, ceiling } = parts;
  return {
    ready,
    offset: log.head,
    durableOffset: log.durableHead,
    ...whatIsKnown(rooms),
    counts: {
      ...rooms.attribution.counts,
      ...rooms.trust.counts,
      ...admission.counts,
      ...rooms.bounds.counts,
      unlogged: answers.counts.unlogged,
      refusedIds: rooms.registers[engineAt.refusedIds]!,
    },
    stateBytes: bytesInUse(rooms.states),
    logStart: log.start,
    logBytes: log.bytes,
    snapshotOffset: snapshotting.offset,
    snapshotSeconds: snapshotting.last.seconds,
    snapshotPeakBytes: snapshotting.last.peakBytes,
    snapshotPauseMs: snapshotting.last.pauseMs,
    answersFromCache: answers.counts.fromCache,
    queued: recording.queued,
    ...(moving.report === undefined ? {} : { rebuild: moving.report }),
    erasures: erasing.report,
    memory: ceiling.report(),
  };
}
