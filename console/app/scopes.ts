/** What the key opens, if the server has keys: pages that it does not open are not shown. */
import { effect, signal } from "@preact/signals";
import { ask, key } from "./api.ts";

export interface Opened {
  readonly admin: boolean;
  readonly metrics: boolean;
}

/** Undefined until the server was asked. */
export const opened = signal<Opened | undefined>(undefined);

const opens = async (path: string): Promise<boolean> => {
  try {
    await ask(path, { method: "HEAD" });
    return true;
  } catch {
    return false;
  }
};

effect(() => {
  // Another key opens other things.
  key.value;
  void Promise.all([opens("v1/quarantine"), opens("metrics")]).then(([admin, metrics]) => {
    opened.value = { admin, metrics };
  });
});
