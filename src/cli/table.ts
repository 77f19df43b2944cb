/** Rows as aligned columns for people: texts on the left, numbers on the right. */
export function table(objects: readonly object[]): string {
  const rows = objects as readonly Readonly<Record<string, unknown>>[];
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [names.map(inWords), ...rows.map((row) => names.map((name) => cell(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const isText = names.map((name) => rows.some((row) => typeof row[name] === "string"));
  const pad = (text: string, column: number): string =>
    isText[column] ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return cells.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}

/** `hitRate` → `hit rate` */
const inWords = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function cell(value: unknown): string {
  if (value === undefined || value === null) return "–";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) && Math.abs(value) >= 2 ? value.toLocaleString("en") : value.toFixed(4);
}
