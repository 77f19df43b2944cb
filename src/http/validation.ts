/** Checks what callers send by compiled schemas; a refusal names the place, what was expected, and the nearest known name. */
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { ownName } from "../core/other-names.ts";
import { describe } from "../core/parse-event.ts";
import { nearest } from "../nearest.ts";

interface Problem {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly params: object;
}

/** A schema as plain JSON, to be read for messages. */
interface Plain {
  readonly type?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Plain[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

interface Most {
  readonly name: string;
  readonly maxItems: number | undefined;
  readonly maxProperties: number | undefined;
  readonly schemaPath: string;
}

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  // Headers are described for the reference; all come as text, and who reads one checks it.
  if (httpPart === "headers") return (value) => ({ value });
  const validator = Compile(schema);
  const mosts = mostsOf(schema);
  return (given) => {
    const value = httpPart === "querystring" ? fromText(schema, given) : given;
    const problems = tooLong(mosts, value);
    if (problems === undefined && validator.Check(value)) return { value };
    return { error: refusal(schema, httpPart ?? "request", value, problems ?? validator.Errors(value)) };
  };
};

/** Numbers and booleans of a query string, which come as text, as what they are. */
function fromText(schema: Plain, given: unknown): unknown {
  const value: Record<string, unknown> = { ...(given as Readonly<Record<string, unknown>>) };
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const text = value[name];
    const { type } = field as Plain;
    if (type === "integer" && typeof text === "string" && /^-?\d{1,15}$/.test(text)) value[name] = Number(text);
    if (type === "boolean" && (text === "true" || text === "false")) value[name] = text === "true";
  }
  return value;
}

function refusal(schema: TSchema, part: string, value: unknown, problems: readonly Problem[]): LiveshelfError {
  const problem = mostTelling(schema, problems);
  if (problem === undefined || value === undefined) {
    return new LiveshelfError("REQUEST_MALFORMED", `The ${part} is missing: send a JSON object.`);
  }
  const { at, message } = explained(schema, part, value, problem);
  return new LiveshelfError(at.startsWith("/filters/") ? "FILTER_MALFORMED" : "REQUEST_MALFORMED", message, at);
}

/** How much each field of a schema may hold, where it says so. */
function mostsOf(schema: TSchema): Most[] {
  return Object.entries((schema as Plain).properties ?? {}).flatMap(([name, field]) => {
    const choice = (field as Plain).anyOf;
    return (choice ?? [field as Plain]).flatMap(({ maxItems, maxProperties }, i): Most[] => {
      if (maxItems === undefined && maxProperties === undefined) return [];
      const schemaPath = `#/properties/${name}${choice === undefined ? "" : `/anyOf/${i}`}`;
      return [{ name, maxItems, maxProperties, schemaPath }];
    });
  });
}

/** The first field that holds more than its schema allows: looking at a million entries one by one takes seconds. */
function tooLong(mosts: readonly Most[], value: unknown): readonly Problem[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const { name, maxItems, maxProperties, schemaPath } of mosts) {
    const given: unknown = Object.hasOwn(value, name) ? value[name as keyof typeof value] : undefined;
    if (typeof given !== "object" || given === null) continue;
    const isList = Array.isArray(given);
    const most = isList ? maxItems : maxProperties;
    if (most === undefined || (isList ? given : Object.keys(given)).length <= most) continue;
    return [{ keyword: isList ? "maxItems" : "maxProperties", schemaPath, instancePath: `/${name}`, params: {} }];
  }
  return undefined;
}

/** Of the branches of a choice the caller meant the one that got furthest: an unknown name, else the deepest place. */
function mostTelling(schema: TSchema, problems: readonly Problem[]): Problem | undefined {
  const depth = ({ instancePath }: Problem): number => instancePath.split("/").length;
  const unknown = problems.find(
    (one) => one.keyword === "additionalProperties" && !names(schema, one.schemaPath).includes(unknownName(one)),
  );
  const real = problems.filter((one) => one.keyword !== "boolean" && one.keyword !== "additionalProperties");
  const deepest = Math.max(...real.map(depth));
  const there = real.filter((one) => depth(one) === deepest);
  const tooMany = there.find((one) => one.keyword === "maxItems" || one.keyword === "maxProperties");
  const missing = there.find((one) => one.keyword === "required");
  return unknown ?? tooMany ?? missing ?? there.find((one) => one.keyword === "anyOf") ?? there[0];
}

function explained(schema: TSchema, part: string, value: unknown, problem: Problem): { at: string; message: string } {
  const expected = resolve(schema, problem.schemaPath) as Plain;
  const place = problem.instancePath;
  const given = resolve(value, place);
  const subject = place === "" ? `The ${part}` : `"${place.slice(1)}"`;
  switch (problem.keyword) {
    case "additionalProperties": {
      const name = unknownName(problem);
      const known = names(schema, problem.schemaPath);
      const mend =
        known.length === 0 ? "leave it out." : `the nearest is "${ownName(name, known) ?? nearest(name, known)}".`;
      return { at: `${place}/${escaped(name)}`, message: `There is no "${name}" here; ${mend}` };
    }
    case "required": {
      const name = (problem.params as { requiredProperties: string[] }).requiredProperties[0]!;
      return { at: `${place}/${escaped(name)}`, message: `"${name}" is missing.` };
    }
    case "maxItems": {
      const length = (given as unknown[]).length;
      return { at: place, message: `${subject} has at most ${expected.maxItems} entries; this one has ${length}.` };
    }
    case "maxProperties":
      return { at: place, message: `${subject} has at most ${expected.maxProperties} keys.` };
    default:
      return { at: place, message: `${subject} must be ${inWords(expected)}; it is ${describe(given)}.` };
  }
}

/** Cut where it is longer than any name. */
const unknownName = (problem: Problem): string =>
  (problem.params as { additionalProperties: string[] }).additionalProperties[0]!.slice(0, limits.nameLengthMax);

/** Names that the object, or another branch of the same choice, knows. */
function names(schema: TSchema, schemaPath: string): string[] {
  const choice = /^(.*)\/anyOf\/\d+$/.exec(schemaPath)?.[1];
  const branches = choice === undefined ? [resolve(schema, schemaPath)] : (resolve(schema, choice) as Plain).anyOf!;
  return branches.flatMap((branch) => Object.keys((branch as Plain).properties ?? {}));
}

/** What a JSON pointer (with or without `#`) leads to. */
function resolve(from: unknown, pointer: string): unknown {
  let at = from;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at =
      typeof at === "object" && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined;
  }
  return at;
}

const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

function inWords(schema: Plain | undefined): string {
  if (schema === undefined) return "something else";
  if (schema.anyOf) return [...new Set(schema.anyOf.map(inWords))].filter((one) => one !== "null").join(" or ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  switch (schema.type) {
    case "string":
      return `a text${schema.minLength ? " that is not empty" : ""}${schema.maxLength ? ` (at most ${schema.maxLength} characters)` : ""}`;
    case "integer":
      return `a whole number${(schema.maximum ?? 1e9) < 1e9 ? ` from ${schema.minimum} to ${schema.maximum}` : ""}`;
    case "boolean":
      return "true or false";
    case "array":
      return "a list";
    case "null":
      return "null";
    default:
      return schema.type === "number" ? "a number" : "an object";
  }
}
