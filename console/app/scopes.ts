/** What the key opens, if the server has keys: pages that it does not open are not shown. */
import { effect, signal } from "@preact/signals";
import { ask, key, untilAnswered } from "./api.ts";

export interface Opened {
  readonly admin: boolean;
  readonly metrics: boolean;
}

/** Undefined until the server was asked. */
export const opened = signal<Opened | undefined>(undefined);

effect(() => {
  // Another key opens other things.
  key.value;
  const given = new AbortController();
  const opens = (path: string): Promise<boolean> =>
    untilAnswered(() => ask(path, { method: "HEAD", signal: given.signal }), given.signal).then(
      () => true,
      () => false,
    );
  void Promise.all([opens("v1/quarantine"), opens("metrics")]).then(([admin, metrics]) => {
    if (!given.signal.aborted) opened.value = { admin, metrics };
  });
  return () => given.abort();
});
