import { expect, test } from "vitest";
import { ownName } from "./other-names.ts";

test("a name from elsewhere is the one here that means it, however it is written, and only where that is known", () => {
  const search = ["query", "filters", "facets", "sort", "from", "size", "group", "user"];
  const cases = [
    ["hitsPerPage", "size"],
    ["per_page", "size"],
    ["LIMIT", "size"],
    ["offset", "from"],
    ["page", "from"],
    ["q", "query"],
    ["sort_by", "sort"],
    ["facet-by", "facets"],
    ["userToken", "user"],
    ["qury", undefined],
    ["constructor", undefined],
    ["", undefined],
  ] as const;
  for (const [name, own] of cases) expect([name, ownName(name, search)]).toEqual([name, own]);
  expect([ownName("query", ["q", "size"]), ownName("offset", ["q", "size"])]).toEqual(["q", undefined]);
});
