/** The rules of the house as a test: who may import whom, where time and chance come in, and documents that say what the code says. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { type Config, completeConfig, environmentName, settings } from "../src/config.ts";
import { errorCodes } from "../src/core/errors.ts";
import { limits } from "../src/core/limits.ts";

const root = new URL("..", import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Not part of the project: installed, built, or git's own. */
const foreign = new Set(["node_modules", ".git", "dist", "coverage"]);
/** Everything of the repository, but for what tools leave behind. */
const files = readdirSync(root, { withFileTypes: true })
  .filter((entry) => !foreign.has(entry.name))
  .flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const inside = readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true });
    return inside.filter((one) => one.isFile()).map((one) => relative(root, join(one.parentPath, one.name)));
  })
  .filter((file) => !/\.(?:tgz|tsbuildinfo)$/.test(file));

const sources = files.filter((file) => file.startsWith("src/") && file.endsWith(".ts"));
const markdown = files.filter((file) => file.endsWith(".md"));
const isTest = (file: string): boolean => /\.(?:test|check)\.ts$/.test(file) || file.startsWith("test/");

interface Import {
  readonly from: string;
  /** File of the repository, or name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
}

const codeOf = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

function importsOf(file: string): Import[] {
  const code = codeOf(read(file));
  const found = [
    ...code.matchAll(/^(?:import|export)\b[^;"]*?\bfrom\s+"([^"]+)"/gm),
    ...code.matchAll(/^import\s+"([^"]+)"/gm),
    ...code.matchAll(/\bimport\("([^"]+)"\)/g),
  ].map(([, to]) => to!);
  return found
    .filter((to) => !to.startsWith("node:"))
    .map((to) =>
      to.startsWith(".")
        ? { from: file, to: join(dirname(file), to), isPackage: false }
        : { from: file, to: packageOf(to), isPackage: true },
    );
}

/** `@scope/name/part` → `@scope/name` */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const imports = sources.flatMap(importsOf);

/** Cells of the rows of the first table whose head begins with these names; backticks are taken off. */
function table(file: string, ...head: readonly string[]): string[][] {
  const lines = read(file).split("\n");
  const cells = (line: string): string[] =>
    line
      .slice(1, line.lastIndexOf("|"))
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => line.startsWith("|") && head.every((name, i) => cells(line)[i] === name));
  expect(start, `${file} has no table with the columns ${head.join(", ")}`).toBeGreaterThanOrEqual(0);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end < 0 ? rest.length : end).map(cells);
}

const plain = (cell: string): string => cell.replaceAll("`", "");

