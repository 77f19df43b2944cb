/** An event log that lives as long as its process: for tests, simulations and evaluation. */
import { randomBytes } from "node:crypto";
import type { LoggedEvent } from "../core/event.ts";
import type { EventLog } from "./event-log.ts";
import { groupedLog } from "./grouped-log.ts";

export interface MemoryLogOptions {
  /** Stands for the disk: events are durable when it resolves, and the log fails when it rejects. */
  readonly sync?: () => Promise<void>;
}

export function memoryLog({ sync = async () => {} }: MemoryLogOptions = {}): EventLog {
  const durable: LoggedEvent[] = [];
  return groupedLog({
    id: randomBytes(8).toString("hex"),
    place: "memory",
    head: 0,
    prepare: (append) => append,
    async write(group) {
      await sync();
      for (const { events } of group) for (const event of events) durable.push(event);
    },
    runAt: () => ({ first: 0, events: durable }),
    close: async () => {},
  });
}
