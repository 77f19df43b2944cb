/** Match weights as a file holds them: written by `train-ranker`, named by the setting `matchWeights`, and the shipped ones alike. */
import { LiveshelfError } from "../core/errors.ts";
import { matchColumns } from "./match-features.ts";

/** One correction: [level] which column, from which value on a row goes right; [2^levels] what is added. */
interface MatchTree {
  readonly columns: readonly string[];
  readonly thresholds: readonly number[];
  readonly values: readonly number[];
}

export interface MatchWeights {
  readonly format: typeof matchWeightsFormat;
  /** What BM25F counts beside the trees; above 0, so that equal values are told apart by it. */
  readonly base: number;
  readonly trees: readonly MatchTree[];
}

export const matchWeightsFormat = "liveshelf-match-weights-1";
/** Levels of one tree, and trees: what 400 items can be scored with in a tenth of a millisecond. */
const levelsMax = 6;
const treesMax = 1000;

const numberPrefix = "number:";
/** The number field that a column names; `undefined` for any other column. */
export const numberColumn = (column: string): string | undefined =>
  column.startsWith(numberPrefix) ? column.slice(numberPrefix.length) : undefined;
export const columnOfNumber = (field: string): string => numberPrefix + field;

/** Reads a file's text. Throws CONFIG_INVALID at `/matchWeights` that says what is wrong with it; `where`: its name. */
export function parseMatchWeights(text: string, where: string): MatchWeights {
  const wrong = (what: string): never => {
    throw new LiveshelfError(
      "CONFIG_INVALID",
      `${where} holds no match weights as train-ranker writes them: ${what}.`,
      "/matchWeights",
    );
  };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    wrong("it is not JSON");
  }
  if (!isRecord(read)) return wrong("it is not an object");
  if (read.format !== matchWeightsFormat) return wrong(`its format is not "${matchWeightsFormat}"`);
  if (!isNumber(read.base) || read.base <= 0) return wrong('"base" is not a number above 0');
  if (!Array.isArray(read.trees) || read.trees.length > treesMax)
    return wrong(`"trees" is not a list of at most ${treesMax}`);
  read.trees.forEach((tree: unknown, t) => {
    const fault = faultOf(tree);
    if (fault !== undefined) wrong(`tree ${t} ${fault}`);
  });
  return read as unknown as MatchWeights;
}

function faultOf(tree: unknown): string | undefined {
  if (!isRecord(tree)) return "is not an object";
  const { columns, thresholds, values } = tree;
  if (!Array.isArray(columns) || columns.length < 1 || columns.length > levelsMax)
    return `does not have 1 to ${levelsMax} columns`;
  const unknown = columns.find((name) => !isColumn(name));
  if (unknown !== undefined) return `asks for the column ${JSON.stringify(unknown)}, which there is not`;
  if (!isNumbers(thresholds, columns.length)) return `does not have ${columns.length} thresholds`;
  if (!isNumbers(values, 2 ** columns.length)) return `does not have ${2 ** columns.length} values`;
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isNumbers = (value: unknown, length: number): boolean =>
  Array.isArray(value) && value.length === length && value.every(isNumber);
const isColumn = (name: unknown): boolean =>
  typeof name === "string" && ((matchColumns as readonly string[]).includes(name) || (numberColumn(name) ?? "") !== "");
