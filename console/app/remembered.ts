/** What this browser remembers of the console itself: language, theme, who one was. Nothing else is kept. */
import { effect, type Signal, signal } from "@preact/signals";

/** A browser that forbids storage has a console that forgets. */
function storage(kind: "local" | "session"): Storage | undefined {
  try {
    return kind === "local" ? localStorage : sessionStorage;
  } catch {
    return undefined;
  }
}

/** A signal that outlives the page: `local` until it is cleared, `session` as long as the tab. */
export function remembered<T>(name: string, standard: T, kind: "local" | "session" = "local"): Signal<T> {
  const key = `liveshelf.${name}`;
  const kept = signal(standard);
  try {
    const text = storage(kind)?.getItem(key);
    if (text != null) kept.value = JSON.parse(text) as T;
  } catch {
    // Not ours, or of an older console: the standard stands.
  }
  effect(() => {
    const text = JSON.stringify(kept.value);
    try {
      if (kept.value === undefined || kept.value === null) storage(kind)?.removeItem(key);
      else storage(kind)?.setItem(key, text);
    } catch {
      // Full or forbidden.
    }
  });
  return kept;
}
