import { LiveshelfError } from "../core/errors.ts";
import { isOwnNote } from "../core/event.ts";
import type { EventInput, RecordReceipt } from "../core/public.ts";
import { type Destination, ownEngine, runningServer, serverKey } from "./destination.ts";
import { eventLines } from "./event-lines.ts";
import { WrongUse } from "./failing.ts";
import { itemRows } from "./item-rows.ts";
import { progress } from "./progress.ts";
import { refusals } from "./refusals.ts";
import { readSettings } from "./settings.ts";
import { openFile, type Sourced } from "./source.ts";
import { synonymEvent } from "./synonym-rules.ts";

export interface ImportOptions {
  readonly data?: string;
  readonly server?: string;
  readonly keyFile?: string;
  readonly items?: boolean;
  readonly synonyms?: boolean;
  readonly id: string;
  readonly sync?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

const batchEvents = 1000;
const nothing: RecordReceipt = { accepted: 0, duplicates: 0, rejected: [], offset: 0 };

/** Sends the files' events, in order, a batch at a time. */
export async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  const bar = progress("events");
  const refused = refusals((line) => bar.say(line));
  const destination = await opened(options, bar.say);
  const total = { accepted: 0, duplicates: 0, removed: 0 };
  const kept = new Set<string>();
  try {
    for await (const { batch, erase, done, share } of batches(files, options, refused.add)) {
      const receipt = batch.length === 0 ? nothing : await destination.record(batch.map(({ event }) => event));
      for (const { index, code, message } of receipt.rejected) refused.add(batch[index]!.where, code, message);
      total.accepted += receipt.accepted;
      total.duplicates += receipt.duplicates;
      if (options.sync) keep(batch, receipt, kept);
      if (erase !== undefined) await destination.erase(erase);
      bar.at(done, share);
    }
    if (options.sync && refused.count === 0) total.removed = await removeOthers(destination, kept);
  } finally {
    bar.end();
    await destination.close();
  }
  refused.end();
  report({ ...total, rejected: refused.count }, options);
  if (refused.count === 0) return;
  if (options.synonyms) bar.say("The synonyms are as they were: mend the lines and import again.");
  if (options.sync) bar.say("Nothing was removed, as lines were refused: mend them and import again.");
  process.exitCode = 1;
}

async function opened(options: ImportOptions, say: (line: string) => void): Promise<Destination> {
  if (options.server !== undefined) return runningServer(options.server, serverKey(options.keyFile));
  const config = readSettings(options.config, { data: options.data });
  if (config.data !== undefined) return ownEngine(config, say);
  throw new WrongUse("say where to: --data DIR, or --server URL.");
}

interface Batch {
  readonly batch: readonly Sourced[];
  /** A user who was erased after it. */
  readonly erase?: string;
  readonly done: number;
  readonly share: number | undefined;
}

async function* batches(
  files: readonly string[],
  options: ImportOptions,
  onRefused: (...why: [string, string, string]) => void,
): AsyncGenerator<Batch> {
  if (options.synonyms) {
    const opened = files.map((path) => ({ path, file: openFile(path) }));
    for await (const batch of synonymEvent(opened, onRefused)) yield { batch, done: 1, share: 1 };
    return;
  }
  let waiting: Sourced[] = [];
  let done = 0;
  for (const [number, path] of files.entries()) {
    const file = openFile(path);
    const share = (): number | undefined => {
      const ofFile = file.share();
      return ofFile === undefined ? undefined : (number + ofFile) / files.length;
    };
    const read = options.items ? itemRows(path, file, options.id, onRefused) : eventLines(path, file, onRefused);
    for await (const chunk of read) {
      for (const one of chunk) {
        // `export` writes the engine's own notes too; they say nothing to another log, but for who is to be forgotten.
        if (!isOwnNote(one.event?.type)) waiting.push(one);
        else if (one.event.type === "erase" && typeof one.event.user === "string") {
          done += waiting.length;
          yield { batch: waiting, erase: one.event.user, done, share: share() };
          waiting = [];
        }
      }
      for (; waiting.length >= batchEvents; waiting = waiting.slice(batchEvents)) {
        done += batchEvents;
        yield { batch: waiting.slice(0, batchEvents), done, share: share() };
      }
    }
  }
  if (waiting.length > 0) yield { batch: waiting, done: done + waiting.length, share: 1 };
}

function keep(batch: readonly Sourced[], { rejected }: RecordReceipt, kept: Set<string>): void {
  const refused = new Set(rejected.map(({ index }) => index));
  batch.forEach(({ event }, i) => {
    if (refused.has(i)) return;
    if (event.type === "item") kept.add(String(event.item));
    if (event.type === "item-removed") kept.delete(String(event.item));
  });
}

async function removeOthers(destination: Destination, kept: ReadonlySet<string>): Promise<number> {
  if (kept.size === 0)
    throw new LiveshelfError("FILE_MALFORMED", "The files hold no item; --sync would remove them all.");
  const lacking = [...(await destination.items())].filter((item) => !kept.has(item));
  for (let from = 0; from < lacking.length; from += batchEvents) {
    const events = lacking.slice(from, from + batchEvents).map((item): EventInput => ({ type: "item-removed", item }));
    await destination.record(events);
  }
  return lacking.length;
}

function report(
  total: { accepted: number; duplicates: number; rejected: number; removed: number },
  options: ImportOptions,
): void {
  const counts = [`${total.accepted} accepted`, `${total.duplicates} duplicates`, `${total.rejected} rejected`];
  if (options.sync) counts.push(`${total.removed} removed`);
  console.log(options.json ? JSON.stringify(total) : counts.join(", "));
}
