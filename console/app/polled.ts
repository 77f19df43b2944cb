/** An answer that is asked for again and again while somebody looks; what was answered stays until there is another answer to the same. */
import { useEffect, useState } from "preact/hooks";

export interface Polled<T> {
  readonly value: T | undefined;
  readonly error: unknown;
}

/** `about` says all that `ask` depends on. What is the same as before is not shown anew. */
export function usePolled<T>(about: string, everyMs: number, ask: (ended: AbortSignal) => Promise<T>): Polled<T> {
  const nothing = { about, value: undefined, error: undefined };
  const [found, setFound] = useState<Polled<T> & { readonly about: string }>(nothing);
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let before = "";
    let isAsking = false;
    const again = async (): Promise<void> => {
      clearTimeout(timer);
      if (isAsking || document.hidden) return;
      isAsking = true;
      try {
        const value = await ask(ending.signal);
        const text = JSON.stringify(value);
        if (!ending.signal.aborted && text !== before) setFound({ about, value, error: undefined });
        before = text;
      } catch (error) {
        before = "";
        if (!ending.signal.aborted)
          setFound((last) => ({ about, value: last.about === about ? last.value : undefined, error }));
      }
      isAsking = false;
      if (!ending.signal.aborted) timer = setTimeout(again, everyMs);
    };
    document.addEventListener("visibilitychange", again);
    void again();
    return () => {
      ending.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [about]);
  // What answers another question does not stand under this one.
  return found.about === about ? found : nothing;
}
