/** Files of a log as a failing disk leaves them. */
import { execFile } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../core/event.ts";
import { type Random, random } from "../core/random.ts";
import { decodeBlock } from "./block.ts";
import { clicks } from "./event-log.check.ts";
import { lmdbLog } from "./lmdb.ts";
import { metasOf, wrongPage } from "./lmdb-pages.ts";
import { type Repair, repairLog } from "./log-repair.ts";
import { isDamaged, type Survey, survey } from "./log-survey.ts";

const root = mkdtempSync(join(tmpdir(), "log-damage-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(root, String(++folders));

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
    const refused = expect.objectContaining({ code: "LOG_DAMAGED", message: expect.stringContaining("offset 13 ") });
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
    const folder = await damaged(replaceAll('"format":2', '"format":9'));
    expect(() => lmdbLog({ folder })).toThrow(/format .* is 9/);
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

/** A log with blocks in leaves and on pages of their own, trimmed, with free pages: the file, and the events that it holds. */
let whole: { readonly bytes: Buffer; readonly start: number; readonly events: readonly LoggedEvent[] };

beforeAll(async () => {
  const chance = random("whole log");
  const folder = newFolder();
  const log = lmdbLog({ folder });
  for (let n = 0; n < 120; n++) {
    const first = log.head;
    log.append(clicks(first, first + 1 + chance.int(chance.int(3) === 0 ? 90 : 4)));
    await log.durable();
    if (n === 70) await log.trim(log.head / 2);
  }
  whole = {
    start: log.start,
    events: [...log.read(0)].map(({ event }) => event),
    bytes: Buffer.alloc(0),
  };
  await log.close();
  whole = { ...whole, bytes: readFileSync(join(folder, "data.mdb")) };
});

function folderOf(bytes: Buffer): string {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, "data.mdb"), bytes);
  return folder;
}

const pageBytes = 4096;
const damages: Record<string, (bytes: Buffer, chance: Random) => Buffer> = {
  "a flipped bit": (bytes, chance) => flip(bytes, chance.int(bytes.length), chance),
  "a flipped bit of a page of the tree": (bytes, chance) =>
    flip(bytes, treePage(bytes, chance) + chance.int(pageBytes), chance),
  "a flipped bit of the first pages": (bytes, chance) =>
    flip(bytes, chance.int(2) * pageBytes + chance.int(168), chance),
  "a flipped bit of a page's head": (bytes, chance) =>
    flip(bytes, chance.int(bytes.length / pageBytes) * pageBytes + chance.int(24), chance),
  "a page of zeros": (bytes, chance) => {
    const at = chance.int(bytes.length / pageBytes) * pageBytes;
    return bytes.fill(0, at, at + pageBytes);
  },
  "a page of noise": (bytes, chance) => {
    const at = treePage(bytes, chance);
    for (let i = at; i < at + pageBytes; i++) bytes[i] = chance.int(256);
    return bytes;
  },
  "a page of another commit": (bytes, chance) => {
    const [at, from] = [treePage(bytes, chance), treePage(bytes, chance)];
    // All but its number.
    bytes.copy(bytes, at + 8, from + 8, from + pageBytes);
    return bytes;
  },
  "a file cut off": (bytes, chance) => bytes.subarray(0, chance.int(bytes.length)),
};

function flip(bytes: Buffer, at: number, chance: Random): Buffer {
  bytes[at] = bytes[at]! ^ (1 << chance.int(8));
  return bytes;
}

/** Where a page of the trees begins, the two first pages included. */
function treePage(bytes: Buffer, chance: Random): number {
  for (;;) {
    const at = chance.int(bytes.length / pageBytes) * pageBytes;
    if (at < 2 * pageBytes || [1, 2].includes(bytes.readUInt16LE(at + 18))) return at;
  }
}

function* damagedFiles(seed: string, rounds: number): Generator<{ readonly how: string; readonly bytes: Buffer }> {
  for (let round = 0; round < rounds; round++)
    for (const [how, damage] of Object.entries(damages)) {
      const chance = random(`${seed}:${how}:${round}`);
      yield { how: `${how}, ${round}`, bytes: damage(Buffer.from(whole.bytes), chance) };
    }
}

