/** Runs one benchmark in this process: `child.ts NAME FOLDER [quick]`. */
import { benchmarks } from "./benchmarks.ts";

const [name, folder, quick] = process.argv.slice(2);
const benchmark = benchmarks.find((one) => one.name === name)!;
const measures = await benchmark.run({ folder: folder!, isQuick: quick === "quick" });
process.send!(measures, () => process.exit(0));