describe("the rooms", () => {
  /** Folder of src, or name of the file for those directly in it. */
  const placeOf = (file: string): string => file.split("/")[1]!;
  const layers = table("ARCHITECTURE.md", "layer", "who", "may import").map(([layer, who, may]) => ({
    layer: layer!,
    who: [...who!.matchAll(/`([^`]+?)\/?`/g)].map(([, name]) => name!),
    may: may!.split(",").map((one) => plain(one).trim()),
  }));
  const named = layers.flatMap(({ who }) => who);
  const isDirect = (place: string): boolean => place.endsWith(".ts");
  const layerOf = (place: string) =>
    layers.find(({ who }) => who.includes(place)) ??
    (isDirect(place) ? layers.find(({ who }) => who.includes("*.ts")) : undefined);

  test("the table in ARCHITECTURE.md names every folder of src once, and no other", () => {
    const folders = [...new Set(sources.map(placeOf))].filter((place) => !isDirect(place));
    expect(named.filter((name) => !isDirect(name)).sort()).toEqual(folders.sort());
    expect(named.length).toBe(new Set(named).size);
  });

  test("nobody imports whom the table does not allow, types and tests included", () => {
    const wrong = imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ from, to }) => {
        const [source, target] = [placeOf(from), placeOf(to)];
        if (!to.startsWith("src/")) return true;
        if (source === target) return false;
        const mine = layerOf(source)!;
        return !mine.may.some((one) => one === target || one === layerOf(target)!.layer);
      });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test("packages are imported only where docs/dependencies.md says", () => {
    const rows = table("docs/dependencies.md", "dependency", "used in", "reason");
    const allowed = new Map(
      rows.map(([name, where]) => [plain(name!), where!.split(",").map((one) => plain(one).trim())]),
    );
    const wrong = imports
      .filter(({ isPackage, from }) => isPackage && !isTest(from))
      .filter(({ from, to }) => !(allowed.get(to) ?? []).some((folder) => from.startsWith(folder)));
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test("no file of src is without an importer, tests not counted", () => {
    const entryPoints = new Set(["src/index.ts", "src/cli/main.ts", "src/fold-worker.ts"]);
    const others = files.filter((file) => /^(?:bench|scripts|examples)\/.*\.ts$/.test(file));
    const all = [...imports, ...others.flatMap(importsOf)];
    const imported = new Set(all.filter(({ from }) => !isTest(from)).map(({ to }) => to));
    const lonely = sources.filter((file) => !isTest(file) && !entryPoints.has(file) && !imported.has(file));
    expect(lonely).toEqual([]);
  });

  test("no checks without a test that runs them", () => {
    const testFiles = files.filter((file) => file.endsWith(".test.ts"));
    const imported = new Set(testFiles.flatMap(importsOf).map(({ to }) => to));
    expect(sources.filter((file) => file.endsWith(".check.ts") && !imported.has(file))).toEqual([]);
  });

  test("no import goes in a circle", () => {
    const targets = new Map<string, string[]>(sources.map((file) => [file, []]));
    for (const { from, to } of imports) targets.get(from)?.push(to);
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, way: readonly string[]): void => {
      const seen = way.indexOf(file);
      if (seen >= 0) circles.push([...way.slice(seen), file].join(" → "));
      if (seen >= 0 || done.has(file)) return;
      for (const to of targets.get(file) ?? []) visit(to, [...way, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe("time and chance", () => {
  /** Where `pattern` stands in code of src outside of `allowed`, tests left out. */
  const found = (pattern: RegExp, allowed: (file: string) => boolean): string[] =>
    sources.filter((file) => !isTest(file) && !allowed(file) && pattern.test(codeOf(read(file))));

  test("time enters in core/clock.ts only", () => {
    const clocks =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.(?:now|timeOrigin)\b|\bhrtime\b|\bprocess\.uptime\b/;
    expect(found(clocks, (file) => file === "src/core/clock.ts")).toEqual([]);
  });

  test("chance comes from core/random.ts only; an event log and its lock may draw a name for themselves, and access keys are drawn", () => {
    expect(found(/\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/, () => false)).toEqual([]);
    expect(
      found(
        /\brandomBytes\b|\brandomInt\b/,
        (file) => file.startsWith("src/event-logs/") || file === "src/key-file.ts",
      ),
    ).toEqual([]);
  });
});

describe("files", () => {
  const linesMax = 400;
  /** Longer files, each with its reason. */
  const long = new Map([
    ["src/attribution/attribution.test.ts", "the slow twin of attribution stands beside the sentences"],
    ["src/features/feature.check.ts", "a world with every kind of event, and a feature's promises in it"],
    ["src/core/columns.ts", "one class for each element type, written out: shared code is a fifth slower"],
    ["src/core/tables.test.ts", "every table of core against its slow twin, by one set of random operations"],
    ["src/models/panel.test.ts", "toy learners that fail in every way, and what the panel makes of them"],
    ["src/core/parse-event.test.ts", "one sentence for each way in which an event can be wrong"],
  ]);

  test(`are at most ${linesMax} lines, but for those with a reason`, () => {
    const code = files.filter((file) => /\.(?:ts|mjs)$/.test(file));
    const tooLong = code.filter((file) => read(file).trimEnd().split("\n").length > linesMax);
    expect(tooLong.filter((file) => !long.has(file))).toEqual([]);
    expect(
      [...long.keys()].filter((file) => !tooLong.includes(file)),
      "reasons that are not needed",
    ).toEqual([]);
  });

  test("have no enums, which Node cannot strip", () => {
    const code = files.filter((file) => file.endsWith(".ts"));
    expect(
      code.filter((file) => /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s/m.test(codeOf(read(file)))),
    ).toEqual([]);
  });

  test("name no folder of one machine and no registry", () => {
    const patterns = ["home", "root", "Users", "work"].map((folder) => new RegExp(`(?<![\\w.*$}])/${folder}/`));
    const registries = [["registry", "npmjs"].join("."), ["registry", "yarnpkg"].join(".")];
    const wrong = files.filter((file) => {
      const bytes = readFileSync(join(root, file));
      if (bytes.includes(0)) return false;
      const text = bytes.toString();
      return patterns.some((one) => one.test(text)) || registries.some((one) => text.includes(one));
    });
    expect(wrong).toEqual([]);
  });

  test("refer to documents that are there", () => {
    const names = new Set(markdown.flatMap((file) => [file, file.split("/").at(-1)!]));
    const wrong = files
      .filter((file) => /\.(?:ts|mjs)$/.test(file) && file !== "test/tidy.test.ts")
      .flatMap((file) => {
        const named = [...read(file).matchAll(/(?<![\w/.-])(?:[\w-]+\/)*[\w-]+\.md\b|\b[A-Z]{4,}(?:\.md)? §/g)];
        return named
          .map(([name]) => name)
          .filter((name) => !names.has(name))
          .map((name) => `${file}: ${name}`);
      });
    expect(wrong).toEqual([]);
  });

  test("the lock file names no place to download from", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved": "http/);
  });
});

describe("documents", () => {
  test("link to files and headings that are there", () => {
    const dead = markdown.flatMap((file) => {
      const text = read(file).replaceAll(/^```[\s\S]*?^```/gm, "");
      return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link]) => link!)
        .filter((link) => !/^[a-z]+:/.test(link) && !reaches(file, link))
        .map((link) => `${file}: ${link}`);
    });
    expect(dead).toEqual([]);
  });

  function reaches(file: string, link: string): boolean {
    const [path, heading] = link.split("#", 2) as [string, string | undefined];
    const target = path === "" ? file : join(dirname(file), path);
    const isThere = files.some((one) => one === target || one.startsWith(`${target.replace(/\/$/, "")}/`));
    if (!isThere || heading === undefined || !target.endsWith(".md")) return isThere;
    return [...read(target).matchAll(/^#+ (.*)$/gm)].some(([, text]) => anchor(text!) === heading);
  }

  /** As GitHub makes them. */
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");

  test("every page of docs can be reached from README.md", () => {
    const linked = new Set<string>();
    const follow = (file: string): void => {
      if (linked.has(file)) return;
      linked.add(file);
      for (const [, link] of read(file).matchAll(/\]\(([^)#\s]+\.md)/g)) {
        const target = join(dirname(file), link!);
        if (markdown.includes(target)) follow(target);
      }
    };
    follow("README.md");
    expect(markdown.filter((file) => !linked.has(file))).toEqual([]);
  });

  test("docs/errors.md lists exactly the errors that there are", () => {
    const rows = table("docs/errors.md", "code", "status");
    expect(Object.fromEntries(rows.map(([code, status]) => [plain(code!), Number(status)]))).toEqual(errorCodes);
    expect(rows.length).toBe(Object.keys(errorCodes).length);
  });

  test("docs/limits.md lists exactly the limits that there are", () => {
    const rows = table("docs/limits.md", "limit", "value");
    const listed = rows.map(([name, value]) => [plain(name!), Number(value!.replaceAll(",", ""))]);
    expect(Object.fromEntries(listed)).toEqual(limits);
    expect(rows.length).toBe(Object.keys(limits).length);
  });

  test("ids fit a 32-bit float exactly (docs/decisions/0005)", () => {
    for (const most of [limits.itemsMax, limits.wordsMax, limits.shoppersMax]) expect(most).toBeLessThan(2 ** 24);
  });

  test("docs/settings.md lists exactly the settings that there are, with their defaults and variables", () => {
    const rows = table("docs/settings.md", "setting", "default", "variable", "rebuilds");
    const defaults = completeConfig({});
    const listed = rows.map(([setting, standard, variable, rebuilds]) => {
      const name = plain(setting!) as keyof Config;
      const text = plain(standard!);
      const value = text === "none" ? defaults[name] : completeConfig({ [name]: text })[name];
      if (text === "none") expect([undefined, "[]"], name).toContain(value && JSON.stringify(value));
      return { name, value, variable: plain(variable!), rebuilds: rebuilds === "yes" };
    });
    const real = (Object.keys(settings) as (keyof Config)[]).map((name) => ({
      name,
      value: defaults[name],
      variable: environmentName(name),
      rebuilds: settings[name].folded,
    }));
    expect(listed).toEqual(real);
  });

  test("SECURITY.md names a test for each threat, and each is there", () => {
    const rows = table("SECURITY.md", "who", "threat", "defence", "test");
    const missing = rows.filter((row) => {
      const [, file, title] = /^`([^`]+)`: (.+)$/.exec(row[3]!) ?? [];
      return file === undefined || !files.includes(file) || !read(file).includes(title!);
    });
    expect(missing.map(([, threat, , test]) => `${threat}: ${test}`)).toEqual([]);
    expect(rows.length).toBeGreaterThan(20);
  });

  test("docs/dependencies.md gives a reason for every dependency, and for no other", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as {
      dependencies: Record<string, string>;
      devDependencies: Record<string, string>;
    };
    const names = (...head: readonly string[]): string[] =>
      table("docs/dependencies.md", ...head).map(([name, , reason]) => {
        expect(reason, name).not.toBe("");
        return plain(name!);
      });
    expect(names("dependency", "used in", "reason").sort()).toEqual(Object.keys(dependencies).sort());
    expect(names("development dependency", "used for", "reason").sort()).toEqual(Object.keys(devDependencies).sort());
  });

  test("docs/decisions holds numbered pages of one form", () => {
    const pages = files.filter((file) => file.startsWith("docs/decisions/") && !file.endsWith("README.md")).sort();
    expect(pages.map((file) => file.slice("docs/decisions/".length, "docs/decisions/".length + 4))).toEqual(
      pages.map((_, i) => String(i + 1).padStart(4, "0")),
    );
    for (const page of pages) {
      const headings = [...read(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings, page).toEqual(["Context", "Decision", "Refused", "Consequences"]);
    }
  });
});
