/** An answer that is asked for once, and again when `about` changes. */
import { useEffect, useState } from "preact/hooks";

export interface AskedFor<T> {
  readonly value: T | undefined;
  readonly error: unknown;
}

export function useAsked<T>(about: string, ask: () => Promise<T>): AskedFor<T> {
  const [found, setFound] = useState<AskedFor<T>>({ value: undefined, error: undefined });
  // `about` says all that `ask` depends on.
  useEffect(() => {
    let isWanted = true;
    setFound({ value: undefined, error: undefined });
    ask().then(
      (value) => isWanted && setFound({ value, error: undefined }),
      (error: unknown) => isWanted && setFound({ value: undefined, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [about]);
  return found;
}
