import { stopwatchMs } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { WrongUse } from "./failing.ts";
import { openForReading } from "./open.ts";
import { progress } from "./progress.ts";
import { readSettings } from "./settings.ts";

/** Folds the log from its beginning; `--verify` compares the state with what the newest snapshot and the rest lead to. */
export async function replay(options: {
  data?: string;
  config?: string;
  verify?: boolean;
  json?: boolean;
}): Promise<void> {
  const config = readSettings(options.config, { data: options.data });
  if (config.data === undefined) throw new WrongUse("say which data folder: --data DIR.");
  const bar = progress("events");
  const startedMs = stopwatchMs();
  const { createEngine } = await import("../engine.ts");
  const rebuilt = await createEngine({
    ...config,
    readOnly: true,
    fromLog: true,
    onDiagnostic: bar.say,
    onProgress: (done, total) => bar.at(done, done / total),
  });
  bar.end();
  const seconds = (stopwatchMs() - startedMs) / 1000;
  const { offset } = rebuilt.status();
  const checksum = rebuilt.checksum();
  await rebuilt.close();
  const verified = options.verify ? await snapshotChecksum(options) : undefined;
  if (verified !== undefined && verified.checksum !== checksum) {
    const state = verified.snapshotOffset > 0 ? `the snapshot at ${verified.snapshotOffset}` : "a second replay";
    throw new LiveshelfError(
      "STATE_DIFFERS",
      `The log leads to ${checksum.slice(0, 16)}…, ${state} to ${verified.checksum.slice(0, 16)}…: delete the folder's snapshots, they are rebuilt.`,
    );
  }
  const report = {
    events: offset,
    seconds,
    checksum,
    ...(verified && { verified: true, snapshot: verified.snapshotOffset }),
  };
  if (options.json) return console.log(JSON.stringify(report));
  console.log(`${offset} events in ${seconds.toFixed(1)} s, state ${checksum}`);
  if (verified) console.log(`same as from the snapshot at offset ${verified.snapshotOffset}`);
}

async function snapshotChecksum(options: { data?: string; config?: string }) {
  const engine = await openForReading(options);
  const { snapshotOffset } = engine.status();
  const checksum = engine.checksum();
  await engine.close();
  return { checksum, snapshotOffset };
}
