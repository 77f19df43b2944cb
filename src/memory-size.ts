/** How much memory: as settings say it, as people read it, and what the machine has. */
import { totalmem } from "node:os";

const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};
/** What the process takes without a shop: less is no ceiling that it could keep. */
export const leastBytes = 512 * 2 ** 20;

/** What is wrong with a value of `memoryMax`, as the end of a sentence; undefined where nothing is. */
export function memoryFault(value: unknown): string | undefined {
  const machine = machineBytes();
  const bytes = memoryBytes(value, machine);
  if (bytes === undefined) return 'bytes, or a text such as "1 GiB", "800 MB", "50 %"; 0: no ceiling';
  const isShare = String(value).includes("%");
  if (bytes >= leastBytes || (bytes === 0 && !isShare)) return undefined;
  const share = isShare ? ` (that share of this machine's ${sizeText(machine)} is ${sizeText(bytes)})` : "";
  return `0, or at least ${sizeText(leastBytes)}${share}`;
}

/** Bytes of a number, of a size, or of a share of `ofBytes`; undefined where it is none of these. */
export function memoryBytes(value: unknown, ofBytes: number): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? Math.floor(value) : undefined;
  const match = typeof value === "string" ? /^\s*(\d+(?:\.\d+)?)\s*([a-z%]*)\s*$/i.exec(value) : null;
  if (match === null) return undefined;
  const number = Number(match[1]);
  const unit = match[2]!.toLowerCase();
  if (unit === "%") return number <= 100 ? Math.floor((number / 100) * ofBytes) : undefined;
  const scale = unit === "" ? 1 : units[unit];
  return scale === undefined ? undefined : Math.floor(number * scale);
}

/** What the machine has, or the group of processes that this one may take memory with. */
export function machineBytes(): number {
  const group = process.constrainedMemory();
  return group > 0 ? Math.min(group, totalmem()) : totalmem();
}

export const sizeText = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
