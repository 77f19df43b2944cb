/**
 * Writes `test/fixtures/release-VERSION/`: a small data folder as this release leaves it, log and one snapshot of some way before
 * its head. The tests of all later releases open it; write it once for each release, as the last thing before it.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { version } from "../src/core/version.ts";
import { createEngine } from "../src/engine.ts";
import { type About, canonical } from "../test/fixture.ts";
import { Life } from "../test/random-life.ts";

const pages = 60;
const settings = { tickMs: 0, snapshotEvery: 1_000_000 };
const target = join(import.meta.dirname, "../test/fixtures", `release-${version}`);
const data = mkdtempSync(join(tmpdir(), "fixture-"));
try {
  const life = new Life("fixture", { items: 40, shoppers: 6 });
  const engine = await createEngine({ ...settings, data, clock: { nowMs: () => life.nowMs } });
  await life.begin(engine);
  for (let page = 0; page < pages; page++) await life.step(engine);
  const snapshot = await engine.snapshot();
  for (let page = 0; page < pages; page++) await life.step(engine);
  engine.tick();
  await engine.record([]);
  const events = [...engine.events()].map(({ event }) => event);
  const hash = createHash("sha256");
  for (const event of events) hash.update(`${canonical(event)}\n`);
  const about: About = {
    ...{ release: version, node: process.version, settings, snapshot },
    ...{ events: events.length, sha256: hash.digest("hex"), checksum: engine.checksum() },
  };
  await engine.close();

  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "about.json"), `${JSON.stringify(about, undefined, 2)}\n`);
  let bytes = 0;
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/^data\.mdb$|\.snapshot$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const packed = brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } });
    const place = join(target, `${relative(data, file)}.br`);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, packed);
    bytes += packed.length;
    console.log(`${relative(data, file)}: ${packed.length} bytes`);
  }
  console.log(`${events.length} events, snapshot at ${snapshot}, ${bytes} bytes in ${target}`);
} finally {
  rmSync(data, { recursive: true, force: true });
}
