/** What the set-up is at. It goes on while one looks at other pages. */
import { computed, signal } from "@preact/signals";
import type { RecordReceipt } from "../../src/core/public.ts";
import type { DoctorReport } from "../../src/doctor/examination.ts";
import { ApiError, ask } from "../app/api.ts";
import { language } from "../app/words.ts";
import { forgetSample } from "../shop/shop-fields.ts";
import { guess, type Item, items, type Meaning } from "./mapping.ts";
import { type Broken, decoded, readTable, type Table } from "./table.ts";

/** Larger files are for the command line, which reads them as streams. */
const fileBytesMax = 128 * 1024 * 1024;
const batchItems = 500;
/** Of an upload to the doctor, which takes at most 32 MiB. */
const examinedBytesMax = 24 * 1024 * 1024;
const breatheAfterMs = 12;
/** Named one by one. */
const namedMax = 20;

export const stage = signal<"empty" | "reading" | "mapping" | "checking" | "checked" | "sending" | "stopped" | "done">(
  "empty",
);
export const fileName = signal("");
export const table = signal<Table | undefined>(undefined);
export const meanings = signal<readonly Meaning[]>([]);
export const problem = signal<unknown>(undefined);
export const tooLarge = signal(false);
export const report = signal<DoctorReport | undefined>(undefined);
export const ready = signal<readonly Item[]>([]);
/** Lines whose id stands before them. */
export const repeated = signal<readonly number[]>([]);

export interface Refusal {
  readonly line: number;
  readonly message: string;
}

/** What the server said so far. */
export const sent = signal({ done: 0, accepted: 0, duplicates: 0, rejected: 0 });
export const refusals = signal<readonly Refusal[]>([]);
const withoutId = signal<readonly Broken[]>([]);
export const broken = computed(() => [...(table.value?.broken ?? []), ...withoutId.value]);
export const hasId = computed(() => meanings.value.includes("id"));

let cancelled = new AbortController();

/** Given up where another file was chosen meanwhile. */
function breathing({ signal } = cancelled): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < breatheAfterMs) return undefined;
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      signal.throwIfAborted();
      since = performance.now();
    });
  };
}

/** Fails into {@link problem}, and the stage goes back to `otherwise`. */
async function attempt(otherwise: typeof stage.value, work: () => Promise<void>): Promise<void> {
  const mine = cancelled;
  problem.value = undefined;
  try {
    await work();
  } catch (error) {
    if (mine !== cancelled) return;
    if ((error as Error).name !== "AbortError") problem.value = error;
    stage.value = otherwise;
  }
}

export async function read(file: File): Promise<void> {
  begin();
  tooLarge.value = file.size > fileBytesMax;
  if (tooLarge.value) return;
  fileName.value = file.name;
  stage.value = "reading";
  await attempt("empty", async () => {
    const text = decoded(await file.arrayBuffer(), language.value !== "en");
    const found = await readTable(text, breathing());
    table.value = found;
    meanings.value = guess(found);
    stage.value = "mapping";
  });
}

export function begin(): void {
  cancelled.abort();
  cancelled = new AbortController();
  stage.value = "empty";
  table.value = undefined;
  problem.value = undefined;
  tooLarge.value = false;
  unchecked();
}

function unchecked(): void {
  report.value = undefined;
  ready.value = [];
  repeated.value = [];
  withoutId.value = [];
  sent.value = { done: 0, accepted: 0, duplicates: 0, rejected: 0 };
  refusals.value = [];
}

export function mean(column: number, meaning: Meaning): void {
  const isRole = meaning !== "own" && meaning !== "leave";
  // Two columns cannot be one field.
  meanings.value = meanings.value.map((one, i) => (i === column ? meaning : isRole && one === meaning ? "own" : one));
  unchecked();
  stage.value = "mapping";
}

export async function check(): Promise<void> {
  unchecked();
  stage.value = "checking";
  await attempt("mapping", async () => {
    const made = await items(table.value!, meanings.value, breathing());
    withoutId.value = made.broken;
    repeated.value = made.repeated;
    const turn = breathing();
    const encoder = new TextEncoder();
    const lines: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (const { event } of made.items) {
      const line = encoder.encode(`${JSON.stringify(event)}\n`);
      bytes += line.length;
      if (bytes > examinedBytesMax) break;
      lines.push(line);
      await turn();
    }
    const body = new Blob(lines, { type: "application/x-ndjson" });
    const answer = await ask("v1/doctor", { method: "POST", body, signal: cancelled.signal });
    report.value = (await answer.json()) as DoctorReport;
    ready.value = made.items;
    stage.value = "checked";
  });
}

/** Of an example of the doctor's: the line of the file. */
export const lineOf = (where: string): number | undefined => ready.value[Number(/:(\d+)$/.exec(where)?.[1]) - 1]?.line;

/** From where it stopped. */
export async function send(): Promise<void> {
  stage.value = "sending";
  cancelled = new AbortController();
  const all = ready.value;
  await attempt("stopped", async () => {
    while (sent.value.done < all.length) {
      const { done, accepted, duplicates, rejected } = sent.value;
      const batch = all.slice(done, done + batchItems);
      const receipt = await sendBatch(batch);
      sent.value = {
        done: done + batch.length,
        accepted: accepted + receipt.accepted,
        duplicates: duplicates + receipt.duplicates,
        rejected: rejected + receipt.rejected.length,
      };
      const named = receipt.rejected.map(({ index, message }) => ({ line: batch[index]!.line, message }));
      refusals.value = [...refusals.value, ...named].slice(0, namedMax);
    }
    stage.value = "done";
    forgetSample();
  });
}

async function sendBatch(batch: readonly Item[]): Promise<RecordReceipt> {
  const body = batch.map(({ event }) => event);
  const { signal } = cancelled;
  for (;;) {
    try {
      const answer = await ask("v1/events", { method: "POST", body, signal });
      return (await answer.json()) as RecordReceipt;
    } catch (error) {
      // Rates: the server says when; the others are for who looks at it.
      if (!(error instanceof ApiError) || error.status !== 429) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (signal.aborted) throw new DOMException("", "AbortError");
    }
  }
}

export const cancel = (): void => cancelled.abort();

/** What does not fit into a list of lines. */
export const shown = <T>(all: readonly T[]): readonly T[] => all.slice(0, namedMax);
