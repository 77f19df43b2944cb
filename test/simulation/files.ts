/**
 * A file system in memory for snapshots, that fails, fills up and loses or tears at a crash what was not synced: contents by
 * `sync`, names by `syncFolder`.
 */
import { dirname } from "node:path";
import type { Random } from "../../src/core/random.ts";
import type { Files } from "../../src/snapshots/files.ts";
import { Died, type Process } from "./process.ts";

export interface FileFaults {
  /** The operation that changes something, counted from 1 in this life, at which the process dies; 0: none. */
  readonly crashAtOperation: number;
  readonly failAtOperation: number;
  /** Bytes that still fit when the life begins; 0: no end. */
  readonly fullAtBytes: number;
}

export const kindFiles: FileFaults = { crashAtOperation: 0, failAtOperation: 0, fullAtBytes: 0 };

interface Inode {
  parts: Buffer[];
  length: number;
  /** Bytes that survive a crash. */
  synced: number;
  isDamaged?: boolean;
}

type Names = Map<string, Inode>;
type Change = (names: Names) => void;

const failure = (code: string, path = ""): Error => Object.assign(new Error(`${code}: ${path}`), { code });

export class FileSystem {
  readonly #chance: Random;
  readonly #folders = new Set<string>();
  #names: Names = new Map();
  /** What a crash leaves of the names, and what changed since. */
  #durableNames: Names = new Map();
  #changes: Change[] = [];
  readonly #descriptors = new Map<number, Inode>();
  #nextDescriptor = 3;
  /** Of this life. */
  operations = 0;
  failures = 0;

  constructor(chance: Random) {
    this.#chance = chance;
  }

