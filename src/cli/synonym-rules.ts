/** Files of synonyms → the rules of one event. What a line means is in the help of `import`. */
import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { LiveshelfError } from "../core/errors.ts";
import type { SynonymsEvent } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import { type OnRefused, type OpenFile, type Sourced, unreadable } from "./source.ts";

type Rule = SynonymsEvent["synonyms"][number];

/** More is no set of synonyms that one event could hold. */
const fileBytesMax = 4 * limits.eventBytesMax;
const arrow = "=>";

/** One event of the rules of all files, which takes the place of all that the shop has; none while any line is refused. */
export async function* synonymEvent(
  files: readonly { path: string; file: OpenFile }[],
  onRefused: OnRefused,
): AsyncGenerator<Sourced[]> {
  const synonyms: unknown[] = [];
  let isRefused = false;
  for (const { path, file } of files) {
    const read = rulesOf(path, await textOf(path, file), (where, code, message) => {
      isRefused = true;
      onRefused(where, code, message);
    });
    synonyms.push(...read);
  }
  if (isRefused) return;
  if (synonyms.length === 0)
    throw new LiveshelfError(
      "FILE_MALFORMED",
      'The files hold no rule. To end all synonyms send {"type":"synonyms","synonyms":[]}.',
    );
  yield [{ event: { type: "synonyms", synonyms }, where: files.map(({ path }) => path).join(", ") }];
}

async function textOf(path: string, file: OpenFile): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file.bytes as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > fileBytesMax)
        throw new LiveshelfError("FILE_MALFORMED", `${path} has more than ${fileBytesMax} bytes; an event holds less.`);
    }
  } catch (error) {
    throw error instanceof LiveshelfError ? error : unreadable(path, error);
  }
  const whole = Buffer.concat(chunks);
  if (!isUtf8(whole)) throw new LiveshelfError("FILE_MALFORMED", `${path} is not valid UTF-8.`);
  return whole.toString().replace(/^\uFEFF/, "");
}

function rulesOf(path: string, text: string, onRefused: OnRefused): unknown[] {
  return /^\s*[[{]/.test(text) ? jsonRules(path, text, onRefused) : csvRules(path, text, onRefused);
}

/** One JSON list of rules, an event, or a rule a line. */
function jsonRules(path: string, text: string, onRefused: OnRefused): unknown[] {
  const whole = parsed(text);
  if (Array.isArray(whole) && whole.every((rule) => typeof rule === "object")) return whole;
  if (isEvent(whole)) return whole.synonyms;
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const rule = parsed(line);
    if (rule === undefined) onRefused(`${path}:${i + 1}`, "EVENT_MALFORMED", "The line is not JSON.");
    return rule === undefined ? [] : [rule];
  });
}

const isEvent = (whole: unknown): whole is { synonyms: unknown[] } =>
  Array.isArray((whole as { synonyms?: unknown } | null | undefined)?.synonyms);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `sofa,couch` two-way; `tv => television, tv set` one-way, from each on its left to all on its right; `#` begins a comment. */
function csvRules(path: string, text: string, onRefused: OnRefused): Rule[] {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parse(text, {
      info: true,
      trim: true,
      comment: "#",
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    onRefused(`${path}:${(error as { lines?: number }).lines ?? "?"}`, "FILE_MALFORMED", error.message);
    return [];
  }
  return rows.flatMap(({ record, info }) => {
    const rules = csvRule(record);
    if (rules.length === 0)
      onRefused(
        `${path}:${info.lines}`,
        "EVENT_MALFORMED",
        `A rule has two words or more, or one on each side of "${arrow}".`,
      );
    return rules;
  });
}

function csvRule(record: readonly string[]): Rule[] {
  const words = (cells: readonly string[]): string[] => cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const at = record.findIndex((cell) => cell.includes(arrow));
  if (at < 0) return words(record).length < 2 ? [] : [words(record)];
  const [left = "", right = "", ...more] = record[at]!.split(arrow);
  const to = words([right, ...record.slice(at + 1)]);
  if (to.length === 0 || more.length > 0) return [];
  return words([...record.slice(0, at), left]).map((from) => ({ from, to }));
}
