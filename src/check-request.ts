/**
 * What callers in the same process may ask: the same as over HTTP, where schemas have said it already. A request that passes can be
 * answered, and its answer can be logged and folded again.
 */

import { LiveshelfError } from "./core/errors.ts";
import { limits } from "./core/limits.ts";
import { ownName } from "./core/other-names.ts";
import { describe, parseContext, parseQuery, parseSearched } from "./core/parse-event.ts";
import type { RankRequest, RecommendRequest, SearchRequest, SuggestRequest } from "./core/public.ts";
import { nearest } from "./nearest.ts";

type Check = (given: unknown, at: string) => void;
type Checks<Request> = { readonly [Key in keyof Required<Request>]: Check };

function refuse(at: string, wanted: string, given: unknown): never {
  throw new LiveshelfError("REQUEST_MALFORMED", `"${at.slice(1)}" must be ${wanted}; it is ${describe(given)}.`, at);
}

function refuseUnknown(key: string, known: readonly string[], at = ""): never {
  const name = key.slice(0, limits.nameLengthMax).toWellFormed();
  const message = `There is no "${name}" here; the nearest is "${ownName(name, known) ?? nearest(name, known)}".`;
  throw new LiveshelfError("REQUEST_MALFORMED", message, `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

const isText = (given: unknown, lengthMax: number): boolean =>
  typeof given === "string" && given !== "" && given.length <= lengthMax && given.isWellFormed();
const text =
  (lengthMax: number): Check =>
  (given, at) =>
    isText(given, lengthMax) || refuse(at, `a well-formed text of 1 to ${lengthMax} characters`, given);
const id = text(limits.idLengthMax);
/** Any text, an empty one too: names of fields, and what was typed. */
const asText =
  (lengthMax: number): Check =>
  (given, at) =>
    (typeof given === "string" && given.length <= lengthMax) ||
    refuse(at, `a text${Number.isFinite(lengthMax) ? ` of at most ${lengthMax} characters` : ""}`, given);
const wholeNumber =
  (min: number, max: number): Check =>
  (given, at) =>
    (Number.isInteger(given) && (given as number) >= min && (given as number) <= max) ||
    refuse(at, `a whole number from ${min} to ${max}`, given);
/** Of “:desc” after a field's name. */
const directionLength = 5;
const isTrueOrFalse: Check = (given, at) => typeof given === "boolean" || refuse(at, "true or false", given);

/** As the log's own check of what a slate says, with the codes of a request. */
const asLogged =
  (parse: (given: unknown, at: string) => unknown): Check =>
  (given, at) => {
    try {
      parse(given, at);
    } catch (error) {
      if (!(error instanceof LiveshelfError)) throw error;
      throw new LiveshelfError("REQUEST_MALFORMED", error.message, error.at);
    }
  };

function list(
  given: unknown,
  at: string,
  check: (one: unknown, i: number) => void,
  most: number = limits.candidatesMax,
): void {
  if (!Array.isArray(given)) refuse(at, "a list", given);
  if (given.length > most) refuse(at, `a list of at most ${most} entries`, given.length);
  for (let i = 0; i < given.length; i++) check(given[i], i);
}

const candidateKeys = ["item", "match"];

function checkCandidate(given: unknown, i: number): void {
  if (isText(given, limits.idLengthMax)) return;
  if (typeof given !== "object" || given === null) return void id(given, `/items/${i}`);
  const { item, match } = given as { item?: unknown; match?: unknown };
  if (!isText(item, limits.idLengthMax)) id(item, `/items/${i}/item`);
  if (match !== undefined && !Number.isFinite(match)) refuse(`/items/${i}/match`, "a finite number", match);
  for (const key in given) if (key !== "item" && key !== "match") refuseUnknown(key, candidateKeys, `/items/${i}`);
}

const context = asLogged(parseContext);

const ofAsker = {
  user: id,
  session: id,
  surface: text(limits.nameLengthMax),
  context: (given, at) => (given === null ? refuse(at, "an object", given) : context(given, at)),
  size: wholeNumber(1, limits.sizeMax),
  explain: isTrueOrFalse,
  observe: isTrueOrFalse,
  consent: isTrueOrFalse,
  // Nothing left is no fault of the request.
  timeoutMs: (given, at) => Number.isFinite(given) || refuse(at, "a finite number", given),
} satisfies Record<string, Check>;

const query = asLogged(parseQuery);
const searched = asLogged(parseSearched);

const ofRank: Checks<RankRequest> = {
  ...ofAsker,
  items: (given, at) => list(given, at, checkCandidate),
  query: (given, at) => (typeof given === "string" && given.length <= limits.queryLengthMax) || query(given, at),
  ordered: isTrueOrFalse,
};
const ofRecommend: Checks<RecommendRequest> = {
  ...ofAsker,
  item: id,
  // The catalogue reads rules and says what is wrong with one: it knows the fields.
  filters: () => {},
  exclude: (given, at) => list(given, at, (one, i) => isText(one, limits.idLengthMax) || id(one, `${at}/${i}`)),
};

const ofFacet: Readonly<Record<string, Check>> = {
  field: asText(limits.idLengthMax),
  query: asText(limits.queryLengthMax),
  size: wholeNumber(1, limits.facetValuesMax),
};

function checkFacet(given: unknown, at: string): void {
  if (typeof given === "string") return void ofFacet.field!(given, at);
  if (typeof given !== "object" || given === null || Array.isArray(given)) refuse(at, "a field's name", given);
  if ((given as Record<string, unknown>).field === undefined) refuse(`${at}/field`, "a field's name", undefined);
  for (const [key, one] of Object.entries(given)) {
    if (!Object.hasOwn(ofFacet, key)) refuseUnknown(key, Object.keys(ofFacet), at);
    if (one !== undefined) ofFacet[key]!(one, `${at}/${key}`);
  }
}

// Which fields there are, and what can be done with them, the catalogue says.
const ofSearch: Checks<SearchRequest> = {
  ...ofAsker,
  query: (given, at) => typeof given === "string" || searched(given, at),
  filters: () => {},
  facets: (given, at) => list(given, at, (one, i) => checkFacet(one, `${at}/${i}`), limits.facetsMax),
  size: wholeNumber(0, limits.sizeMax),
  sort: asText(limits.idLengthMax + directionLength),
  from: wholeNumber(0, limits.pagedMax),
  slate: id,
  group: asText(limits.idLengthMax),
  highlight: isTrueOrFalse,
};
const ofSuggest: Checks<SuggestRequest> = {
  q: asText(Number.POSITIVE_INFINITY),
  user: id,
  session: id,
  size: wholeNumber(1, limits.completionsMax),
  consent: isTrueOrFalse,
};

/** Throws REQUEST_MALFORMED, naming the place and the nearest known name. */
export const checkRank = (request: RankRequest): void => check(request, ofRank, ["items"]);
export const checkRecommend = (request: RecommendRequest): void => check(request, ofRecommend, []);
export const checkSearch = (request: SearchRequest): void => check(request, ofSearch, []);
export const checkSuggest = (request: SuggestRequest): void => check(request, ofSuggest, ["q"]);
/** Of a call that is about one user. */
export const checkUser = (user: unknown): void => id(user, "/user");

function check(request: unknown, checks: Readonly<Record<string, Check>>, needed: readonly string[]): void {
  if (typeof request !== "object" || request === null || Array.isArray(request))
    throw new LiveshelfError("REQUEST_MALFORMED", `A request is an object, not ${describe(request)}.`);
  for (const key of needed) {
    if ((request as Record<string, unknown>)[key] === undefined)
      throw new LiveshelfError("REQUEST_MALFORMED", `"${key}" is missing.`, `/${key}`);
  }
  for (const [key, given] of Object.entries(request)) {
    if (!Object.hasOwn(checks, key)) refuseUnknown(key, Object.keys(checks));
    if (given !== undefined) checks[key]!(given, `/${key}`);
  }
}