function looked<T>(folder: string, look: (descriptor: number) => T): T {
  const descriptor = openSync(join(folder, "data.mdb"), "r");
  try {
    return look(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const surveyed = (folder: string): Survey => looked(folder, (descriptor) => survey(descriptor, () => undefined));

test("a whole file is found whole, and in it what lmdb finds", () => {
  const folder = folderOf(whole.bytes);
  expect(looked(folder, (descriptor) => wrongPage(descriptor, metasOf(descriptor)[0]!))).toBeUndefined();
  looked(folder, (descriptor) => {
    const seen = survey(descriptor, () => undefined);
    expect(isDamaged(seen)).toBe(false);
    expect([seen.start, seen.head]).toEqual([whole.start, whole.start + whole.events.length]);
    expect(seen.found.flatMap((one) => decodeBlock(one.block())!)).toEqual(whole.events);
  });
});

test("a damaged file never ends the process, and never reads as another log: all of it, or LOG_DAMAGED", async () => {
  const listed = [...damagedFiles("read", 6)].map(({ how, bytes }) => ({ how, folder: folderOf(bytes) }));
  const script = `const { lmdbLog } = await import(${JSON.stringify(new URL("./lmdb.ts", import.meta.url).href)});
    const texts = (log) => JSON.stringify([...log.read(0)].map(({ event }) => event));
    const looks = {
      async read(folder) {
        const log = lmdbLog({ folder, readOnly: true });
        try { return texts(log); } finally { await log.close(); }
      },
      async write(folder) {
        const log = lmdbLog({ folder });
        try {
          const before = texts(log);
          for (let n = 0; n < 12; n++) {
            log.append(Array.from({ length: 1 + 9 * n }, () => ({ type: "tick", time: n, receivedAt: n })));
            await log.durable();
            if (n === 6) await log.trim(log.head);
          }
          return before;
        } finally { await log.close(); }
      },
    };
    for (const folder of JSON.parse(process.argv[1])) {
      const said = [];
      for (const look of Object.values(looks)) said.push(await look(folder).catch((error) => error.code ?? String(error)));
      console.log(JSON.stringify(said));
    }`;
  const args = ["--input-type=module", "-e", script, JSON.stringify(listed.map(({ folder }) => folder))];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 30 });
  const said = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as string[]);
  const all = JSON.stringify(whole.events);
  let refused = 0;
  said.forEach((looks, i) => {
    for (const what of looks) {
      if (what === "LOG_DAMAGED") refused++;
      else expect(what === all, `${listed[i]!.how}: ${what.slice(0, 100)}`).toBe(true);
    }
  });
  expect(said.length).toBe(listed.length);
  expect(refused).toBeGreaterThan(listed.length / 2);
});

test("repair shows before it changes, keeps every event that can be read, and finds nothing to do a second time", async () => {
  const { start, events } = whole;
  const head = start + events.length;
  const id = surveyed(folderOf(whole.bytes)).id!;
  // What a snapshot knows.
  const known = () => ({ id, offset: head });
  let saved = 0;
  let repaired = 0;
  for (const { how, bytes } of damagedFiles("repair", 4)) {
    const folder = folderOf(bytes);
    const { seen, damagedFile } = await repairLog(folder, known, false);
    expect(damagedFile).toBeUndefined();
    expect(readFileSync(join(folder, "data.mdb")).equals(bytes), how).toBe(true);
    expect(readdirSync(folder)).toEqual(["data.mdb"]);
    const done: Repair = await repairLog(folder, known, true);
    expect(done.seen.losses).toEqual(seen.losses);
    expect(done.damagedFile !== undefined).toBe(isDamaged(seen));
    if (done.damagedFile && ++repaired) expect(readFileSync(done.damagedFile).equals(bytes)).toBe(true);
    const log = lmdbLog({ folder });
    expect([log.id, log.head], how).toEqual([id, head]);
    const lost = new Set(seen.losses.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i)));
    for (const { offset, event } of log.read(0)) {
      if (event.type === "lost") expect(lost.has(offset), how).toBe(true);
      else if (offset >= start && ++saved) expect(event, how).toEqual(events[offset - start]);
    }
    log.append(clicks(0, 3));
    await log.close();
    expect(isDamaged((await repairLog(folder, known, false)).seen), how).toBe(false);
  }
  expect(repaired).toBeGreaterThan(10);
  expect(saved).toBeGreaterThan(32 * events.length * 0.8);
});

test("repair waits for nobody: refused while a writer lives, and where there is no log", async () => {
  const folder = newFolder();
  const log = lmdbLog({ folder });
  for (const change of [false, true])
    await expect(repairLog(folder, () => undefined, change)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
  await log.close();
  const unreadable = { code: "FOLDER_UNREADABLE" };
  await expect(repairLog(newFolder(), () => undefined, true)).rejects.toMatchObject(unreadable);
});

test("a group that was cut off on its way to disk is not there; all before it is", async () => {
  const chance = random("torn");
  const folder = folderOf(whole.bytes);
  const log = lmdbLog({ folder });
  log.append(clicks(0, 200));
  await log.close();
  const after = readFileSync(join(folder, "data.mdb"));
  for (let n = 0; n < 30; n++) {
    // Some of its pages came to disk, the first two, which name the commit and come last, did not.
    const torn = Buffer.alloc(after.length);
    whole.bytes.copy(torn);
    for (let at = 2 * pageBytes; at < torn.length; at += pageBytes)
      if (chance.int(2) === 0) after.copy(torn, at, at, at + pageBytes);
    const again = lmdbLog({ folder: folderOf(torn) });
    expect([...again.read(0)].map(({ event }) => event)).toEqual(whole.events);
    again.append(clicks(0, 2));
    await again.close();
  }
});
