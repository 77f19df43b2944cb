/** The search desk's calls, and answers that stay on the page while the next ones are asked for. */
import { useEffect, useState } from "preact/hooks";
import type { SearchAnswer } from "../../src/core/public.ts";
import type { QueriesReport, SearchTrace, SynonymRules, SynonymsReport } from "../../src/core/search-desk.ts";
import { ApiError, ask } from "../app/api.ts";

const traced = 40;
const queriesShown = 50;

export type Trace = SearchTrace<SearchAnswer>;

export interface Traced {
  readonly query: string;
  /** Absent: the shop's average. */
  readonly user?: string | undefined;
  /** A draft. */
  readonly synonyms?: SynonymRules | undefined;
}

const json = async <T>(path: string, call?: Parameters<typeof ask>[1]): Promise<T> =>
  (await ask(path, call)).json() as Promise<T>;

export const desk = {
  trace: ({ user, ...body }: Traced, signal: AbortSignal) =>
    json<Trace>("v1/search/trace", {
      method: "POST",
      body: { ...body, ...(user ? { user } : { consent: false }), surface: "search", size: traced },
      signal,
    }),
  queries: () => json<QueriesReport>(`v1/queries?poor=1&size=${queriesShown}`),
  synonyms: () => json<SynonymsReport>("v1/synonyms"),
  synonymsAt: async (offset: number) =>
    (await json<{ readonly synonyms: SynonymRules }>(`v1/synonyms/${offset}`)).synonyms,
  /** Throws what the server refuses it for. */
  async publish(synonyms: SynonymRules): Promise<void> {
    const body = { type: "synonyms", synonyms };
    const { rejected } = await json<{ readonly rejected: readonly { code: string; message: string }[] }>("v1/events", {
      method: "POST",
      body,
    });
    const [refused] = rejected;
    if (refused) throw new ApiError(400, refused.code, refused.message);
  },
};

export interface Kept<T> {
  readonly value: T | undefined;
  readonly error: unknown;
}

/** Asked again when `about` changes, with the answer before shown meanwhile; `about` undefined: nothing is asked. */
export function useKept<T>(about: string | undefined, call: (signal: AbortSignal) => Promise<T>): Kept<T> {
  const [found, setFound] = useState<Kept<T>>({ value: undefined, error: undefined });
  // `about` says all that `call` depends on.
  useEffect(() => {
    const given = new AbortController();
    if (about === undefined) setFound({ value: undefined, error: undefined });
    else
      call(given.signal).then(
        (value) => !given.signal.aborted && setFound({ value, error: undefined }),
        (error: unknown) => !given.signal.aborted && setFound({ value: undefined, error }),
      );
    return () => given.abort();
  }, [about]);
  return found;
}
