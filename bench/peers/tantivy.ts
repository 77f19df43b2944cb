/**
 * `node bench/peers/tantivy.ts`: our inverted index and tantivy's, on the same titles and queries, one thread each: the best 200 by text
 * alone. tantivy is installed by pip from PyPI into a folder that is removed afterwards; run by hand, never by a test. Writes its section of
 * RESULTS.md.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Found } from "../../src/core/retrieved.ts";
import type { TextQuery } from "../../src/core/text-query.ts";
import { analyzer } from "../../src/text/analyzer.ts";
import { chorusProducts } from "../datasets/chorus.ts";
import { commit, machine, today, writeSection } from "../results.ts";
import { asked, built, generatedTitles, itemsOf, queriesOf, timesOf, wordOf } from "../speed/text-shop.ts";
import { markdownTable } from "../table.ts";

const wanted = 200;

interface Figures {
  readonly perSecond: number;
  /** p50 and p99, ms. */
  readonly all: readonly [number, number];
  readonly any: readonly [number, number];
}

function ours(titles: readonly string[], queries: readonly string[][]): Figures {
  const { index, perSecond } = built(itemsOf(titles), analyzer({ language: "english" }));
  const found = new Found();
  const times = (isRequired: boolean): [number, number] => {
    const list: TextQuery[] = queries.map((words) => asked(words.map((text) => wordOf(index, [text], isRequired))));
    return timesOf(list, (query) => index.top(query, wanted, undefined, found));
  };
  return { perSecond, all: times(true), any: times(false) };
}

/** Of each query, as ours, the median of five times after one that does not count; without counting all matches. */
const script = `
import json, sys, time, tantivy
titles, queries = json.load(open(sys.argv[1]))
builder = tantivy.SchemaBuilder()
builder.add_text_field("title", stored=False)
schema = builder.build()
index = tantivy.Index(schema)
writer = index.writer(heap_size=1_000_000_000, num_threads=1)
began = time.process_time()
for title in titles:
    document = tantivy.Document()
    document.add_text("title", title)
    writer.add_document(document)
writer.commit()
built = time.process_time() - began
writer.wait_merging_threads()
index.reload()
searcher = index.searcher()
def times(occur):
    spent = []
    for words in queries:
        terms = [(occur, tantivy.Query.term_query(schema, "title", word)) for word in words]
        query = tantivy.Query.boolean_query(terms)
        runs = []
        for _ in range(6):
            began = time.perf_counter()
            searcher.search(query, ${wanted}, count=False)
            runs.append(1000 * (time.perf_counter() - began))
        spent.append(sorted(runs[1:])[2])
    spent.sort()
    return [spent[len(spent) // 2], spent[len(spent) * 99 // 100]]
print(json.dumps({"version": tantivy.__version__, "perSecond": len(titles) / built,
    "all": times(tantivy.Occur.Must), "any": times(tantivy.Occur.Should)}))`;

function theirs(python: string, file: string): Figures & { readonly version: string } {
  const said = execFileSync(python, ["-c", script, file], { encoding: "utf8", maxBuffer: 2 ** 30 });
  return JSON.parse(said) as Figures & { version: string };
}

function install(folder: string): string {
  const path = join(folder, "venv/bin/python");
  execFileSync("python3", ["-m", "venv", join(folder, "venv")]);
  execFileSync(path, ["-m", "pip", "install", "--quiet", "tantivy"], { stdio: ["ignore", "ignore", "inherit"] });
  return path;
}

/** Letters and digits in small, so that both split words alike. */
const plain = (text: string): string => (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).join(" ");

const load = loadavg()[0]!.toFixed(1);
const folder = mkdtempSync(join(tmpdir(), "liveshelf-peers-"));
try {
  const python = install(folder);
  const products = chorusProducts()?.map(({ title }) => plain(String(title ?? "")));
  const shops: [string, string[]][] = [
    ["40,000 titles", [...generatedTitles(40_000)]],
    ["1,000,000 titles", [...generatedTitles(1_000_000)]],
    ...(products === undefined ? [] : ([["Chorus' titles", products]] as [string, string[]][])),
  ];
  const rows: string[][] = [];
  for (const [what, titles] of shops) {
    const queries = queriesOf(titles.filter((title) => title !== ""));
    const file = join(folder, "titles.json");
    writeFileSync(file, JSON.stringify([titles, queries]));
    const row = (who: string, { perSecond, all, any }: Figures): string[] => [
      `${what}, ${who}`,
      ...[...all, ...any].map((ms) => ms.toFixed(3)),
      `${Math.round(perSecond / 1000)}k`,
    ];
    const peer = theirs(python, file);
    rows.push(row("ours", ours(titles, queries)), row(peer.version.split(",")[0]!, peer));
  }
  const head = ["best 200, ms", "all words p50", "p99", "any word p50", "p99", "items indexed a second of computing"];
  const report = [
    `${machine()}; ${today()}; commit ${commit()}. 1,000 queries of one to five words out of titles; load of the machine before the run ${load}.`,
    markdownTable(head, rows),
  ].join("\n\n");
  console.log(report);
  writeSection("search-peers", report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
