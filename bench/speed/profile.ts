/** Where the time went: the functions with the largest self time of the .cpuprofile files in a folder. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

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
    micros.delete("(idle)");
    const total = [...micros.values()].reduce((sum, one) => sum + one, 0);
    const sorted = [...micros].sort((a, b) => b[1] - a[1]).slice(0, count);
    const percent = (part: number): string => `${((100 * part) / total).toFixed(1).padStart(5)} %`;
    return [
      `process or thread with ${(total / 1e6).toFixed(1)} s busy`,
      ...sorted.map(([name, part]) => `${percent(part)}  ${name}`),
    ];
  });
}

function functionName({ functionName, url, lineNumber }: Profile["nodes"][number]["callFrame"]): string {
  const place = url.replace(/^.*\/(src|bench|node_modules)\//, "$1/");
  return `${functionName || "(anonymous)"}${place === "" ? "" : `  ${place}:${lineNumber + 1}`}`;
}
