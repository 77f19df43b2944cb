/** The console's files, which are in the repository so that a server has them without a build, and how they are answered. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import en from "../console/messages/en.json" with { type: "json" };
import zhHans from "../console/messages/zh-Hans.json" with { type: "json" };
import { parseMetrics, quantilesBetween, sumOf } from "../console/now/metrics-text.ts";
import drawings from "../console/pictures/things.json" with { type: "json" };
import { type Drawings, looks } from "../console/pictures/things.ts";
import { accountOf, scaleOf } from "../console/shop/account.ts";
import { errorCodes } from "../src/core/errors.ts";
import type { Fields } from "../src/core/event.ts";
import type { AnsweredItem, Engine } from "../src/core/public.ts";
import { createEngine } from "../src/engine.ts";
import { httpServer } from "../src/http/server.ts";
import { simulatedShop } from "../src/simulator/shop.ts";
import { chineseCatalogue } from "./search/chinese-catalogue.ts";

const folder = new URL("../console/built/", import.meta.url).pathname;
/** Compressed: the scripts that the first page loads; all pages' scripts, charts included; and what the first page loads in all, with its words, drawings and styles. */
const firstMax = 45_000;
const scriptsMax = 80_000;
const firstInAllMax = 65_000;

describe("the console's files", () => {
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length));

  test("are what the sources build to; if not: npm run build:console", () => {
    const script = new URL("../scripts/build-console.ts", import.meta.url).pathname;
    const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test(`have less than ${firstMax / 1000} kB of scripts to begin with, ${scriptsMax / 1000} kB in all, compressed`, () => {
    const bytes = (names: readonly string[]): number =>
      names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    const first = ["console/index.js", "console/words.js"];
    expect(bytes(first)).toBeLessThan(firstMax);
    expect(bytes(there.filter((name) => name.endsWith(".js")))).toBeLessThan(scriptsMax);
    for (const words of ["en", "zh-Hans"])
      expect(
        bytes([...first, "index.html", "console/index.css", "console/things.json", `console/${words}.json`]),
      ).toBeLessThan(firstInAllMax);
  });

  test("name no other origin to load from", () => {
    const named = there.flatMap((name) =>
      [...readFileSync(join(folder, name), "utf8").matchAll(/(?:src|href|url\()\s*=?\s*["'(]?https?:[^"')\s]+/g)].map(
        ([text]) => `${name}: ${text}`,
      ),
    );
    expect(named).toEqual([]);
  });
});

describe("a page's own styles", () => {
  const root = new URL("../console/", import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => !name.startsWith("built"));
  const pageOf = (name: string): string => name.split("/")[0]!;

  test("are for classes that no other page uses", () => {
    const others = (page: string): string =>
      files
        .filter((name) => name.endsWith(".tsx") && pageOf(name) !== page)
        .map((name) => readFileSync(join(root, name), "utf8"))
        .join("\n");
    const strange = files
      .filter((name) => name.endsWith(".css") && !["app", "styles"].includes(pageOf(name)))
      .flatMap((name) => {
        const sources = others(pageOf(name));
        const bare = [...readFileSync(join(root, name), "utf8").matchAll(/^\.([\w-]+)(?=[,\s]*[{,\n])/gm)];
        return bare.flatMap(([, one]) =>
          new RegExp(`class.*["\`\\s]${one}["\`\\s$]`).test(sources) ? [`${name}: ${one}`] : [],
        );
      });
    expect(strange).toEqual([]);
  });
});

describe("the messages", () => {
  const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const forms = (text: string): string[] => [...new Set(values(text))].sort();

  test("are the same in each language, with the same values in them", () => {
    // Reasons, refusals, and what the doctor finds, come in English from the engine itself.
    const own = Object.keys(zhHans).filter((name) => !/^(?:reason|error|finding(?:-costs|-mend)?)\./.test(name));
    expect(own.sort()).toEqual(Object.keys(en).sort());
    const chinese: Readonly<Record<string, string>> = zhHans;
    for (const [name, text] of Object.entries(en)) expect(forms(chinese[name]!), name).toEqual(forms(text));
  });

  test("of what the doctor finds are for codes that there are, each with what it costs and how to mend it", () => {
    const names = Object.keys(zhHans).filter((name) => name.startsWith("finding"));
    const codes = new Set(names.map((name) => name.slice(name.indexOf(".") + 1)));
    const documented = readFileSync(new URL("../docs/doctor.md", import.meta.url), "utf8");
    expect([...codes].filter((code) => !documented.includes(`| \`${code}\` |`))).toEqual([]);
    expect(names).toHaveLength(3 * codes.size);
  });

  test("of refusals are for codes that there are", () => {
    const codes = Object.keys(zhHans).flatMap((name) => (name.startsWith("error.") ? [name.slice(6)] : []));
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !(code in errorCodes))).toEqual([]);
  });

  test("are each used somewhere", () => {
    const root = new URL("../console/", import.meta.url).pathname;
    const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(root, name), "utf8"))
      .join("\n");
    /** `t(\`act.${action}\`)` and `named("field", name)` use all that begin so. */
    const families = [...sources.matchAll(/`([\w-]+\.[\w.-]*)\$\{|named\("([\w-]+)"/g)].map(([, a, b]) => a ?? `${b}.`);
    const lonely = Object.keys(en).filter(
      (name) => !sources.includes(`"${name}"`) && !families.some((family) => name.startsWith(family)),
    );
    expect(lonely).toEqual([]);
  });
});

describe("why an item stands where it does", () => {
  const told = (item: string, rawScore: number, of: Readonly<Record<string, number>>): AnsweredItem => {
    const reasons = Object.entries(of).map(([feature, contribution]) => ({ feature, contribution, text: feature }));
    return { item, position: 0, score: 0, rawScore, propensity: 1, reasons };
  };
  // Each begins at −3; what is missing to the score is the bias.
  const list = [
    told("a", -1.5, { price: 1, popularity: 0.4, other: 0.1 }),
    told("b", -2.3, { price: 0.7 }),
    told("c", -2.8, { price: 0.7, popularity: -0.5 }),
  ];
  const scale = scaleOf(list);
  const lines = ({ lifts, lowers }: ReturnType<typeof accountOf>) =>
    [...lifts, ...lowers].map(({ feature, contribution }) => [feature, Number(contribution.toFixed(3))]);

  test("what lifts and lowers it adds up to how far its score is from the list's average", () => {
    expect(scale.average).toBeCloseTo(-2.2);
    for (const item of list) {
      const { above, lifts, lowers } = accountOf(item, scale);
      expect(above).toBeCloseTo(item.rawScore! + 2.2);
      expect([...lifts, ...lowers].reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(above, 2);
      expect([...lifts.map((one) => one.contribution > 0), ...lowers.map((one) => one.contribution < 0)]).not.toContain(
        false,
      );
    }
  });

  test("what is the same for all of the list is no reason; what others have, and this has not, is", () => {
    expect(lines(accountOf(list[0]!, scale))).toEqual([
      ["popularity", 0.433],
      ["price", 0.2],
      ["other", 0.067],
    ]);
    expect(lines(accountOf(list[1]!, scale))).toEqual([
      ["popularity", 0.033],
      ["price", -0.1],
      ["other", -0.033],
    ]);
    const alone = told("d", -2, { price: 1 });
    expect(lines(accountOf(alone, scaleOf([alone, { ...alone, item: "e" }])))).toEqual([]);
    expect(lines(accountOf(told("f", -1, {}), scaleOf([])))).toEqual([["other", -1]]);
  });

  test("what was said of one item and names another is not said of a third", () => {
    const text = "often follows “Blue gloves”, which you turned to";
    const named = { ...told("a", -1, {}), reasons: [{ feature: "also-bought", contribution: 1, text }] };
    const plain = told("b", -2, {});
    expect(accountOf(named, scaleOf([named, plain])).lifts).toEqual([
      { feature: "also-bought", contribution: 0.5, text },
    ]);
    expect(lines(accountOf(plain, scaleOf([named, plain])))).toEqual([["other", -0.5]]);
    expect(lines(accountOf(plain, scaleOf([named, told("c", -1, { "also-bought": 1 }), plain])))).toEqual([
      ["also-bought", -0.667],
    ]);
  });
});

describe("drawings of things", () => {
  const lookOf = looks(drawings as unknown as Drawings);
  const drawn = (items: Iterable<{ readonly item?: string; readonly fields?: unknown }>): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { item, fields } of items) {
      if (item === undefined) continue;
      const { thing } = lookOf(item, fields as Fields);
      counts.set(thing, (counts.get(thing) ?? 0) + 1);
    }
    return counts;
  };

  test("show what each item of a simulated shop is, in English, German and Chinese", () => {
    const kinds = "backpack bottle chair jacket knife lamp mug pan rug scarf shoes tent".split(" ");
    for (const language of ["en", "de", "zh"] as const)
      expect([...drawn(simulatedShop({ seed: 7, language }).items).keys()].sort()).toEqual(kinds);
  });

  test("show what most items of a Chinese catalogue are; of others, the box that they come in", () => {
    const counts = drawn(chineseCatalogue as { item?: string; fields?: unknown }[]);
    expect(counts.size).toBeGreaterThan(25);
    expect(counts.get("box") ?? 0).toBeLessThan(0.2 * chineseCatalogue.length);
  });

  test("are in the colour that the words name, and take no brand for a thing or a colour", () => {
    const look = (fields: Fields) => lookOf("p-1", fields);
    expect(look({ title: "Scarf, red" }).colour).toBe(look({ title: "红色围巾" }).colour);
    expect(look({ title: "Scarf, red" }).colour).not.toBe(look({ title: "Scarf, blue" }).colour);
    expect(look({ title: "Apple AirPods Pro蓝牙耳机", brand: "Apple" }).thing).toBe("headphones");
    expect(look({ title: "Kitchen lamp", category: ["Kitchen", "Pans"] }).thing).toBe("lamp");
    expect(look({}).thing).toBe("box");
  });
});

describe("what /metrics says", () => {
  const reading = (counts: readonly [number, number, number]) =>
    parseMetrics(`# HELP took How long.
took_seconds_bucket{le="0.01",route="/v1/rank"} ${counts[0]}
took_seconds_bucket{le="0.1",route="/v1/rank"} ${counts[1]}
took_seconds_bucket{le="+Inf",route="/v1/rank"} ${counts[2]}
took_seconds_bucket{le="+Inf",route="/metrics"} 1000
`);
  const isRank = ({ route }: Readonly<Record<string, string>>): boolean => route === "/v1/rank";

  test("is summed over the labels that count", () => {
    expect(sumOf(reading([1, 2, 3]), "took_seconds_bucket", isRank)).toBe(6);
    expect(sumOf(reading([1, 2, 3]), "nothing")).toBe(0);
  });

  test("gives quantiles of what came between two readings", () => {
    const between = (quantiles: readonly number[]): number[] =>
      quantilesBetween(reading([10, 10, 10]), reading([60, 110, 110]), "took_seconds", quantiles, isRank);
    expect(between([0.25, 0.5, 0.75, 1])).toEqual([0.005, 0.01, expect.closeTo(0.055), expect.closeTo(0.1)]);
    expect(quantilesBetween(reading([1, 1, 1]), reading([1, 1, 1]), "took_seconds", [0.5], isRank)).toEqual([
      Number.NaN,
    ]);
  });
});

describe("the console over HTTP", () => {
  let engine: Engine;
  let app: FastifyInstance;

  beforeAll(async () => {
    engine = await createEngine({});
    app = await httpServer(engine);
  });
  afterAll(async () => {
    await app.close();
    await engine.close();
  });

  test("is a page at / that may load from here only, and its files beside it", async () => {
    const page = await app.inject("/");
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    // Which words it says to load is by the language asked for.
    expect(page.headers.vary).toBe("accept-encoding, accept-language");
    const chinese = await app.inject({ url: "/", headers: { "accept-language": "zh-CN,zh;q=0.9" } });
    expect([page.headers.link, chinese.headers.link].map((link) => /console\/([^>]+)/.exec(String(link))?.[1])).toEqual(
      ["en.json", "zh-Hans.json"],
    );
    expect(page.headers["content-security-policy"]).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/);
    const files = [...page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name]) => name!);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect((await app.inject(`/${file}`)).statusCode, file).toBe(200);
    expect((await app.inject("/console/nothing.js")).statusCode).toBe(404);
  });

  test("comes compressed to who takes it, and not again to who has it", async () => {
    const plain = await app.inject("/console/index.js");
    const packed = await app.inject({ url: "/console/index.js", headers: { "accept-encoding": "gzip" } });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
    const again = await app.inject({
      url: "/console/index.js",
      headers: { "if-none-match": String(plain.headers.etag) },
    });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  });
});
