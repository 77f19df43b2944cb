import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../core/event.ts";
import { countOf, decodeBlock, encodeBlocks } from "./block.ts";
import { click, clicks, promises, type Subject } from "./event-log.check.ts";
import { lmdbLog } from "./lmdb.ts";
import { memoryLog } from "./memory.ts";

const root = mkdtempSync(join(tmpdir(), "event-logs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(++folders));

let lmdbFolder = "";
const subjects: (Subject & { skips: Partial<Record<"reopen" | "openFailing", string>> })[] = [
  {
    name: "memory",
    open: () => memoryLog(),
    openFailing: (works) =>
      memoryLog({
        sync: async () => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (works-- <= 0) throw new Error("no space left");
        },
      }),
    skips: { reopen: "it keeps nothing" },
  },
  {
    name: "lmdb",
    open: () => lmdbLog({ folder: (lmdbFolder = newFolder()) }),
    reopen: () => lmdbLog({ folder: lmdbFolder }),
    skips: { openFailing: "a disk is broken under a process of its own, below" },
  },
];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, needs, check } of promises) {
      const reason = needs && !subject[needs] ? subject.skips[needs] : undefined;
      if (reason) test.skip(`${name} (${reason})`, () => {});
      else test(name, () => check(subject));
    }
  });
}

test("every file of the folder is an implementation that is checked here, or part of one", () => {
  const parts = ["block", "event-log", "event-log.check", "event-logs.test", "grouped-log", "lmdb-file", "writer-lock"];
  const files = readdirSync(import.meta.dirname).map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual([...parts, ...subjects.map(({ name }) => name)].sort());
});

const lmdbUrl = new URL("./lmdb.ts", import.meta.url).href;
const script = (body: string): string[] => [
  "--input-type=module",
  "-e",
  `const { lmdbLog } = await import(${JSON.stringify(lmdbUrl)});
   const click = (n) => ({ type: "outcome", action: "click", item: "p-" + n, time: n, receivedAt: n });
   const folder = process.argv[1];
   ${body}`,
];
const run = promisify(execFile);

describe("blocks", () => {
  const lines = (count: number, bytes: number): string[] =>
    Array.from({ length: count }, (_, i) => JSON.stringify(`${i}`.padEnd(bytes, "ü")));

  test("hold at most 1,000 events and a megabyte, and together all of them", () => {
    for (const [count, bytes] of [
      [1, 1],
      [1000, 5],
      [1001, 5],
      [5000, 1],
      [700, 3000],
      [4, 900_000],
    ] as const) {
      const given = lines(count, bytes);
      const half = Math.floor(count / 2);
      const blocks = encodeBlocks([
        { first: 10, lines: given.slice(0, half) },
        { first: 10 + half, lines: given.slice(half) },
      ]);
      let next = 10;
      for (const { first, bytes: block } of blocks) {
        expect(first).toBe(next);
        const held = countOf(block)!;
        expect(held).toBeLessThanOrEqual(1000);
        if (held > 1) expect(block.length).toBeLessThanOrEqual(1_000_000);
        next += held;
      }
      expect(next).toBe(10 + count);
      expect(blocks.flatMap(({ bytes: block }) => decodeBlock(block)!.map((event) => JSON.stringify(event)))).toEqual(
        given,
      );
    }
  });

  test("a flipped bit or a cut is always noticed", () => {
    const { bytes } = encodeBlocks([{ first: 0, lines: lines(3, 20) }])[0]!;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      expect(decodeBlock(flipped)).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length++)
      expect(decodeBlock(bytes.subarray(0, length))).toBeUndefined();
  });
});

