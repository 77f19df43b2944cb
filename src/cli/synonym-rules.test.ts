import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { synonymEvent } from "./synonym-rules.ts";

async function read(...texts: (string | Buffer)[]) {
  const refused: string[] = [];
  const files = texts.map((text, i) => ({
    path: `file-${i + 1}`,
    file: { bytes: Readable.from([Buffer.from(text)]), share: () => 1 },
  }));
  const found = [];
  for await (const chunk of synonymEvent(files, (...why) => refused.push(why.slice(0, 2).join(" "))))
    found.push(...chunk);
  return { rules: found[0]?.event.synonyms, events: found.length, refused };
}

test("a line of CSV is a list of words that stand for each other, an arrow goes one way", async () => {
  const { rules, refused } = await read(
    '\uFEFFsofa, couch ,settee\n# a comment\n\ntv => television, tv set\n"a, b",c\nlaptop, portable => notebook\n',
  );
  expect(rules).toEqual([
    ["sofa", "couch", "settee"],
    { from: "tv", to: ["television", "tv set"] },
    ["a, b", "c"],
    { from: "laptop", to: ["notebook"] },
    { from: "portable", to: ["notebook"] },
  ]);
  expect(refused).toEqual([]);
});

test("JSON is a rule a line, a list of rules, or an event", async () => {
  const rules = [["sofa", "couch"], { from: "tv", to: ["television"] }];
  for (const text of [
    rules.map((rule) => JSON.stringify(rule)).join("\n\n"),
    JSON.stringify(rules, undefined, 2),
    JSON.stringify({ type: "synonyms", synonyms: rules }),
  ])
    expect((await read(text)).rules).toEqual(rules);
  expect((await read('["sofa","couch"]')).rules).toEqual([["sofa", "couch"]]);
});

test("several files are one event", async () => {
  const { rules, events } = await read("sofa,couch\n", '["tv","television"]\n');
  expect(events).toBe(1);
  expect(rules).toEqual([
    ["sofa", "couch"],
    ["tv", "television"],
  ]);
});

test("while a line is refused there is no event: half of the synonyms would stand for all", async () => {
  expect(await read("sofa,couch\nalone\n => x\nx =>\n")).toEqual({
    rules: undefined,
    events: 0,
    refused: ["file-1:2 EVENT_MALFORMED", "file-1:3 EVENT_MALFORMED", "file-1:4 EVENT_MALFORMED"],
  });
  expect((await read('["sofa","couch"]\n{oops\n')).refused).toEqual(["file-1:2 EVENT_MALFORMED"]);
  expect((await read('sofa,"couch\n')).refused).toHaveLength(1);
});

test("no rules, no UTF-8, and more than an event can hold are refused as a whole", async () => {
  await expect(read("# nothing\n")).rejects.toThrow(/hold no rule/);
  await expect(read(Buffer.from([0x61, 0xff]))).rejects.toThrow(/UTF-8/);
  await expect(read("a,b\n".repeat(300_000))).rejects.toThrow(/bytes/);
});
