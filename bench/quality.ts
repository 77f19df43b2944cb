/**
 * `npm run bench:quality [-- SET…]`: how good the lists are, on public data that the repository does not hold
 * (folder: DATASETS_FOLDER), and in generated shops whose truth is known. A run of all sets writes the section "Quality" of RESULTS.md.
 */
import { folderOf } from "./datasets/dataset.ts";
import { ceilingQuality } from "./quality/ceiling.ts";
import { driftingShops } from "./quality/drift.ts";
import { learners } from "./quality/learners.ts";
import { noise } from "./quality/noise.ts";
import { nextBasket, nextClick, nextReview } from "./quality/recommendations.ts";
import type { QualityReport } from "./quality/report.ts";
import { filmsSearch, goodsSearch } from "./quality/search.ts";
import { searchLists } from "./quality/search-lists.ts";
import { commit, machine, today, writeSection } from "./results.ts";
import { markdownTable } from "./table.ts";

const ofFolder: Readonly<Record<string, (folder: string) => Promise<QualityReport>>> = {
  trivago: searchLists,
  yoochoose: nextClick,
  online_retail: nextBasket,
  amazon_beauty: nextReview,
  chorus: goodsSearch,
  msrd: filmsSearch,
};
const others: Readonly<Record<string, () => Promise<QualityReport | undefined>>> = {
  learners,
  drift: () => driftingShops(),
  noise,
  ceiling: () => ceilingQuality(),
};
const sets = [...Object.keys(ofFolder), ...Object.keys(others)];

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !sets.includes(name));
if (unknown !== undefined) {
  console.error(`There is no data set "${unknown}"; there are ${sets.join(", ")}.`);
  process.exit(2);
}

const parts: string[] = [];
for (const name of sets) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const report = await measured(name);
  if (report === undefined) {
    console.log(`${name}: skipped, its folder is not there (see DATASETS_FOLDER).\n`);
    continue;
  }
  const { title, about, head, rows, notes } = report;
  const part = [`### ${title}`, about, markdownTable(head, rows), notes.join(" ")].join("\n\n");
  console.log(`${part}\n`);
  parts.push(part);
}

async function measured(name: string): Promise<QualityReport | undefined> {
  if (name in others) return others[name]!();
  const folder = folderOf(name);
  return folder === undefined ? undefined : ofFolder[name]!(folder);
}

if (parts.length === sets.length) {
  const when = `${machine()}; ${today()}; commit ${commit()}.`;
  writeSection(
    "quality",
    [`${when} Rows in *italics* are others, measured on the same files and protocol.`, ...parts].join("\n\n"),
  );
} else {
  console.log("RESULTS.md is written by a run of all sets only.");
}
