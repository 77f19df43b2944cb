/** What becomes of a log when the switch to another disk meets a failure. */
import { expect, test } from "vitest";
import { HalfCommitted } from "./block-disk.ts";
import { blockLog } from "./block-log.ts";
import { clicks, numbered } from "./event-log.check.ts";
import { memoryDisk } from "./memory.ts";

test("a write that fails while the switch waits for it fails the log, and nothing is committed", async () => {
  const writing = Promise.withResolvers<void>();
  let isLast = false;
  const log = blockLog(memoryDisk({ sync: () => (isLast ? writing.promise : Promise.resolve()) }));
  log.append(clicks(0, 3));
  await log.durable();
  isLast = true;
  log.append(clicks(3, 5));
  const lost = log.durable();
  // Until the group is on its way.
  await new Promise((resolve) => setImmediate(resolve));
  const { id } = log;
  const next = memoryDisk();
  const switched = log.switchTo({ disk: next, head: 0, commit: () => expect.fail("committed") });
  writing.reject(new Error("EIO"));
  await expect(switched).rejects.toMatchObject({ code: "LOG_UNWRITABLE" });
  await expect(lost).rejects.toMatchObject({ code: "LOG_UNWRITABLE" });
  expect([log.id, log.head, log.durableHead]).toEqual([id, 3, 3]);
});

test("where nobody can tell which disk the next start finds, nothing more is acknowledged, and what was stays readable", async () => {
  const old = memoryDisk();
  const log = blockLog(old);
  log.append(clicks(0, 3));
  await log.durable();
  const failures: string[] = [];
  log.onFailure(({ code, message }) => failures.push(`${code} ${message}`));
  let waiting: Promise<void> | undefined;
  const commit = (): never => {
    log.append(clicks(3, 4));
    waiting = log.durable();
    throw new HalfCommitted("EIO: fsync");
  };
  const next = memoryDisk();
  await expect(log.switchTo({ disk: next, head: 0, commit })).rejects.toMatchObject({ code: "LOG_UNWRITABLE" });
  await expect(waiting).rejects.toMatchObject({ code: "LOG_UNWRITABLE" });
  expect(() => log.append(clicks(3, 4))).toThrow(expect.objectContaining({ code: "LOG_UNWRITABLE" }));
  expect(failures).toEqual([expect.stringMatching(/^LOG_UNWRITABLE .*EIO: fsync/)]);
  expect([...log.read(0)]).toEqual(numbered(0, 3));
  expect([log.head, blockLog(old).head, blockLog(next).head]).toEqual([3, 3, 3]);
  await log.close();
});
