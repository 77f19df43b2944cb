/** Data folders that releases left, packed: `scripts/write-fixture.ts` writes one for each. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { brotliDecompressSync } from "node:zlib";

export interface About {
  readonly release: string;
  /** Version of Node that folded it. */
  readonly node: string;
  readonly settings: Readonly<Record<string, number>>;
  /** Offset of its snapshot. */
  readonly snapshot: number;
  /** How many. */
  readonly events: number;
  /** Of all events, each in its {@link canonical} form and a line feed. */
  readonly sha256: string;
  /** Of the state at the log's head. */
  readonly checksum: string;
}

const folder = join(import.meta.dirname, "fixtures");

export const fixtures = (): string[] => readdirSync(folder).sort();

/** Unpacks a fixture into an empty folder. */
export function unpack(fixture: string, into: string): About {
  const packed = join(folder, fixture);
  for (const entry of readdirSync(packed, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !file.endsWith(".br")) continue;
    const place = join(into, relative(packed, file).slice(0, -".br".length));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, brotliDecompressSync(readFileSync(file)));
  }
  return JSON.parse(readFileSync(join(packed, "about.json"), "utf8")) as About;
}

/** JSON with the keys of all objects in order, however they were put in. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
