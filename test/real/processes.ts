/** The command line as a process of its own: started, heard, ended by its own id. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;

/** Settings of the machine that runs the tests must not reach the commands. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("LIVESHELF_")));

export interface Ended {
  /** Exit status; null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Process {
  readonly pid: number;
  /** Resolves once it is gone and all that it said was read. */
  readonly ended: Promise<Ended>;
  /** What it said so far on standard error. */
  said(): string;
  /** Resolves when it said so on standard error; rejects when it ended without. */
  heard(pattern: RegExp): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface Started extends Process {
  readonly child: ChildProcess;
}

export interface Service extends Process {
  /** Where it listens; rejects with what it said if it ended before. */
  readonly listening: Promise<string>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its arguments that run the command, such as strace. */
  readonly under?: readonly string[];
  readonly uid?: number;
}

const running = new Set<ChildProcess>();

/** Ends whatever was started here and still runs: for `afterAll`, also of a test that failed. */
export async function endAll(): Promise<void> {
  const ends = [...running].map(async (child) => {
    const closed = once(child, "close");
    // A tracer would let go of what it traces instead of ending it.
    for (const pid of childrenOf(child.pid!)) endProcess(pid);
    child.kill("SIGKILL");
    await closed;
  });
  await Promise.all(ends);
}

/** Process ids of the children of a process; none where there is no /proc. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

export function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** `serve` on a free port. */
export function serve(data: string, options: StartOptions = {}): Service {
  return listening(start([main, "serve", "--data", data, "--port", "0"], options));
}

/** A process that says where it listens. */
export function listening({ child, ...process }: Started): Service {
  const address = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line.startsWith("listening on ")) resolve(line.slice("listening on ".length));
    });
    process.ended.then(({ status, signal }) =>
      reject(new Error(`ended before it listened (${status ?? signal}): ${process.said()}`)),
    );
  });
  // Who kills it while it starts does not wait for it.
  address.catch(() => {});
  return { ...process, listening: address };
}

/** Any command, to its end. */
export function liveshelf(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start([main, ...args], options).ended;
}

/** A script under this Node. */
export function start(args: readonly string[], { env = {}, under = [], uid }: StartOptions = {}): Started {
  const [program, ...rest] = [...under, process.execPath, ...args] as [string, ...string[]];
  const child = spawn(program, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  running.add(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([status, signal]): Ended => {
    running.delete(child);
    return { status, signal, stdout, stderr };
  });
  return {
    child,
    pid: child.pid!,
    ended,
    said: () => stderr,
    heard: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(stderr)) resolve();
        };
        child.stderr.on("data", look);
        ended.then(() => reject(new Error(`ended without ${pattern}: ${stderr}`)));
        look();
      }),
    kill(signal: NodeJS.Signals = "SIGKILL") {
      child.kill(signal);
      return ended;
    },
  };
}
