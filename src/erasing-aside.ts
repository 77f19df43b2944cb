/** How a log is rewritten without what is to go, folded, and put in the place of the one in use: in a folder by threads beside, in memory in turns. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import type { Turns } from "./core/pieces.ts";
import { commitErasing, erasingFolder, finishErasing } from "./erasing-folder.ts";
import { findErased, type RewriteTask, rewriteInWorker } from "./erasing-worker.ts";
import { HalfCommitted } from "./event-logs/block-disk.ts";
import { blockLog } from "./event-logs/block-log.ts";
import type { EventLog } from "./event-logs/event-log.ts";
import { type WritingDisk, writingDisk } from "./event-logs/lmdb.ts";
import { rewriteLog } from "./event-logs/log-rewrite.ts";
import { memoryDisk } from "./event-logs/memory.ts";
import { foldUp } from "./fold-up.ts";
import type { Aside, FoldedAside } from "./moving.ts";
import { folderSnapshots } from "./snapshots/folder.ts";
import type { FoldAside } from "./snapshotting.ts";

/** One erasure, from the rewriting to the end; used once, in this order. */
export interface ErasureAside {
  /** Rewrites and folds; `counted` is told how many events went, the notes not counted. */
  fold(task: RewriteTask, aside: Aside, counted: (events: number) => void): Promise<FoldedAside>;
  /** The engine's log goes on upon the rewritten one. */
  switchLog(once: Turns["once"]): Promise<void>;
  /** Lets go of what was begun and not switched to, if anything was. */
  drop(): Promise<void>;
}

export interface ErasureParts {
  readonly log: EventLog;
  readonly foldAside: FoldAside;
  readonly tell: (message: string) => void;
}

export const erasureAside = ({ data }: Config, parts: ErasureParts): ErasureAside =>
  data === undefined ? inMemory(parts) : inFolder(data, parts);

function inFolder(data: string, { log, foldAside, tell }: ErasureParts): ErasureAside {
  const folder = erasingFolder(data);
  let head = 0;
  let next: WritingDisk | undefined;
  let isBegun = false;
  return {
    async fold(task, { config, signal, progress }, counted) {
      head = task.to;
      isBegun = true;
      counted(await rewriteInWorker({ ...config, data }, task, signal));
      const where = { log: folder.log, snapshots: folder.snapshots };
      const { header } = await foldAside(
        { config, offset: head, isBase: false, ...where, onProgress: progress },
        signal,
      );
      return { store: folderSnapshots(folder.snapshots), header };
    },
    async switchLog(once) {
      // The thread that folded it has looked at every page.
      const disk = once(() => writingDisk(folder.log, { isKnownWhole: true }));
      next = disk;
      const commit = (): void => {
        try {
          commitErasing(data);
        } catch (error) {
          // What is left belongs to the next start: the log goes on being read from its old files.
          if (error instanceof HalfCommitted) isBegun = false;
          throw error;
        } finally {
          if (!existsSync(folder.log)) disk.renamed(join(data, "log"));
        }
      };
      await log.switchTo({ disk, head, commit: () => once(commit) });
      next = undefined;
      try {
        await finishErasing(data);
      } catch (error) {
        // The new log counts all the same.
        const why = error instanceof Error ? error.message : String(error);
        tell(`What is left of the log that was rewritten could not be removed, the next start tries again: ${why}`);
      }
    },
    async drop() {
      await next?.close();
      if (isBegun) await finishErasing(data);
    },
  };
}

function inMemory({ log }: ErasureParts): ErasureAside {
  const disk = memoryDisk();
  let head = 0;
  return {
    async fold(task, { config, turn, progress }, counted) {
      head = task.to;
      const found = await findErased(log, { ...task, shopperExpiryMs: config.shopperExpiryMs }, turn);
      await rewriteLog(log, disk, { to: head, instead: found.instead, turn });
      counted(found.count);
      const { rooms, learning } = await foldUp(config, undefined, blockLog(disk), { turn, onProgress: progress });
      return { rooms, learning, offset: head };
    },
    switchLog: () => log.switchTo({ disk, head, commit() {} }),
    drop: async () => {},
  };
}
