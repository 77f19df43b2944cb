/** Processes that the benchmarks start: each with a time limit, ended by its own handle, its failure ours. */
import { type ForkOptions, fork } from "node:child_process";
import { join } from "node:path";

export interface Child extends ForkOptions {
  /** A file of this folder. */
  readonly file: string;
  readonly args?: readonly string[];
  /** Sent to it once it runs. */
  readonly message?: unknown;
  readonly limitMs: number;
}

/** Resolves with the one message that the child sends. */
export function inChild<T>({ file, args = [], message, limitMs, ...options }: Child): Promise<T> {
  const child = fork(join(import.meta.dirname, file), args, { serialization: "advanced", ...options });
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  return new Promise<T>((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Error(`${file} took longer than ${limitMs / 1000} s`));
      end();
    }, limitMs);
    let answer: { readonly value: T } | undefined;
    child.once("message", (value) => {
      answer = { value: value as T };
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(limit);
      process.off("exit", end);
      if (answer === undefined) reject(new Error(`${file} ended with ${signal ?? code} and no answer`));
      else resolve(answer.value);
    });
    if (message !== undefined) child.send(message as object);
  });
}
