/**
 * Work in a thread of its own, so that the one that serves never pauses for it: how a thread is started, spoken with, told to give up and
 * heard out. What it runs stands at the end of the file that it is started from, as {@link inThread}, under a name.
 */
import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { basename } from "node:path";
import {
  isMainThread,
  type MessagePort,
  parentPort,
  type ResourceLimits,
  Worker,
  workerData,
} from "node:worker_threads";
import { type ErrorCode, LiveshelfError } from "./core/errors.ts";

/** What the thread is given. */
interface Given<Task> {
  readonly liveshelf: string;
  readonly task: Task;
  /** One number: not 0 when it shall give up. */
  readonly stop: Int32Array;
}

/** What it says on the way, and at the end: an error's class does not come over. */
type Message<Said, Result> =
  | { readonly said: Said }
  | { readonly result: Result }
  | { readonly code: ErrorCode; readonly message: string; readonly at: string | undefined };

export interface ThreadOptions<Said> {
  /** When it aborts, the thread is told to give up; it ends by itself, so that nothing stays open. */
  readonly signal: AbortSignal;
  readonly onSaid?: (said: Said) => void;
  readonly resourceLimits?: ResourceLimits;
}

export interface Thread<Result> {
  /** Rejects with what the task threw: a LiveshelfError as one; with INTERNAL where the thread ended without a word. */
  readonly result: Promise<Result>;
  /** The task hears it from its port; `transfer`: what is here no more then. */
  send(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Ends it wherever it is: only where it has nothing open. */
  terminate(): Promise<unknown>;
}

/** Starts what the file at `url` has {@link inThread} under this name. */
export function startThread<Task, Result, Said = never>(
  url: string,
  name: string,
  task: Task,
  { signal, onSaid, resourceLimits }: ThreadOptions<Said>,
): Thread<Result> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL(url), {
    workerData: { liveshelf: name, task, stop } satisfies Given<Task>,
    ...(resourceLimits && { resourceLimits }),
  });
  const result = new Promise<Result>((resolve, reject) => {
    const giveUp = (): void => void Atomics.store(stop, 0, 1);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    let outcome: Exclude<Message<Said, Result>, { said: Said }> | undefined;
    worker.on("message", (message: Message<Said, Result>) => {
      if ("said" in message) onSaid?.(message.said);
      else outcome = message;
    });
    worker.once("error", reject);
    worker.once("exit", (status) => {
      signal.removeEventListener("abort", giveUp);
      if (outcome === undefined)
        reject(new LiveshelfError("INTERNAL", `The thread "${name}" ended with status ${status}.`));
      else if ("result" in outcome) resolve(outcome.result);
      else reject(new LiveshelfError(outcome.code, outcome.message, outcome.at));
    });
  });
  return {
    result,
    send: (message, transfer = []) => worker.postMessage(message, transfer),
    terminate: () => worker.terminate(),
  };
}

/** What a task has of its thread. */
export interface Inside<Said> {
  say(said: Said): void;
  /** Throws CLOSED once it shall give up; `what` was to be done. */
  mustGoOn(what: string): void;
  readonly port: MessagePort;
}

/** Runs the task if this thread was started for it under this name; elsewhere, where the file is only imported, nothing. */
export async function inThread<Task, Result, Said = never>(
  name: string,
  run: (task: Task, inside: Inside<Said>) => Promise<Result>,
): Promise<void> {
  const port = parentPort;
  if (isMainThread || port === null || !isGiven<Task>(workerData) || workerData.liveshelf !== name) return;
  const { task, stop } = workerData;
  const post = (message: Message<Said, Result>): void => port.postMessage(message);
  const inside: Inside<Said> = {
    say: (said) => post({ said }),
    mustGoOn(what) {
      if (Atomics.load(stop, 0) !== 0) throw new LiveshelfError("CLOSED", `The engine closed before ${what}.`);
    },
    port,
  };
  try {
    post({ result: await run(task, inside) });
  } catch (error) {
    if (!(error instanceof LiveshelfError)) throw error;
    const { code, message, at } = error;
    post({ code, message, at });
  } finally {
    // Whoever still listens there does not keep the thread.
    port.unref();
  }
}

const isGiven = <Task>(data: unknown): data is Given<Task> =>
  typeof data === "object" && data !== null && "liveshelf" in data;

/** Where cores are scarce, serving goes first. Linux has a priority for each thread; elsewhere nothing changes. */
export function giveWay(priority: number = constants.priority.PRIORITY_LOW): void {
  try {
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), priority);
  } catch {
    // The work is done all the same.
  }
}
