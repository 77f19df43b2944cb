/** What every event log promises of its switching to another disk. */
import { expect } from "vitest";
import type { LoggedEvent } from "../core/event.ts";
import { click, clicks, numbered, type Promised, promise, withLog } from "./event-log.check.ts";
import { rewriteLog } from "./log-rewrite.ts";

export const switching: Promised = promise(
  "switched to a disk on which it was rewritten, it goes on there; nothing waits but writes",
  ({ open, newDisk }) =>
    withLog(open(), async (log) => {
      const { id } = log;
      log.append(clicks(0, 300));
      await log.durable();
      log.append(clicks(300, 320));
      const disk = newDisk();
      const other: LoggedEvent = { type: "erased", time: 0, receivedAt: 0 };
      const instead = (_event: LoggedEvent, offset: number) => (offset % 7 === 3 ? other : undefined);
      expect(await rewriteLog(log, disk, { to: 300, instead, turn: async () => {} })).toBe(3);
      await log.durable();
      const reading = log.read(298)[Symbol.iterator]();
      expect(reading.next().value).toEqual({ offset: 298, event: click(298) });
      const refused = { disk, head: 300, commit: () => expect.fail("the names could not be changed") };
      await expect(log.switchTo(refused)).rejects.toMatchObject({ code: "LOG_UNWRITABLE" });
      expect(log.id).toBe(id);
      log.append(clicks(320, 321));
      const further = newDisk();
      await rewriteLog(log, further, { to: 320, instead, turn: async () => {} });
      const commit = (): void => {
        expect(log.append(clicks(322, 323))).toBe(322);
        expect(log.durableHead).toBeLessThan(323);
      };
      const switched = log.switchTo({ disk: further, head: 320, commit });
      log.append(clicks(321, 322));
      await switched;
      expect(log.id).toBe(further.id);
      expect(log.append(clicks(323, 330))).toBe(323);
      await log.durable();
      const expected = numbered(0, 330).map((entry) =>
        entry.offset < 320 && entry.offset % 7 === 3 ? { ...entry, event: other } : entry,
      );
      expect([...log.read(0)]).toEqual(expected);
      expect(reading.next().value).toEqual({ offset: 299, event: click(299) });
      await disk.close();
    }),
);
