import { join } from "node:path";
import { stopwatchMs } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import type { EventLog } from "../event-logs/event-log.ts";
import type { Folded } from "../fold-up.ts";
import { WrongUse } from "./failing.ts";
import { progress } from "./progress.ts";
import { readSettings } from "./settings.ts";

/**
 * Folds the log from its beginning, of a trimmed one from its base; `--verify` compares the state with what the newest
 * snapshot and the rest lead to. Throws STATE_DIFFERS where nothing explains a difference.
 */
export async function replay(options: {
  data?: string;
  config?: string;
  verify?: boolean;
  json?: boolean;
}): Promise<void> {
  const config = readSettings(options.config, { data: options.data });
  if (config.data === undefined) throw new WrongUse("say which data folder: --data DIR.");
  const [{ checksum }, { foldUp }, { lmdbLog }, { folderSnapshots }] = await Promise.all([
    import("../core/state.ts"),
    import("../fold-up.ts"),
    import("../event-logs/lmdb.ts"),
    import("../snapshots/folder.ts"),
  ]);
  const bar = progress("events");
  const log = lmdbLog({ folder: join(config.data, "log"), readOnly: true });
  const store = folderSnapshots(join(config.data, "snapshots"));
  const to = log.head;
  const onProgress = (done: number, total: number): void => bar.at(done, done / total);
  /** Only one of the two is in memory at a time. */
  const fold = async (fromLog: boolean): Promise<Omit<Folded, "rooms" | "learning"> & { checksum: string }> => {
    const {
      rooms,
      learning: _,
      ...folded
    } = await foldUp(config, store, log, { to, fromLog, onProgress, tell: bar.say });
    return { ...folded, checksum: checksum(rooms.states) };
  };
  try {
    const startedMs = stopwatchMs();
    const anew = await fold(true);
    const seconds = (stopwatchMs() - startedMs) / 1000;
    const verified = options.verify ? await fold(false) : undefined;
    bar.end();
    const isSame = verified?.checksum === anew.checksum;
    if (verified && !isSame && verified.rebuilt.length === 0) throw differs(anew.checksum, verified, log);
    const report = {
      events: to - anew.offset,
      seconds,
      checksum: anew.checksum,
      ...(anew.offset > 0 && { from: anew.offset }),
      ...(verified && { verified: isSame, snapshot: verified.offset }),
      ...(verified && verified.rebuilt.length > 0 && { rebuilt: verified.rebuilt }),
    };
    if (options.json) return console.log(JSON.stringify(report));
    const from = anew.offset > 0 ? ` from offset ${anew.offset}` : "";
    console.log(`${report.events} events${from} in ${seconds.toFixed(1)} s, state ${anew.checksum}`);
    if (verified) console.log(isSame ? `same as ${stateOf(verified.offset)}` : explained(verified, log));
  } finally {
    await log.close();
  }
}

/** What a trimmed or repaired log no longer has is in the snapshots only. */
function mend(log: EventLog): string {
  let isWhole = log.start === 0;
  if (isWhole) for (const { event } of log.read(0)) isWhole &&= event.type !== "lost";
  if (isWhole) return "stop the engine and delete the folder's snapshots; they are rebuilt";
  return "keep the snapshots, which hold what the log no longer has, or restore a backup";
}

function differs(
  anew: string,
  { checksum, offset }: { readonly checksum: string; readonly offset: number },
  log: EventLog,
): Error {
  const state = stateOf(offset);
  return new LiveshelfError(
    "STATE_DIFFERS",
    `The log leads to ${anew.slice(0, 16)}…, replayed ${state} to ${checksum.slice(0, 16)}…: ${mend(log)}.`,
  );
}

/** What a replay is compared with: without a snapshot, with itself. */
const stateOf = (offset: number): string =>
  offset > 0 ? `from the snapshot at offset ${offset}` : "from a second replay";

function explained({ rebuilt, offset }: Pick<Folded, "rebuilt" | "offset">, log: EventLog): string {
  const states = rebuilt.map((one) => `${one.state} at offset ${one.offset}`).join(", ");
  return `not the same as from the snapshot at offset ${offset}, and need not be: another release rebuilt ${states}, and what learns from that went on as it was. To have everything as this release folds it: ${mend(log)}.`;
}
