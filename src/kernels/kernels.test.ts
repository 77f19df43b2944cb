import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KernelMemory } from "./kernel-memory.ts";

const root = join(import.meta.dirname, "../..");
const names = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

test("every kernel has its source, its compiled text, its twin and a test that compares them", () => {
  const kernels = names("assembly", ".ts");
  expect(names("src/kernels", ".wasm.ts")).toEqual(kernels);
  const files = readdirSync(import.meta.dirname);
  for (const name of kernels) expect(files).toEqual(expect.arrayContaining([`${name}.ts`, `${name}.test.ts`]));
});

test("every compiled kernel is what its source compiles to", { timeout: 300_000 }, async () => {
  const script = join(root, "scripts/build-kernels.ts");
  for (const name of names("assembly", ".ts")) {
    const compile = `import { compiled } from ${JSON.stringify(script)}; process.stdout.write(compiled(${JSON.stringify(name)}));`;
    const text = execFileSync(process.execPath, ["--input-type=module", "-e", compile], { encoding: "utf8" });
    const kept = (await import(`./${name}.wasm.ts`)) as Record<string, string>;
    expect(kept[`${name}Wasm`] === text, `${name}: npm run build:kernels ${name}`).toBe(true);
  }
});

test("kernels use no instruction whose result differs between processors", async () => {
  for (const name of names("assembly", ".ts")) {
    const [text] = Object.values((await import(`./${name}.wasm.ts`)) as Record<string, string>);
    expect(isRelaxed(Buffer.from(text!, "base64")), name).toBe(false);
  }
});

/** True where the bytes hold an instruction of relaxed SIMD: 0xfd and a number from 0x100 to 0x114, as LEB128. */
function isRelaxed(bytes: Buffer): boolean {
  return bytes.some((byte, i) => byte === 0xfd && bytes[i + 1]! >= 0x80 && bytes[i + 1]! <= 0x94 && bytes[i + 2] === 2);
}

test("memory is given in cache lines, zeroed, until there is no more; a stretch follows its memory's growth", () => {
  const memory = new KernelMemory(100);
  const first = memory.take(10);
  const second = memory.take(200_000);
  expect([first % 64, second % 64, second - first]).toEqual([0, 0, 64]);
  expect(memory.floats(second, 50_000).every((value) => value === 0)).toBe(true);
  const before = memory.buffer;
  expect(memory.take(2 ** 33)).toBe(-1);
  expect(memory.buffer).toBe(before);
  expect(memory.take(64)).toBeGreaterThan(second);
});
