/** `npm run build`: dist from nothing, then what npm and TypeScript users would see is checked. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { buildClient, declareClient } from "./build-client.ts";
import { buildConsole } from "./build-console.ts";

const root = new URL("..", import.meta.url).pathname;
const bin = (name: string): string => join(root, "node_modules/.bin", name);

function run(name: string, ...args: string[]): void {
  console.log(`> ${name} ${args.join(" ")}`);
  const { status } = spawnSync(bin(name), args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(join(root, "dist"), { recursive: true, force: true });
run("tsc", "-p", "tsconfig.build.json");
console.log("> the browser client");
await buildClient();
declareClient();
console.log("> the console");
await buildConsole();
run("publint", "--strict");
run("attw", "--pack", ".", "--profile", "esm-only");

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function size(path: string): number {
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info?.isDirectory()) return info?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0);
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}
const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), "utf8"));
/** Folders of all packages that `npm install liveshelf` brings on this machine; none lies inside another of them. */
const runtime = Object.entries((read("package-lock.json") as Lock).packages)
  .filter(([folder, { dev }]) => folder !== "" && !dev && existsSync(join(root, folder)))
  .map(([folder]) => folder);
const outermost = runtime.filter((folder) => !runtime.some((other) => folder.startsWith(`${other}/`)));
const ownBytes = (read("package.json") as { files: string[] }).files.reduce(
  (sum, name) => sum + size(join(root, name)),
  0,
);
const allBytes = outermost.reduce((sum, folder) => sum + size(join(root, folder)), ownBytes);
console.log(
  `installed size ${megabytes(allBytes)} in ${runtime.length + 1} packages, ${megabytes(ownBytes)} of it our own`,
);
