/** An acknowledgement leaves after the sync of its events (ARCHITECTURE.md, invariant 5): told by the calls that the real process makes. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { client, insist } from "./client.ts";
import { childrenOf, endAll, listening, type Service, serve, start } from "./processes.ts";
import { type Answered, type Call, orderFaults, readTrace, traced, whyNotTraced } from "./trace.ts";

const whyNot = whyNotTraced();
const root = mkdtempSync(join(tmpdir(), "liveshelf-sync-"));
afterAll(async () => {
  await endAll();
  rmSync(root, { recursive: true, force: true });
});

interface Told {
  readonly lines: readonly string[];
  readonly answers: readonly Answered[];
}

/** Batches one after the other, then several at once, some of them twice: what was answered, and the trace of it. */
async function told(service: Service, trace: string): Promise<Told> {
  const address = await service.listening;
  const clients = Array.from({ length: 6 }, () => client(address));
  const places = new Map<number, number>();
  const answers: Answered[] = [];
  const send = async (by: number, batch: number, size: number): Promise<void> => {
    const ids = Array.from({ length: size }, (_, i) => `e-${batch}-${i}`);
    const events = ids.map((id) => ({ id, type: "outcome", action: "click", item: `p-${batch % 7}`, user: "u-1" }));
    const { status, port } = await insist(async () => {
      const reply = await clients[by]!.post("/v1/events", events);
      places.set(reply.port, (places.get(reply.port) ?? -1) + 1);
      return reply;
    });
    expect(status).toBe(200);
    const place = places.get(port)!;
    answers.push({ ids, port, place });
  };
  let batch = 0;
  for (let i = 0; i < 10; i++) await send(0, batch++, 1 + (i % 3));
  for (let round = 0; round < 8; round++) {
    const first = batch;
    batch += 5;
    // The sixth sends what the first is sending.
    await Promise.all(clients.map((_, i) => send(i, i === 5 ? first : first + i, i === 3 ? 70 : 1)));
  }
  for (const one of clients) one.close();
  const [pid] = childrenOf(service.pid);
  process.kill(pid!, "SIGTERM");
  const { status, stderr } = await service.ended;
  expect(status, stderr).toBe(0);
  return { lines: readFileSync(trace, "utf8").trimEnd().split("\n"), answers };
}

describe.skipIf(whyNot !== undefined)(`acknowledged after the sync${whyNot ? ` (skipped: ${whyNot})` : ""}`, () => {
  const data = join(root, "data");
  const file = join(data, "log", "data.mdb");
  let real: Told;

  test("every event acknowledged was written and synced, and so was the page that makes it valid, before the answer left", async () => {
    const trace = join(root, "service.trace");
    real = await told(serve(data, { under: traced(trace) }), trace);
    expect(real.answers.length).toBe(58);
    expect(orderFaults(readTrace(real.lines), file, real.answers)).toEqual([]);
  });

  test.each([
    ["the sync", ({ name }: Call) => name === "fdatasync"],
    ["the pages", ({ arguments: text }: Call) => text.includes('\\"id\\"')],
    ["the meta page", ({ name, result }: Call) => name === "pwrite64" && result < 512],
  ])("a trace in which %s came after all answers is found out, at every event", (_, isIt) => {
    const late = real.lines.length;
    const calls = readTrace(real.lines).map((call) =>
      call.on === file && isIt(call) ? { ...call, began: late + call.began, returned: late + call.returned } : call,
    );
    const faults = orderFaults(calls, file, real.answers);
    expect(faults.length).toBe(real.answers.flatMap(({ ids }) => ids).length);
  });

  test("a trace without O_DSYNC on the meta page, and no sync after it, is found out", () => {
    const without = real.lines.map((line) => line.replace("|O_DSYNC", ""));
    const faults = orderFaults(readTrace(without), file, real.answers);
    expect(faults.some((fault) => fault.includes("sync of the meta page"))).toBe(true);
  });

  test("a service that answers before it syncs is found out, at every event", async () => {
    const folder = join(root, "unsynced");
    const trace = join(root, "unsynced.trace");
    const script = new URL("./unsynced-child.ts", import.meta.url).pathname;
    const { lines, answers } = await told(listening(start([script, folder], { under: traced(trace) })), trace);
    const faults = orderFaults(readTrace(lines), join(folder, "data.mdb"), answers);
    expect(faults.length).toBe(answers.flatMap(({ ids }) => ids).length);
  });
});
