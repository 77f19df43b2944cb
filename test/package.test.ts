/** The package as npm installs it: it starts, and its types fit the example of docs/api.md. Slow: it builds, packs and installs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const isWanted = Boolean(process.env.CI || process.env.RUN_PACKAGE_TEST);
const reason = isWanted ? "" : " (skipped: slow; set RUN_PACKAGE_TEST=1 or CI)";

describe.skipIf(!isWanted)(`the packed package${reason}`, () => {
  const folder = isWanted ? mkdtempSync(join(tmpdir(), "liveshelf-package-")) : "";
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  afterAll(() => rmSync(folder, { recursive: true }));

  test("builds, and installs into a project", () => {
    execFileSync(process.execPath, [join(root, "scripts/build.ts")], { cwd: root, stdio: "pipe" });
    const [packed] = JSON.parse(run("npm", "pack", root, "--json", "--ignore-scripts")) as [{ filename: string }];
    writeFileSync(join(folder, "package.json"), '{"name":"shop","private":true,"type":"module"}');
    try {
      run("npm", "install", "--offline", "--no-audit", "--no-fund", packed.filename);
    } catch {
      // Not all that it needs is in npm's cache: unpack it beside the packages of this repository.
      rmSync(join(folder, "node_modules"), { recursive: true, force: true });
      mkdirSync(join(folder, "node_modules"));
      run("tar", "-xzf", packed.filename);
      symlinkSync(join(root, "node_modules"), join(folder, "package/node_modules"));
      symlinkSync(join(folder, "package"), join(folder, "node_modules/liveshelf"));
    }
  });

  test("starts", () => {
    const bin = join(folder, "node_modules/liveshelf/bin/liveshelf.mjs");
    expect(run(process.execPath, bin, "--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("runs in process, as docs/api.md shows it", () => {
    const program = `
      import { createEngine } from "liveshelf";
      const shop = await createEngine({ data: "./shop" });
      await shop.record({ type: "outcome", action: "click", item: "p-7", user: "u-1" });
      const { items } = shop.rank({ items: ["p-1", "p-7"], user: "u-1" });
      console.log(items.length);
      await shop.close();`;
    writeFileSync(join(folder, "program.mjs"), program);
    expect(run(process.execPath, "program.mjs")).toBe("2\n");
  });

  test("has the browser client", () => {
    const program = `
      import { createClient } from "liveshelf/client";
      console.log(await createClient({ server: "/shelf", consent: false }).close());`;
    writeFileSync(join(folder, "client.mjs"), program);
    expect(run(process.execPath, "client.mjs")).toBe("true\n");
  });

  test("has types that fit these examples", () => {
    const program = `
      import { createEngine } from "liveshelf";
      const shop = await createEngine({ data: "./shop" });
      await shop.record({ type: "outcome", action: "click", item: "p-7", user: "u-1" });
      const { items } = shop.search({ query: "scarf", user: "u-1", size: 24 });
      export const first: string | undefined = items[0]?.item;
      await shop.close();`;
    writeFileSync(join(folder, "example.ts"), program);
    const page = `
      import { type Answer, createClient } from "liveshelf/client";
      const shelf = createClient({ server: "/shelf", consent: true });
      export const answer: Answer = await shelf.recommend({ item: "p-1" });`;
    writeFileSync(join(folder, "page.ts"), page);
    const compilerOptions = { ...{ strict: true, module: "nodenext", target: "es2024" }, noEmit: true, types: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["example.ts", "page.ts"] }));
    expect(run(join(root, "node_modules/.bin/tsc"), "-p", ".")).toBe("");
  });
});
