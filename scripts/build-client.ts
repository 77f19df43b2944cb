/**
 * The browser client, one file as a module and one for a plain script tag. What it makes is in the repository, so that
 * `serve` hands it out after `npm ci` alone; a test builds it again.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "vite";

const root = new URL("..", import.meta.url).pathname;
const built = join(root, "client/built");

/** Names of the files that it writes. */
export const clientFiles = { module: "client.js", script: "client.global.js" } as const;

export async function buildClient(folder = built): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: "warn",
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      lib: {
        entry: join(root, "client/client.ts"),
        name: "Liveshelf",
        formats: ["es", "iife"],
        fileName: (format) => (format === "es" ? clientFiles.module : clientFiles.script),
      },
      minify: true,
      // A module's spaces too.
      rolldownOptions: { output: { minify: true } },
    },
  });
}

/** `*.d.ts` for those who import it. */
export function declareClient(): void {
  const tsc = join(root, "node_modules/.bin/tsc");
  const options = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", join(root, "client")];
  const args = ["-p", join(root, "client"), ...options, "--outDir", join(root, "dist/client")];
  if (spawnSync(tsc, args, { stdio: "inherit" }).status !== 0) throw new Error("tsc found faults in client/.");
}

if (import.meta.main) await buildClient();
