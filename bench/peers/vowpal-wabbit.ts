/**
 * `npm run bench:peers [-- EVENTS.ndjson]`: our linear learners and Vowpal Wabbit on the very same rows: those of every list
 * shown on trivago, read before it was learned from, one feature for each cross of columns, numbered by our slots so that the same ones
 * collide. VW is installed by pip from PyPI into a folder that is removed afterwards; run by hand, never by a test. Writes the section of RESULTS.md.
 */
import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { completeConfig } from "../../src/config.ts";
import { verdict } from "../../src/core/lesson.ts";
import type { EventInput } from "../../src/core/public.ts";
import { type ColumnSpec, Rows } from "../../src/core/rows.ts";
import { listTerms } from "../../src/defaults.ts";
import { evaluate } from "../../src/evaluate.ts";
import { logLoss } from "../../src/evaluation/metrics.ts";
import { KernelMemory } from "../../src/kernels/kernel-memory.ts";
import { adaptive, cellFloats, LinearTable, sumsWidth } from "../../src/kernels/linear.ts";
import { SlotLists } from "../../src/kernels/slots.ts";
import { Learning } from "../../src/learn.ts";
import { ftrl } from "../../src/models/ftrl.ts";
import { linear } from "../../src/models/linear.ts";
import { slotFinder } from "../../src/models/linear-slots.ts";
import { alone, type Family } from "../../src/models/model.ts";
import { buildRooms } from "../../src/rooms.ts";
import { timeOrdered } from "../../src/time-ordered.ts";
import { folderOf } from "../datasets/dataset.ts";
import { trivago } from "../datasets/trivago.ts";
import { commit, machine, today, writeSection } from "../results.ts";
import { markdownTable } from "../table.ts";

/** VW's constants of `--ftrl --ftrl_alpha 0.1 -b 22`; its beta is 1 unless given. */
const [alpha, beta, bits] = [0.1, 1, 22];
const settings = `--ftrl --ftrl_alpha ${alpha} -b ${bits} --loss_function logistic`;

interface Shown {
  readonly rows: Float32Array;
  readonly count: number;
  readonly items: Int32Array;
  readonly chosen: Uint8Array;
}

async function* eventsOf(path: string | undefined): AsyncGenerator<EventInput> {
  if (path === undefined) {
    const folder = folderOf("trivago");
    if (folder === undefined) throw new Error("There are no events: name a file, or set DATASETS_FOLDER.");
    yield* (await trivago(folder)).events;
    return;
  }
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line) as EventInput;
}

/** Every list with its rows as they stood before it. */
async function shownLists(path: string | undefined): Promise<{ lists: Shown[]; columns: readonly ColumnSpec[] }> {
  const rooms = buildRooms(completeConfig({}));
  const learning = new Learning(rooms);
  const { columns } = rooms.listFeatures;
  const byId = new Map<string, Shown>();
  learning.observe({
    slate(id, _request, list, items, rows) {
      const { count } = list;
      const chosen = new Uint8Array(count);
      byId.set(id, {
        ...{ rows: rows.dense.slice(0, count * columns.length), count },
        ...{ items: items.slice(0, count), chosen },
      });
    },
    joined(slate, item) {
      const shown = byId.get(slate);
      const at = shown?.items.indexOf(item) ?? -1;
      if (at >= 0) shown!.chosen[at] = 1;
    },
  });
  (await timeOrdered(eventsOf(path))).forEach((event, offset) => {
    learning.fold(event, offset);
  });
  return { lists: [...byId.values()], columns };
}

/** One row of a list after another, as a lesson of its own. */
function* single({ lists, columns }: Awaited<ReturnType<typeof shownLists>>) {
  const rows = new Rows(columns.length, 1);
  rows.resize(1);
  const position = new Int32Array(1);
  for (const { rows: values, count, chosen } of lists) {
    for (let i = 0; i < count; i++) {
      rows.dense.set(values.subarray(i * columns.length, (i + 1) * columns.length));
      const said = Uint8Array.of(chosen[i] === 1 ? verdict.chosen : verdict.passedOver);
      yield { rows, verdict: said, position, orderedByEngine: false, surface: -1, isChoice: false, weight: 1 };
    }
  }
}

