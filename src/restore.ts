/** Which snapshots an engine goes on from: those of this release, this configuration and this log; all others are rebuilt from it. */
import { type Config, foldedConfig } from "./config.ts";
import { version } from "./core/version.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import type { Rooms } from "./rooms.ts";
import type { SnapshotHeader, SnapshotStore } from "./snapshots/snapshot-store.ts";

/** Restores the newest snapshot that was folded by this release under this configuration of this log; returns the offset to go on from. */
export function restore(store: SnapshotStore, rooms: Rooms, log: EventLog): number {
  const isOurs = ({ release, config, log: of, offset }: SnapshotHeader): boolean =>
    release === version && config === foldedConfig(rooms.config) && of === log.id && offset <= log.head;
  return store.load(rooms.states, isOurs)?.offset ?? 0;
}

export function snapshotHeader(config: Config, log: EventLog, offset: number): SnapshotHeader {
  return { format: 1, release: version, config: foldedConfig(config), log: log.id, offset };
}
