/** Three times what the real process can take: what becomes of those who are let in, who is refused, and whether anything is lost. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createEngine } from "../../src/engine.ts";
import { type Benchmark, type Measure, percentile, type Setting } from "./benchmark.ts";
import { kinds, type OverloadPlan, type OverloadResult, type PhaseResult } from "./overload-plan.ts";
import { inChild } from "./processes.ts";
import { warmShop } from "./warm-shop.ts";

const rounds = 3;
const [serverCore, clientCore] = [0, 1];

/** The command kept to one core, where that can be said. */
function onCore(core: number, command: readonly string[]): readonly string[] {
  const isThere = spawnSync("taskset", ["--version"]).status === 0;
  return isThere ? ["taskset", "-c", String(core), ...command] : command;
}

/** The real process; resolves with its address once it serves. */
async function serve(data: string): Promise<{ server: ChildProcess; address: string }> {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const [command, ...rest] = onCore(serverCore, [process.execPath, main, "serve", "--data", data, "--port", "0"]);
  const server = spawn(command!, rest, { stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => server.kill("SIGKILL"));
  for await (const line of createInterface(server.stdout)) {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address !== undefined) return { server, address };
  }
  throw new Error("the server ended before it listened");
}

async function round(setting: Setting, ranks: OverloadPlan["ranks"], number: number): Promise<OverloadResult> {
  const { server, address } = await serve(setting.folder);
  const seconds = setting.isQuick ? 2 : 20;
  const plan: OverloadPlan = {
    address,
    idPrefix: `overload-${number}`,
    ranks,
    seconds,
    unloadedShare: 0.2,
    overloadTimes: 3,
  };
  // The load process inherits the core from the one that starts it.
  spawnSync("taskset", ["-cp", String(clientCore), String(process.pid)]);
  const limitMs = (seconds * 4 + 60) * 1000;
  const result = await inChild<OverloadResult>({ file: "overload-load.ts", execArgv: [], message: plan, limitMs });
  server.kill("SIGTERM");
  const [code] = await once(server, "exit");
  if (code !== 0) throw new Error(`the server ended with ${code}`);
  return result;
}

/** How many of the acknowledged events are not exactly once in the log, as the next start finds it. */
async function lost(folder: string, acknowledged: readonly string[]): Promise<number> {
  const engine = await createEngine({ data: folder, readOnly: true });
  const times = new Map<string, number>();
  for (const { event } of engine.events())
    if (event.id !== undefined) times.set(event.id, (times.get(event.id) ?? 0) + 1);
  await engine.close();
  return acknowledged.filter((id) => times.get(id) !== 1).length;
}

const median = (values: readonly number[]): number => percentile(Float64Array.from(values).sort(), 0.5);
const refusedShare = ({ refused, answered }: PhaseResult["user"]): number => refused / Math.max(1, refused + answered);

function report(result: OverloadResult): void {
  const { capacity, offered, unloaded, overload, recoverySeconds } = result;
  console.error(
    `capacity ${capacity.toFixed(0)}/s, offered ${offered.toFixed(0)}/s, normal after ${recoverySeconds.toFixed(2)} s`,
  );
  for (const kind of kinds) {
    const [before, under] = [unloaded[kind], overload[kind]];
    const share = (100 * refusedShare(under)).toFixed(1);
    console.error(
      `  ${kind.padEnd(9)} unloaded p50 ${before.p50.toFixed(1)} p99 ${before.p99.toFixed(1)} ms, refused ${before.refused}; at three times ${under.perSecond.toFixed(0)}/s p50 ${under.p50.toFixed(1)} p99 ${under.p99.toFixed(1)} ms, refused ${share} %, failed ${under.failed}`,
    );
  }
}

export const overload: Benchmark = {
  name: "overload",
  limitMs: 600_000,
  async run(setting) {
    const { engine, ranks } = await warmShop(setting, setting.folder);
    await engine.close();
    const results: OverloadResult[] = [];
    let lostEvents = 0;
    for (let i = 0; i < (setting.isQuick ? 1 : rounds); i++) {
      const result = await round(setting, ranks, i);
      report(result);
      lostEvents += await lost(setting.folder, result.acknowledged);
      results.push(result);
    }
    const over = (read: (result: OverloadResult) => number): number => median(results.map(read));
    const measures: Measure[] = [
      {
        what: "overload: capacity, mixed lists and events, one core",
        value: over(({ capacity }) => capacity),
        unit: "/s",
        isRate: true,
      },
      { what: "overload: offered", value: over(({ offered }) => offered), unit: "/s", isRate: true },
    ];
    for (const kind of kinds) {
      const what = `overload: ${kind}`;
      measures.push(
        { what: `${what}, unloaded p99`, value: over(({ unloaded }) => unloaded[kind].p99), unit: "ms" },
        { what: `${what}, accepted`, value: over(({ overload: at }) => at[kind].perSecond), unit: "/s", isRate: true },
        {
          what: `${what}, p99 of the accepted over unloaded`,
          value: over((one) => one.overload[kind].p99 / one.unloaded[kind].p99),
          unit: "",
          hold: 3,
        },
        { what: `${what}, refused share`, value: over(({ overload: at }) => refusedShare(at[kind])), unit: "" },
      );
    }
    return [
      ...measures,
      {
        what: "overload: normal again after",
        value: over(({ recoverySeconds }) => recoverySeconds),
        unit: "s",
        hold: 1,
      },
      { what: "overload: acknowledged events lost or doubled", value: lostEvents, unit: "", hold: 0 },
    ];
  },
};
