/** The process that starts on a folder: `restarted.ts FOLDER`. */
import { createEngine } from "../../src/engine.ts";
import type { Restarted } from "./restart.ts";

const startMs = performance.now();
const engine = await createEngine({ data: process.argv[2]! });
const readyMs = performance.now();
const answer: Restarted = { readyMs, engineMs: readyMs - startMs, offset: engine.status().offset };
await engine.close();
process.send!(answer, () => process.exit(0));
