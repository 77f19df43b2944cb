/** `npm run build:kernels`: compiles `assembly/*.ts` (AssemblyScript) to WebAssembly, kept in `src/kernels/*.wasm.ts` so that users need no compiler. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const compiler = join(root, "node_modules/assemblyscript/bin/asc.js");

/** No relaxed SIMD: what is folded must have the same bits on every processor. */
const options = ["-O3", "--runtime", "stub", "--importMemory", "--enable", "simd", "--noAssert"];

export const kernelNames = (): string[] =>
  readdirSync(join(root, "assembly"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replace(/\.ts$/, ""));

/** The compiled kernel as base64. */
export function compiled(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "liveshelf-kernel-"));
  try {
    const out = join(folder, "out.wasm");
    execFileSync(process.execPath, [compiler, join(root, "assembly", `${name}.ts`), "-o", out, ...options]);
    return readFileSync(out).toString("base64");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  for (const name of asked.length > 0 ? asked : kernelNames()) {
    const text = compiled(name);
    const about = `/** Made from assembly/${name}.ts by \`npm run build:kernels\`; not to be edited. */`;
    writeFileSync(join(root, "src/kernels", `${name}.wasm.ts`), `${about}\nexport const ${name}Wasm =\n  "${text}";\n`);
    console.log(`${name}: ${Math.round((text.length * 3) / 4)} bytes`);
  }
}