describe("the folder of an lmdb log", () => {
  test("has one writer in this process", async () => {
    const folder = newFolder();
    const log = lmdbLog({ folder });
    expect(() => lmdbLog({ folder })).toThrow(expect.objectContaining({ code: "FOLDER_IN_USE" }));
    expect(() => lmdbLog({ folder })).toThrow(new RegExp(`${folder}.*${process.pid}`));
    await log.close();
    await lmdbLog({ folder }).close();
    expect(readdirSync(folder).sort()).toEqual(["data.mdb", "lock.mdb"]);
  });

  test("has one writer among processes, until that one is gone, however it went; what it acknowledged is kept", async () => {
    const folder = newFolder();
    const body = `const log = lmdbLog({ folder });
      log.append([click(0), click(1)]); await log.durable(); console.log("durable"); setInterval(() => {}, 1000);`;
    const writer = spawn(process.execPath, [...script(body), folder], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => writer.stdout.once("data", resolve));
    const refused = expect.objectContaining({
      code: "FOLDER_IN_USE",
      message: expect.stringContaining(`${writer.pid}`),
    });
    expect(() => lmdbLog({ folder })).toThrow(refused);
    const gone = new Promise((resolve) => writer.once("exit", resolve));
    writer.kill("SIGKILL");
    await gone;
    const log = lmdbLog({ folder });
    expect([...log.read(0)].map(({ event }) => event.time)).toEqual([0, 1]);
    await log.close();
  });

  test("is taken over from a lock that is nonsense, of another boot, or of another process under our id", async () => {
    const locks = [
      "",
      "{",
      "null",
      '{"pid":"x"}',
      JSON.stringify({ pid: process.pid, started: "other-boot:1", token: "t" }),
    ];
    for (const lock of locks) {
      const folder = newFolder();
      mkdirSync(folder);
      writeFileSync(join(folder, "writer.lock"), lock);
      await lmdbLog({ folder }).close();
    }
  });

  test("that cannot be used is refused by code", async () => {
    const file = newFolder();
    writeFileSync(file, "not a folder");
    const unreadable = expect.objectContaining({ code: "FOLDER_UNREADABLE" });
    expect(() => lmdbLog({ folder: file })).toThrow(unreadable);
    expect(() => lmdbLog({ folder: join(file, "below") })).toThrow(unreadable);
    expect(() => lmdbLog({ folder: newFolder(), readOnly: true })).toThrow(unreadable);
  });

  test("may have a dot in its name", async () => {
    const folder = `${newFolder()}.shop`;
    await lmdbLog({ folder }).close();
    expect(readdirSync(folder)).toContain("data.mdb");
  });
});

describe("damage", () => {
  async function damaged(change: (file: string, bytes: Buffer) => void): Promise<string> {
    const folder = newFolder();
    const log = lmdbLog({ folder });
    for (const first of [0, 10, 20]) {
      log.append(clicks(first, first + 10));
      await log.durable();
    }
    await log.close();
    const file = join(folder, "data.mdb");
    change(file, readFileSync(file));
    return folder;
  }
  const replaceAll = (from: string, to: string) => (file: string, bytes: Buffer) => {
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) bytes.write(to, at);
    writeFileSync(file, bytes);
  };

  test("inside a block is refused at the read, naming the offset; what is before it can be read", async () => {
    const log = lmdbLog({ folder: await damaged(replaceAll('"p-13"', '"p-31"')) });
    expect([...log.read(0, 10)]).toHaveLength(10);
    expect([...log.read(20)]).toHaveLength(10);
    const refused = expect.objectContaining({ code: "LOG_DAMAGED", message: expect.stringContaining("offset 10 ") });
    expect(() => [...log.read(0)]).toThrow(refused);
    expect(() => [...log.read(15)]).toThrow(refused);
    await log.close();
  });

  test("inside the last block is refused at the start", async () => {
    const folder = await damaged(replaceAll('"p-29"', '"p-92"'));
    expect(() => lmdbLog({ folder })).toThrow(expect.objectContaining({ code: "LOG_DAMAGED" }));
    // It lets go of the folder.
    expect(readdirSync(folder)).not.toContain("writer.lock");
  });

  test("of the whole file is refused at the start", async () => {
    const folder = await damaged((file, bytes) => writeFileSync(file, Buffer.alloc(bytes.length, 7)));
    expect(() => lmdbLog({ folder })).toThrow(expect.objectContaining({ code: "LOG_DAMAGED" }));
    expect(() => lmdbLog({ folder, readOnly: true })).toThrow(expect.objectContaining({ code: "LOG_DAMAGED" }));
  });

  test("a file of another format is refused", async () => {
    const folder = await damaged(replaceAll('"format":1', '"format":9'));
    expect(() => lmdbLog({ folder })).toThrow(/format is 9/);
  });

  test("a file cut off gives all of its events or a refusal, and never ends the process", async () => {
    let refusals = 0;
    for (const part of [0.01, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99]) {
      const folder = await damaged((file, bytes) => truncateSync(file, Math.floor(bytes.length * part)));
      const refused = expect.objectContaining({ code: "LOG_DAMAGED" });
      expect(() => lmdbLog({ folder, readOnly: true })).toThrow(refused);
      try {
        expect([...lmdbLog({ folder }).read(0)]).toHaveLength(30);
      } catch (error) {
        expect(error).toEqual(refused);
        refusals++;
      }
    }
    expect(refusals).toBeGreaterThan(0);
  });
});

