import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../core/event.ts";
import { click, clicks, promises, type Subject } from "./event-log.check.ts";
import { lmdbLog, writingDisk } from "./lmdb.ts";
import { switching } from "./log-switch.check.ts";
import { memoryDisk, memoryLog } from "./memory.ts";

const root = mkdtempSync(join(tmpdir(), "event-logs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(++folders));

let lmdbFolder = "";
const subjects: (Subject & { skips: Partial<Record<"reopen" | "openFailing", string>> })[] = [
  {
    name: "memory",
    open: () => memoryLog(),
    newDisk: () => memoryDisk(),
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
    newDisk: () => writingDisk(newFolder()),
    reopen: () => lmdbLog({ folder: lmdbFolder }),
    skips: { openFailing: "a disk is broken under a process of its own, below" },
  },
];

for (const subject of subjects) {
  describe(subject.name, () => {
    for (const { name, needs, check } of [...promises, switching]) {
      const reason = needs && !subject[needs] ? subject.skips[needs] : undefined;
      if (reason) test.skip(`${name} (${reason})`, () => {});
      else test(name, () => check(subject));
    }
  });
}

test("every file of the folder is an implementation that is checked here, or part of one", () => {
  const parts = [
    ...["block", "block-batch", "block-disk", "block-log", "event-log", "event-log.check", "grouped-log"],
    ...[
      "lmdb-file",
      "lmdb-pages",
      "log-copy",
      "log-repair",
      "log-rewrite",
      "log-survey",
      "log-switch.check",
      "writer-lock",
    ],
  ];
  const files = readdirSync(import.meta.dirname)
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => file.replace(/\.ts$/, ""));
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
const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

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

  test.skipIf(process.platform !== "linux")(
    "is taken over from a process that is gone but not yet waited for",
    async () => {
      const folder = newFolder();
      const body = `const log = lmdbLog({ folder }); log.append([click(0)]); await log.durable(); console.log(process.pid); setInterval(() => {}, 1000);`;
      const quoted = [process.execPath, ...script(body), folder].map(quote).join(" ");
      // It waits for none of its children.
      const parent = spawn("sh", ["-c", `${quoted} & exec sleep 600`], { stdio: ["ignore", "pipe", "inherit"] });
      try {
        const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
        expect(() => lmdbLog({ folder })).toThrow(expect.objectContaining({ code: "FOLDER_IN_USE" }));
        process.kill(pid, "SIGKILL");
        const state = (): string | undefined => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1];
        while (state() !== "Z") await new Promise((resolve) => setImmediate(resolve));
        const log = lmdbLog({ folder });
        expect(log.head).toBe(1);
        await log.close();
      } finally {
        parent.kill("SIGKILL");
      }
    },
  );

  test("that another process wrote all the same is not written over: the offset was free or nothing is", async () => {
    const folder = newFolder();
    const ours = lmdbLog({ folder });
    rmSync(join(folder, "writer.lock"));
    const theirs = lmdbLog({ folder });
    theirs.append(clicks(0, 3));
    await theirs.durable();
    ours.append(clicks(7, 9));
    await expect(ours.durable()).rejects.toMatchObject({
      code: "LOG_UNWRITABLE",
      message: expect.stringContaining("another process wrote offset 0"),
    });
    expect([ours.head, ours.durableHead]).toEqual([0, 0]);
    theirs.append(clicks(3, 5));
    await theirs.durable();
    await Promise.all([ours.close(), theirs.close()]);
    const log = lmdbLog({ folder });
    expect([...log.read(0)].map(({ event }) => event)).toEqual(clicks(0, 5));
    await log.close();
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
  const quoted = [process.execPath, ...script(body), folder].map(quote).join(" ");
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
  // Opened again, it is written as if nothing had been.
  log.append(clicks(0, 700));
  await log.close();
  const again = lmdbLog({ folder });
  expect([...again.read(0)]).toHaveLength(result.head + 700);
  await again.close();
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
