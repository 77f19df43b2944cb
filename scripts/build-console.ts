/**
 * `npm run build:console`: the console's files under `console/built/`, which are in the repository so that a server has them without a build;
 * `--check`: writes nothing, and fails where they are not what the sources build to.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = new URL("../console/", import.meta.url).pathname;
const folder = join(root, "built");

/** Path under `console/built/` → bytes. */
async function builtConsole(): Promise<ReadonlyMap<string, Buffer>> {
  // Whoever calls, such as a test, may have said that this is no production.
  process.env.NODE_ENV = "production";
  const made = await build({ configFile: join(root, "vite.config.ts"), build: { write: false } });
  if (!("output" in made)) throw new Error("vite made no output");
  return new Map(
    made.output.map((one) => [one.fileName, Buffer.from(one.type === "chunk" ? one.code : one.source)] as const),
  );
}

interface Difference {
  readonly made: ReadonlyMap<string, Buffer>;
  /** Not there, or not the same. */
  readonly changed: readonly string[];
  /** There, and no longer made. */
  readonly stale: readonly string[];
}

async function difference(): Promise<Difference> {
  const made = await builtConsole();
  const old = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    : [];
  const isSame = (name: string): boolean =>
    old.includes(name) && made.get(name)!.equals(readFileSync(join(folder, name)));
  return {
    made,
    changed: [...made.keys()].filter((name) => !isSame(name)),
    stale: old.filter((name) => !made.has(name)),
  };
}

/** Writes what changed. */
export async function buildConsole(): Promise<void> {
  const { made, changed, stale } = await difference();
  for (const name of changed) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), made.get(name)!);
  }
  for (const name of stale) rmSync(join(folder, name));
  const scripts = [...made].filter(([name]) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, [, code]) => sum + gzipSync(code).length, 0);
  console.log(`${made.size} files, ${changed.length} changed; scripts ${(bytes / 1000).toFixed(1)} kB gzip`);
}

if (import.meta.main) {
  if (process.argv.includes("--check")) {
    const { changed, stale } = await difference();
    for (const name of [...changed, ...stale]) console.error(`console/built/${name} is not what the sources build to.`);
    process.exitCode = changed.length + stale.length > 0 ? 1 : 0;
  } else await buildConsole();
}