describe("a reader beside the writer", () => {
  test("in the same thread sees what is committed, appends nothing", async () => {
    const folder = newFolder();
    const log = lmdbLog({ folder });
    const reader = lmdbLog({ folder, readOnly: true });
    expect([reader.id, reader.head]).toEqual([log.id, 0]);
    log.append(clicks(0, 1500));
    expect(reader.head).toBe(0);
    await log.durable();
    expect([reader.head, reader.durableHead]).toEqual([1500, 1500]);
    expect([...reader.read(990, 1010)]).toEqual([...log.read(990, 1010)]);
    expect(() => reader.append([click(0)])).toThrow(expect.objectContaining({ code: "LOG_UNWRITABLE" }));
    await reader.durable();
    await reader.close();
    expect(() => reader.head).toThrow(expect.objectContaining({ code: "CLOSED" }));
    log.append(clicks(1500, 1501));
    await log.close();
  });

  test("in a worker thread follows it, within one turn of its event loop too", async () => {
    const folder = newFolder();
    const log = lmdbLog({ folder });
    const body = `const { parentPort, workerData } = require("node:worker_threads");
      import(workerData.lmdbUrl).then(async ({ lmdbLog }) => {
        const log = lmdbLog({ folder: workerData.folder, readOnly: true });
        parentPort.postMessage("open");
        const times = [];
        while (times.length < 2000) for (const { event } of log.read(times.length)) times.push(event.time);
        await log.close();
        parentPort.postMessage(times);
      });`;
    const worker = new Worker(body, { eval: true, workerData: { lmdbUrl, folder } });
    const said = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        worker.once("error", reject);
        worker.once("message", resolve);
      });
    expect(await said()).toBe("open");
    const read = said();
    for (let n = 0; n < 2000; n += 50) {
      log.append(clicks(n, n + 50));
      await log.durable();
    }
    expect(await read).toEqual(clicks(0, 2000).map(({ time }) => time));
    await worker.terminate();
    // The worker's end took nothing from the writer.
    log.append(clicks(2000, 2001));
    await log.durable();
    expect([...log.read(1999)]).toHaveLength(2);
    await log.close();
  });

  test("in another process sees what is committed", async () => {
    const folder = newFolder();
    const log = lmdbLog({ folder });
    log.append(clicks(0, 3));
    await log.durable();
    const body = `const log = lmdbLog({ folder, readOnly: true });
      console.log(JSON.stringify([log.id, log.head, [...log.read(1)].length])); await log.close();`;
    const { stdout } = await run(process.execPath, [...script(body), folder]);
    expect(JSON.parse(stdout)).toEqual([log.id, 3, 2]);
    log.append(clicks(3, 4));
    await log.close();
  });

  test("left open before the writer: the writer is refused until it is closed", async () => {
    const folder = newFolder();
    await lmdbLog({ folder }).close();
    const reader = lmdbLog({ folder, readOnly: true });
    expect(() => lmdbLog({ folder })).toThrow(expect.objectContaining({ code: "FOLDER_IN_USE" }));
    await reader.close();
    const log = lmdbLog({ folder });
    log.append(clicks(0, 1));
    await log.close();
  });
});

test("a disk that fails under an lmdb log: refused by code, told once, what was durable is kept", async () => {
  const folder = newFolder();
  const body = `const log = lmdbLog({ folder });
    const told = []; log.onFailure((error) => told.push(error.code));
    let durable = 0; let refused;
    const events = Array.from({ length: 500 }, (_, i) => click(i));
    try { for (;;) { log.append(events); await log.durable(); durable = log.durableHead; } } catch (error) { refused = error.code; }
    let again; try { log.append(events); } catch (error) { again = error.code; }
    const read = [...log.read(0)].length;
    const head = log.head;
    await log.close();
    console.log(JSON.stringify({ told, refused, again, same: durable === head && read === head, head }));`;
  // A limit on the size of files: writes beyond it fail, as on a full disk.
  const quoted = [process.execPath, ...script(body), folder]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
  const { stdout } = await run("sh", ["-c", `ulimit -f 4000; exec ${quoted}`]);
  const result = JSON.parse(stdout) as { head: number };
  expect(result).toEqual({
    told: ["LOG_UNWRITABLE"],
    refused: "LOG_UNWRITABLE",
    again: "LOG_UNWRITABLE",
    same: true,
    head: expect.any(Number),
  });
  const log = lmdbLog({ folder });
  expect(result.head).toBeGreaterThan(0);
  expect(log.head).toBe(result.head);
  expect([...log.read(0)]).toHaveLength(result.head);
  await log.close();
});

test("an append that cannot be written down is in neither the log nor the fold", async () => {
  const log = lmdbLog({ folder: newFolder() });
  const seen: number[] = [];
  log.subscribe((_event, offset) => seen.push(offset));
  const endless = { ...click(1), value: 1n } as unknown as LoggedEvent;
  expect(() => log.append([click(0), endless])).toThrow(TypeError);
  expect([log.head, seen]).toEqual([0, []]);
  log.append(clicks(0, 2));
  await log.durable();
  expect([log.head, seen]).toEqual([2, [0, 1]]);
  await log.close();
});