function writeRows(file: string, shown: Awaited<ReturnType<typeof shownLists>>, terms: typeof listTerms): number {
  const finder = slotFinder(new KernelMemory(), { columns: shown.columns, terms, bits, regime: "regime" });
  const lines: string[] = [];
  for (const { rows, verdict: said } of single(shown)) {
    finder.find(rows);
    const { slots, starts } = finder.lists;
    lines.push(`${said[0] === verdict.chosen ? 1 : -1} | ${slots.subarray(0, starts[1]).join(" ")}`);
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  return lines.length;
}

/** Log-loss a row of a member, each predicted before it is learned; and the rows a second of learning them once more, all memory in use. */
function ours(make: () => Family, name: string, shown: Awaited<ReturnType<typeof shownLists>>) {
  const judged = make();
  const out = judged.members.map(() => new Float64Array(1));
  const member = judged.members.indexOf(name);
  let [loss, count] = [0, 0];
  for (const lesson of single(shown)) {
    judged.predict(lesson.rows, out);
    loss += logLoss(1 / (1 + Math.exp(-out[member]![0]!)), lesson.verdict[0] === verdict.chosen ? 1 : 0);
    judged.learn(lesson);
    count++;
  }
  const began = process.threadCpuUsage();
  for (const lesson of single(shown)) judged.learn(lesson);
  const { user, system } = process.threadCpuUsage(began);
  return { loss: loss / count, perSecond: (1e6 * count) / (user + system) };
}

/** The table alone, four rates at once, the slots of all rows found before: as VW has them from its cache. */
function ofSlots(shown: Awaited<ReturnType<typeof shownLists>>, terms: typeof listTerms, count: number) {
  const bias = 1 << bits;
  const memory = new KernelMemory();
  const finder = slotFinder(memory, { columns: shown.columns, terms, bits, regime: "regime" });
  const constants = { alpha: [alpha, alpha, alpha, alpha], beta, variance: [1, 1], drift: [0, 0] };
  const all = new SlotLists(memory, finder.lists.width);
  all.makeRoom(count);
  const table = new LinearTable(memory, bias + 1, all, constants);
  table.makeRoom(count);
  const chosen = new Uint8Array(count);
  let [row, end] = [0, 0];
  for (const { rows, verdict: said } of single(shown)) {
    finder.find(rows);
    const found = finder.lists.slots.subarray(0, finder.lists.starts[1]);
    all.slots.set(found, end);
    all.starts[row + 1] = end += found.length;
    chosen[row++] = said[0] === verdict.chosen ? 1 : 0;
  }
  const { sums, step, cells } = table;
  const pass = (): number => {
    let loss = 0;
    for (let i = 0; i < count; i++) {
      table.score(i, i + 1);
      for (let a = 0; a < adaptive; a++) {
        const chance = 1 / (1 + Math.exp(-sums[i * sumsWidth + a]! - cells.array[bias * cellFloats + a]!));
        step[a] = chance - chosen[i]!;
        if (a === 0) loss += logLoss(chance, chosen[i]!);
      }
      table.update(i, false);
      table.updateSlot(bias, false);
    }
    return loss;
  };
  const loss = pass();
  const began = process.threadCpuUsage();
  pass();
  const { user, system } = process.threadCpuUsage(began);
  return { loss: loss / count, perSecond: (1e6 * count) / (user + system), features: end / count };
}

function python(folder: string): string {
  const path = join(folder, "venv/bin/python");
  execFileSync("python3", ["-m", "venv", join(folder, "venv")]);
  execFileSync(path, ["-m", "pip", "install", "--quiet", "vowpalwabbit"], { stdio: ["ignore", "ignore", "inherit"] });
  return path;
}

/** VW's driver over the file, and its rows a second: of text, and of passes over its cache after the first. CPU time, as ours. */
function theirs(interpreter: string, file: string, count: number) {
  const script = `
import json, time, vowpalwabbit
def run(more):
    began = time.process_time()
    workspace = vowpalwabbit.Workspace("-d ${file} --quiet --cache_file ${file}.cache ${settings} " + more)
    loss = workspace.get_sum_loss() / workspace.get_weighted_examples()
    workspace.finish()
    return loss, time.process_time() - began
loss, text = run("")
once, thrice = [min(run(passes)[1] for _ in range(3)) for passes in ["", "--passes 3 --holdout_off"]]
print(json.dumps([vowpalwabbit.__version__, loss, text, (thrice - once) / 2]))`;
  const [version, loss, textSeconds, passSeconds] = JSON.parse(
    execFileSync(interpreter, ["-c", script], { encoding: "utf8" }),
  ) as [string, number, number, number];
  return { version, loss, ofText: count / textSeconds, ofCache: count / passSeconds };
}

const path = process.argv[2];
const load = loadavg()[0]!.toFixed(1);
const folder = mkdtempSync(join(tmpdir(), "liveshelf-peers-"));
try {
  const shown = await shownLists(path);
  const { columns } = shown;
  const terms = listTerms.filter((term) => term.every((name) => columns.some((column) => column.name === name)));
  const file = join(folder, "rows.vw");
  const count = writeRows(file, shown, terms);
  const { version, loss, ofText, ofCache } = theirs(python(folder), file, count);
  const same = { columns, terms, bits, regime: "regime", beta, listwise: 0 };
  const ftrls = { ...same, alpha: [alpha, alpha, alpha, alpha] as const };
  const family = ours(() => linear(ftrls), "ftrl", shown);
  const plain = ours(() => alone(ftrl({ ...same, alpha })), "ftrl", shown);
  const table = ofSlots(shown, terms, count);
  const { results, seconds: evaluationSeconds } = await evaluate(eventsOf(path), { k: 10 });
  const engine = results.find(({ ranker }) => ranker === "engine")!;
  const row = (what: string, lossOf: number, perSecond: string) => [what, lossOf.toFixed(5), perSecond];
  const rate = (perSecond: number) => `${Math.round(perSecond / 1000)}k`;
  const head = [`${count} rows of ${table.features.toFixed(1)} features, one by one`, "log-loss", "rows a second"];
  const report = [
    `${machine()}; ${today()}; commit ${commit()}. Trivago's rows, one core, CPU time; load of the machine before the run ${load}.`,
    markdownTable(head, [
      row(`Vowpal Wabbit ${version} ${settings}, from text`, loss, rate(ofText)),
      row("the same, from its cache, after the first pass", loss, rate(ofCache)),
      row("our table of four FTRL, the same constants, slots found before", table.loss, rate(table.perSecond)),
      row("the linear family (six learners), its FTRL with the same constants", family.loss, rate(family.perSecond)),
      row("one FTRL in plain code and 64 bits, the same constants", plain.loss, rate(plain.perSecond)),
      row(
        "the engine as it is, panel and all",
        engine.logLoss!,
        `${rate(count / evaluationSeconds)} with the whole fold`,
      ),
    ]),
    `Difference of log-loss to Vowpal Wabbit: ${(family.loss - loss).toFixed(5)}; to agree is within 0.001.`,
  ].join("\n\n");
  console.log(report);
  writeSection("peers", report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
