/** Runs one benchmark in this process: `child.ts NAME FOLDER quick|full [PROFILES]`. */
import { benchmarks } from "./benchmarks.ts";

const [name, folder, scale, profiles] = process.argv.slice(2);
const benchmark = benchmarks.find((one) => one.name === name)!;
const measures = await benchmark.run({
  folder: folder!,
  isQuick: scale === "quick",
  ...(profiles === undefined ? {} : { profiles }),
});
process.send!(measures, () => process.exit(0));
