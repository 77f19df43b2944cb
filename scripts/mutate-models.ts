/**
 * `npm run mutate -- [--only TEXT] [--tests FILE]…`: plants one fault at a time in the gradient or update of a model or kernel, in a copy of the sources,
 * and says which test of `src/models` and `src/kernels` catches it. Ends with code 1 where one is not caught.
 */
import "./node-version.mjs";
import { parseArgs } from "node:util";
import { faults } from "../test/mutations/faults.ts";
import { Copy } from "../test/mutations/planting.ts";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, tests: { type: "string", multiple: true } },
});
const chosen = faults.filter((fault) => `${fault.in}: ${fault.name} (${fault.file})`.includes(values.only));
const copy = new Copy();
try {
  const lost = chosen.filter((fault) => !copy.hasPlace(fault)).map(({ in: room, name }) => `${room}: ${name}`);
  if (lost.length > 0) throw new Error(`The sources have changed where these belong:\n${lost.join("\n")}`);
  const { by: already } = await copy.test(values.tests);
  if (already !== undefined) throw new Error(`Without any fault, a test fails: ${already}`);
  let caught = 0;
  for (const fault of chosen) {
    const { by } = await copy.try(fault, values.tests);
    if (by !== undefined) caught++;
    console.log(`${fault.in}: ${fault.name}: ${by === undefined ? "NOT CAUGHT" : `caught by “${by}”`}`);
  }
  console.log(`${caught} of ${chosen.length} faults caught`);
  if (caught < chosen.length) process.exitCode = 1;
} finally {
  copy.remove();
}
