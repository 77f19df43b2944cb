import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonFault } from "./json-fault.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test("what JSON.parse takes has no fault, and what it refuses has one", () => {
  const pieces = fc.constantFrom(...'{}[]:,"\\-+.e019ax \n\t', '"a"', "true", "null", "\\u00e9", "1.5", '{"a":', "[1,");
  const nearly = fc.array(pieces, { maxLength: 12 }).map((some) => some.join(""));
  fc.assert(fc.property(nearly, (text) => (jsonFault(text) === undefined) === isJson(text)));
  fc.assert(fc.property(fc.json(), (text) => jsonFault(text) === undefined));
});

test("of a text that was cut or has one mark too many it is where it was", () => {
  const cut = fc.tuple(fc.json(), fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  fc.assert(fc.property(cut, (text) => (jsonFault(text) === undefined) === isJson(text)));
});

test.each([
  ['{\n  "port": 7700\n  "keys": ["secret"]\n}', "line 3, column 3"],
  ['{"keys": secret}', "line 1, column 10"],
  ['{"keys": "sec', "line 1, column 10"],
  ['{"port": 7700,}', "line 1, column 15"],
  ["", "line 1, column 1"],
  ["[1] 2", "line 1, column 5"],
])("%j is no JSON from %s on", (text, where) => {
  expect(jsonFault(text)).toBe(where);
});
