/**
 * What a process asked of the kernel, as strace tells it, and whether it answered only after it had synced. A killed process
 * never shows a missing sync, because the kernel still writes what it was given; the order of its calls does.
 *
 * LMDB writes the pages of a transaction to data.mdb, syncs, then writes a meta page that makes them valid, through a descriptor that
 * was opened with O_DSYNC: that write is durable when it returns. Without O_DSYNC another sync has to follow.
 */
import { spawnSync } from "node:child_process";

export interface Call {
  readonly name: string;
  /** Places of the lines in the trace where it began and returned: of calls that depend on one another, in their order. */
  readonly began: number;
  readonly returned: number;
  readonly descriptor: number;
  /** What the descriptor is open on: a path, or the ends of a connection. */
  readonly on: string;
  readonly arguments: string;
  readonly result: number;
}

/** Events acknowledged by an answer. */
export interface Answered {
  readonly ids: readonly string[];
  /** The caller's port, and how many answers came to it before. */
  readonly port: number;
  readonly place: number;
}

const calls = ["openat", "write", "writev", "pwrite64", "pwritev", "sendto", "sendmsg", "fdatasync", "fsync"];

/** The program to start a process under; the trace goes to a file. Sees event ids in pages and answers whole. */
export const traced = (file: string): string[] => [
  ..."strace -f --seccomp-bpf -yy -v -s 100000 -o".split(" "),
  file,
  "-e",
  `trace=${calls.join(",")}`,
];

/** Why nothing can be traced here; `undefined` where it can. */
export function whyNotTraced(): string | undefined {
  const [program, ...args] = [...traced("/dev/null"), "true"];
  const { error, status, stderr } = spawnSync(program!, args, { encoding: "utf8" });
  if (error) return "there is no strace";
  return status === 0 ? undefined : `strace cannot trace: ${stderr.trim().split("\n").at(-1)}`;
}

const whole = /^(\d+) +(?:[\d:.]+ )?(\w+)\((.*)\) += (-?\d+)/s;
const unfinished = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/s;
const resumed = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)/s;

/** The calls of a trace, in the order in which they began. */
export function readTrace(lines: readonly string[]): Call[] {
  const found: Call[] = [];
  const waiting = new Map<string, { readonly began: number; readonly text: string }>();
  const add = (name: string, began: number, returned: number, text: string, result: string): void => {
    const [, descriptor, on] = /^(\d+)<(.*?)>(?=[,)]|$)/s.exec(text) ?? [];
    found.push({
      name,
      began,
      returned,
      descriptor: Number(descriptor ?? -1),
      on: on ?? "",
      arguments: text,
      result: Number(result),
    });
  };
  lines.forEach((line, at) => {
    const all = whole.exec(line);
    const half = all ? null : unfinished.exec(line);
    const rest = all || half ? null : resumed.exec(line);
    if (all) add(all[2]!, at, at, all[3]!, all[4]!);
    else if (half) waiting.set(half[1]!, { began: at, text: half[3]! });
    else if (rest) {
      const { began, text } = waiting.get(rest[1]!)!;
      add(rest[2]!, began, at, text + rest[3]!, rest[4]!);
    }
  });
  return found.sort((a, b) => a.began - b.began);
}

/** Which answers left before their events were durable in `file`, and why it says so; empty when all are in order. */
export function orderFaults(trace: readonly Call[], file: string, answers: readonly Answered[]): string[] {
  const onFile = trace.filter(({ on }) => on === file);
  const durableMeta = openedDurable(trace, file);
  const isWrite = ({ name, result }: Call): boolean => /write/.test(name) && result > 0;
  /** A meta page is written without its rest; of all others whole pages are. */
  const isMeta = ({ result }: Call): boolean => result < 512;
  const syncs = trace.filter(
    ({ name, on, result }) => name === "msync" || (/sync$/.test(name) && on === file && result === 0),
  );
  const metas = onFile.filter((call) => isWrite(call) && isMeta(call));
  const firstAfter = (list: readonly Call[], call: Call): Call | undefined =>
    list.find(({ began }) => began > call.returned);

  const written = new Map<string, Call>();
  for (const call of onFile) {
    if (!isWrite(call) || isMeta(call)) continue;
    for (const [, id] of call.arguments.matchAll(/\\"id\\":\\"([\w-]+)\\"/g))
      if (!written.has(id!)) written.set(id!, call);
  }
  const answersTo = new Map<number, Call[]>();
  for (const call of trace) {
    const port = /->\S*?:(\d+)\]$/.exec(call.on)?.[1];
    if (port === undefined || !call.arguments.includes("HTTP/1.1 ")) continue;
    const sent = answersTo.get(Number(port)) ?? [];
    answersTo.set(Number(port), sent);
    sent.push(call);
  }

  return answers.flatMap(({ ids, port, place }) => {
    const answer = answersTo.get(port)?.[place];
    if (!answer) return [`answer ${place} to ${port} is not in the trace`];
    return ids.flatMap((id) => {
      const pages = written.get(id);
      const sync = pages && firstAfter(syncs, pages);
      const meta = sync && firstAfter(metas, sync);
      const end = meta && (durableMeta(meta) ? meta : firstAfter(syncs, meta));
      for (const [what, call] of Object.entries({ pages, sync, meta, "sync of the meta page": end })) {
        if (!call) return [`${id}: answered, no ${what}`];
        if (call.returned >= answer.began) return [`${id}: answered before the ${what}`];
      }
      return [];
    });
  });
}

/** Whether a write to the file is durable when it returns, by how its descriptor was last opened. */
function openedDurable(trace: readonly Call[], file: string): (call: Call) => boolean {
  const opened = trace.filter(({ name, arguments: text }) => name === "openat" && text.includes(`"${file}"`));
  return ({ descriptor, began }) =>
    opened.findLast((one) => one.result === descriptor && one.returned < began)?.arguments.includes("O_DSYNC") ?? false;
}
