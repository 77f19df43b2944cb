/** A catalogue as it lies in a file → rows. CSV, JSONL or a list in JSON; a row that cannot be read is named by its line and passed over. */

export interface Row {
  /** In the file, from 1. */
  readonly line: number;
  /** By column; texts of CSV, anything of JSON. */
  readonly cells: readonly unknown[];
}

export type Fault = "quote" | "cells" | "json" | "kind" | "id";

export interface Broken {
  readonly line: number;
  readonly fault: Fault;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly broken: readonly Broken[];
}

type Read = Row | Broken;

/** Longer quoted texts are taken for a quotation mark that was never closed. */
const quotedLengthMax = 65_536;

/** UTF-8, UTF-16 by its mark, else what older programs write: GB 18030 for readers of Chinese, Windows-1252 for others. */
export function decoded(bytes: ArrayBuffer, isChinese: boolean): string {
  const [a, b] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder(isChinese ? "gb18030" : "windows-1252").decode(bytes);
  }
}

/** `turn` is awaited where the page should breathe. */
export async function readTable(text: string, turn: () => Promise<void> | undefined): Promise<Table> {
  const isJson = /^\s*[[{]/.test(text.slice(0, 1000));
  const columns: string[] = [];
  const rows: Row[] = [];
  const broken: Broken[] = [];
  for (const read of isJson ? jsonRows(text, columns) : csvRows(text, columns)) {
    if ("fault" in read) broken.push(read);
    else rows.push(read);
    await turn();
  }
  return { columns, rows, broken };
}

/** The mark that parts the cells of the first line most often. */
function delimiterOf(text: string): string {
  const head = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, "");
  const times = (mark: string): number => head.split(mark).length;
  return [",", ";", "\t", "|"].reduce((best, mark) => (times(mark) > times(best) ? mark : best));
}

function* csvRows(given: string, columns: string[]): Generator<Read> {
  const text = given.includes("\n") ? given : given.replaceAll("\r", "\n");
  const delimiter = delimiterOf(text);
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const start = at;
    const first = line;
    const cells: string[] = [];
    let isBroken = false;
    for (let isOpen = true; isOpen; ) {
      let cell: string;
      if (text[at] === '"') {
        const end = closingQuote(text, at + 1);
        cell = text.slice(at + 1, end).replaceAll('""', '"');
        line += cell.split("\n").length - 1;
        at = end + 1;
        if (text[at] === "\r") at++;
        isBroken = end < 0 || (at < text.length && text[at] !== delimiter && text[at] !== "\n");
        if (isBroken) break;
      } else {
        const from = at;
        while (at < text.length && text[at] !== delimiter && text[at] !== "\n") at++;
        cell = text.slice(from, at);
      }
      cells.push(cell.trim());
      isOpen = text[at] === delimiter;
      at++;
    }
    if (isBroken) {
      // The next line may be whole again.
      const end = text.indexOf("\n", start);
      at = end < 0 ? text.length : end + 1;
      line = first + 1;
      yield { line: first, fault: "quote" };
      continue;
    }
    line++;
    if (cells.every((cell) => cell === "")) continue;
    if (columns.length === 0) columns.push(...cells.map((name, i) => name || `column ${i + 1}`));
    else if (cells.length !== columns.length && cells.slice(columns.length).some((cell) => cell !== ""))
      yield { line: first, fault: "cells" };
    else if (cells.length < columns.length) yield { line: first, fault: "cells" };
    else yield { line: first, cells };
  }
}

/** Below 0 where there is none. */
function closingQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0 || at - from > quotedLengthMax) return -1;
    if (text[at + 1] !== '"') return at;
  }
}

function* jsonRows(text: string, columns: string[]): Generator<Read> {
  const places = new Map<string, number>();
  const row = (value: unknown, line: number): Read => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return { line, fault: "json" };
    // An event as the API takes it, or an item with its fields beside its id.
    const { type = "item", fields, id: _event, ...more } = value as Record<string, unknown>;
    if (type !== "item" && typeof fields === "object") return { line, fault: "kind" };
    const isEvent = typeof fields === "object" && fields !== null;
    const cells: unknown[] = [];
    for (const [name, cell] of Object.entries(isEvent ? { item: more.item, ...fields } : value)) {
      if (!places.has(name)) places.set(name, columns.push(name) - 1);
      cells[places.get(name)!] = cell;
    }
    return { line, cells };
  };
  const whole = /^\s*\[/.test(text.slice(0, 1000)) ? parsed(text) : undefined;
  if (Array.isArray(whole)) {
    for (const [i, value] of whole.entries()) yield row(value, i + 1);
    return;
  }
  let line = 0;
  for (const one of text.split("\n")) {
    line++;
    if (one.trim() !== "") yield row(parsed(one), line);
  }
}

/** Undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
