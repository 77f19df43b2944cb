/** The doctor on an upload, in a thread of its own: bytes go over a few at a time, the report comes back, and whoever is served meanwhile waits for neither. */
import { on } from "node:events";
import { constants } from "node:os";
import { Readable } from "node:stream";
import type { MessagePort } from "node:worker_threads";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { DoctorReport } from "../doctor/examination.ts";
import { giveWay, type Inside, inThread, startThread } from "../threads.ts";

export interface ExaminingTask {
  /** It is CSV, whose items have their ids in this column; else NDJSON. */
  readonly id: string | undefined;
  /** Users, sessions and items each that are followed. */
  readonly idsMax: number;
}

/** Bytes that are on their way to the thread at one time, beside the chunk that came last. */
const aheadBytes = 1 << 20;
const megabyte = 1 << 20;
/** How places in the upload are called: `body:12`. */
const called = "body";

/**
 * Examines what comes, as it comes. Rejects with what `chunks` rejects with, with FILE_MALFORMED, with BODY_TOO_LARGE where it takes more memory
 * than one upload may, and with the signal's reason where that aborts. The thread has ended by then, and has nothing of it any more.
 */
export async function examineInThread(
  chunks: AsyncIterable<Uint8Array>,
  task: ExaminingTask,
  signal: AbortSignal,
): Promise<DoctorReport> {
  signal.throwIfAborted();
  let ahead = 0;
  let isOver = false;
  let letGoOn = (): void => {};
  const thread = startThread<ExaminingTask, DoctorReport, number>(import.meta.url, "examine", task, {
    signal,
    resourceLimits: { maxOldGenerationSizeMb: limits.uploadHeapBytesMax / megabyte },
    onSaid(read) {
      ahead -= read;
      letGoOn();
    },
  });
  const end = (): void => void thread.terminate();
  signal.addEventListener("abort", end);

  async function feed(): Promise<void> {
    for await (const chunk of chunks) {
      // What nobody reads any more is thrown away.
      if (isOver) continue;
      // A copy: what it is a view of may hold others' bytes.
      const copy = new Uint8Array(chunk);
      ahead += copy.length;
      thread.send(copy, [copy.buffer]);
      while (ahead > aheadBytes && !isOver)
        await new Promise<void>((resolve) => {
          letGoOn = resolve;
        });
    }
    thread.send(null);
  }

  const report = thread.result
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw (error as { code?: string }).code === "ERR_WORKER_OUT_OF_MEMORY" ? tooMuch() : error;
    })
    .finally(() => {
      isOver = true;
      letGoOn();
    });
  try {
    return await Promise.race([report, feed().then(() => report)]);
  } finally {
    signal.removeEventListener("abort", end);
    report.catch(() => {});
    await thread.terminate();
  }
}

const tooMuch = (): LiveshelfError =>
  new LiveshelfError(
    "BODY_TOO_LARGE",
    "To examine this takes more memory than an upload may have; send a part of it, or use `liveshelf doctor`.",
  );

async function examine({ id, idsMax }: ExaminingTask, { port, say }: Inside<number>): Promise<DoctorReport> {
  giveWay(constants.priority.PRIORITY_BELOW_NORMAL);
  const [{ examination }, { eventLines }, { itemRows }] = await Promise.all([
    import("../examine.ts"),
    import("../cli/event-lines.ts"),
    import("../cli/item-rows.ts"),
  ]);
  const examined = examination({ idsMax });
  const refuse = examined.refuse.bind(examined);
  const file = { bytes: Readable.from(received(port, say), { objectMode: false }), share: () => undefined };
  const read = id === undefined ? eventLines(called, file, refuse) : itemRows(called, file, id, refuse);
  for await (const chunk of read) for (const { event, where } of chunk) examined.take(event, where);
  return examined.report();
}

async function* received(port: MessagePort, say: (read: number) => void): AsyncGenerator<Buffer> {
  for await (const [chunk] of on(port, "message") as AsyncIterable<[Uint8Array<ArrayBuffer> | null]>) {
    if (chunk === null) return;
    yield Buffer.from(chunk.buffer);
    say(chunk.length);
  }
}

await inThread("examine", examine);
