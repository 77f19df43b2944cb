/** Where the time went while something was measured: the functions of this thread with the largest self time. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import type { Setting } from "./benchmark.ts";

const sampleMicros = 250;

/** What `work` gives; its profile is written where profiles are wanted. */
export async function profiled<T>({ profiles }: Setting, name: string, work: () => T | Promise<T>): Promise<T> {
  if (profiles === undefined) return work();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: sampleMicros });
  await session.post("Profiler.start");
  const result = await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  writeFileSync(join(profiles, `${name}.cpuprofile`), JSON.stringify(profile));
  return result;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** µs since the sample before. */
  readonly timeDeltas: readonly number[];
}

export function selfTimes(folder: string, count: number): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  return files.flatMap((file) => {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Profile;
    const names = new Map(nodes.map(({ id, callFrame }) => [id, functionName(callFrame)]));
    const micros = new Map<string, number>();
    samples.forEach((id, i) => {
      const name = names.get(id)!;
      micros.set(name, (micros.get(name) ?? 0) + timeDeltas[i]!);
    });
    for (const name of micros.keys()) if (name === "(idle)" || name.includes("node:inspector")) micros.delete(name);
    const total = [...micros.values()].reduce((sum, one) => sum + one, 0);
    const sorted = [...micros].sort((a, b) => b[1] - a[1]).slice(0, count);
    const percent = (part: number): string => `${((100 * part) / total).toFixed(1).padStart(5)} %`;
    return [
      `${file}: ${(total / 1e6).toFixed(1)} s busy`,
      ...sorted.map(([name, part]) => `${percent(part)}  ${name}`),
    ];
  });
}

function functionName({ functionName, url, lineNumber }: Profile["nodes"][number]["callFrame"]): string {
  const place = url.replace(/^.*\/(src|bench|node_modules)\//, "$1/");
  return `${functionName || "(anonymous)"}${place === "" ? "" : `  ${place}:${lineNumber + 1}`}`;
}
