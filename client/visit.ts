import { chance, type Store } from "./store.ts";

/** A shopper without a name is told apart by this, kept in the browser while there is consent. */
interface Kept {
  readonly id: string;
  /** Who it was joined to: never again somebody else's. */
  readonly user?: string | undefined;
  /** Unix ms by this browser's clock. */
  readonly atMs: number;
  /** Server's clock less this browser's. */
  readonly skewMs: number;
}

interface Visit {
  /** Of the shopper `user`; begins another where the last one was somebody else's, or is too old. */
  session(user: string | undefined): string;
  /** What to add to this browser's clock to get the server's; 0 while both agree within a minute. */
  skewMs(): number;
  /** The server's clock as an answer's `Date` has it. */
  serverSaid(date: string | null): void;
  forget(): void;
}

/** Without a word for so long, a browser without a name counts as another shopper. */
const sessionEndsAfterMs = 30 * 86_400_000;
const minuteMs = 60_000;

export function openVisit(store: Store, key: string): Visit {
  const read = (): Kept | undefined => {
    try {
      return JSON.parse(store.get(key)!) ?? undefined;
    } catch {
      return undefined;
    }
  };
  const write = (kept: Kept): void => store.set(key, JSON.stringify(kept));
  let skewMs = read()?.skewMs ?? 0;
  return {
    session(user) {
      const kept = read();
      const nowMs = Date.now();
      const isOurs =
        kept !== undefined && nowMs - kept.atMs < sessionEndsAfterMs && (kept.user === undefined || kept.user === user);
      if (!isOurs) {
        const fresh = { id: chance(), user, atMs: nowMs, skewMs };
        write(fresh);
        return fresh.id;
      }
      if (kept.user !== user || kept.skewMs !== skewMs || Math.abs(nowMs - kept.atMs) > minuteMs)
        write({ ...kept, user, atMs: nowMs, skewMs });
      return kept.id;
    },
    skewMs: () => skewMs,
    serverSaid(date) {
      const differenceMs = Date.parse(date ?? "") - Date.now();
      if (!Number.isNaN(differenceMs)) skewMs = Math.abs(differenceMs) < minuteMs ? 0 : differenceMs;
    },
    forget: () => store.remove(key),
  };
}