  /** For one life of the process. */
  begin(process: Process, faults: FileFaults): Files {
    this.operations = 0;
    this.failures = 0;
    this.#descriptors.clear();
    process.onCrash(() => this.#lose());
    return this.open(process, faults);
  }

  open(process: Process, faults: FileFaults): Files {
    const roomBytes = faults.fullAtBytes === 0 ? Number.POSITIVE_INFINITY : this.bytes + faults.fullAtBytes;
    /** Before each change: dies or fails here if planned; true if half of it happens. */
    const change = (path: string, half: () => void = () => {}): void => {
      if (!process.isAlive) throw new Died();
      const operation = ++this.operations;
      if (operation === faults.crashAtOperation) {
        if (this.#chance.int(2) === 0) half();
        void process.crash(`at file operation ${operation} (${path})`);
        throw new Died();
      }
      if (operation === faults.failAtOperation) {
        this.failures++;
        throw failure("EIO", path);
      }
    };
    const alive = (): void => {
      if (!process.isAlive) throw new Died();
    };
    return {
      makeFolder: (folder) => {
        alive();
        this.#folders.add(folder);
      },
      names: (folder) => {
        alive();
        if (!this.#folders.has(folder)) throw failure("ENOENT", folder);
        return [...this.#names.keys()].filter((name) => dirname(name) === folder).map(lastPart);
      },
      create: (path) => {
        change(path);
        const inode: Inode = { parts: [], length: 0, synced: 0 };
        this.#rename((names) => names.set(path, inode));
        return this.#describe(inode);
      },
      open: (path) => {
        alive();
        const inode = this.#names.get(path);
        if (inode === undefined) throw failure("ENOENT", path);
        return this.#describe(inode);
      },
      write: (descriptor, bytes) => {
        const inode = this.#inode(descriptor);
        // Fewer than asked for, sometimes.
        const count =
          bytes.length > 1 && this.#chance.int(4) === 0 ? 1 + this.#chance.int(bytes.length - 1) : bytes.length;
        change("write", () => append(inode, bytes.subarray(0, count >>> 1)));
        const room = Math.max(0, roomBytes - this.bytes);
        if (room === 0) {
          this.failures++;
          throw failure("ENOSPC", "write");
        }
        append(inode, bytes.subarray(0, Math.min(room, count)));
        return Math.min(room, count);
      },
      read: (descriptor, target, position) => {
        alive();
        return read(this.#inode(descriptor), target, position);
      },
      size: (descriptor) => this.#inode(descriptor).length,
      sync: (descriptor) => {
        const inode = this.#inode(descriptor);
        const sync = (): void => {
          inode.synced = inode.length;
        };
        change("sync", sync);
        sync();
      },
      close: (descriptor) => {
        this.#descriptors.delete(descriptor);
      },
      rename: (from, to) => {
        const rename: Change = (names) => {
          const inode = names.get(from);
          if (inode === undefined || inode === names.get(to)) return;
          names.delete(from);
          names.set(to, inode);
        };
        change(`${from} → ${to}`, () => this.#rename(rename));
        if (!this.#names.has(from)) throw failure("ENOENT", from);
        this.#rename(rename);
      },
      link: (from, to) => {
        const link: Change = (names) => {
          const inode = names.get(from);
          if (inode !== undefined) names.set(to, inode);
        };
        change(`${from} = ${to}`, () => this.#rename(link));
        if (!this.#names.has(from)) throw failure("ENOENT", from);
        if (this.#names.has(to)) throw failure("EEXIST", to);
        this.#rename(link);
      },
      remove: (path) => {
        change(path, () => this.#rename((names) => names.delete(path)));
        this.#rename((names) => names.delete(path));
      },
      syncFolder: (folder) => {
        change(folder, () => this.#settle());
        this.#settle();
      },
    };
  }

  /** Paths of what is there, sorted. */
  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  get bytes(): number {
    let bytes = 0;
    for (const inode of new Set(this.#names.values())) bytes += inode.length;
    return bytes;
  }

  /** Flips one bit of a file, or cuts it off. */
  damage(path: string, chance: Random): void {
    const inode = this.#names.get(path)!;
    const bytes = Buffer.concat(inode.parts);
    if (bytes.length === 0) return;
    const cuts = chance.int(4) === 0;
    if (!cuts) bytes[chance.int(bytes.length)]! ^= 1 << chance.int(8);
    const kept = cuts ? bytes.subarray(0, chance.int(bytes.length)) : bytes;
    Object.assign(inode, { parts: [kept], length: kept.length, synced: kept.length, isDamaged: true });
  }

  isDamaged(path: string): boolean {
    return this.#names.get(path)?.isDamaged ?? false;
  }

  get hasDamage(): boolean {
    return this.paths().some((path) => this.isDamaged(path));
  }

  remove(path: string): void {
    this.#rename((names) => names.delete(path));
    this.#settle();
  }

  /** The crash: of what was not synced some is there, some is not, some is torn. */
  #lose(): void {
    const chance = this.#chance;
    const reached = chance.int(this.#changes.length + 1);
    const isOrdered = chance.int(3) > 0;
    for (const [i, change] of this.#changes.entries())
      if (isOrdered ? i < reached : chance.int(2) === 0) change(this.#durableNames);
    this.#names = new Map(this.#durableNames);
    this.#changes = [];
    for (const inode of new Set(this.#names.values())) {
      if (inode.length === inode.synced) continue;
      const bytes = Buffer.concat(inode.parts);
      const kept = bytes.subarray(0, inode.synced + chance.int(inode.length - inode.synced + 1));
      // As long as it should be, and not yet written.
      if (chance.int(2) === 0) kept.fill(0, inode.synced + chance.int(kept.length - inode.synced + 1));
      Object.assign(inode, { parts: [kept], length: kept.length, synced: kept.length });
    }
  }

  #rename(change: Change): void {
    change(this.#names);
    this.#changes.push(change);
  }

  #settle(): void {
    for (const change of this.#changes) change(this.#durableNames);
    this.#changes = [];
  }

  #describe(inode: Inode): number {
    this.#descriptors.set(this.#nextDescriptor, inode);
    return this.#nextDescriptor++;
  }

  #inode(descriptor: number): Inode {
    const inode = this.#descriptors.get(descriptor);
    if (inode === undefined) throw failure("EBADF", String(descriptor));
    return inode;
  }
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function append(inode: Inode, bytes: Uint8Array): void {
  inode.parts.push(Buffer.from(bytes));
  inode.length += bytes.length;
}

function read(inode: Inode, target: Uint8Array, position: number): number {
  let at = 0;
  let filled = 0;
  for (const part of inode.parts) {
    const from = Math.max(0, position + filled - at);
    if (from < part.length) {
      const piece = part.subarray(from, from + target.length - filled);
      target.set(piece, filled);
      filled += piece.length;
    }
    at += part.length;
    if (filled === target.length) break;
  }
  return filled;
}
