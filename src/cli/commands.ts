import { Command, Option } from "commander";
import { version } from "../core/version.ts";
import { actionNames, offset, seconds, timeMs, wholeFrom } from "./option-values.ts";

const data = () => new Option("--data <dir>", "folder of log and snapshots");
const config = () => new Option("--config <file>", "settings as JSON (file < environment < flag)");
const json = () => new Option("--json", "the last line of standard output is one JSON object");
const port = () => new Option("--port <n>", "port to listen on; 0 picks a free one").argParser(wholeFrom(0, 65_535));
const host = () => new Option("--host <address>", "address to listen on; without access keys loopback only");
const from = () =>
  new Option("--from <time>", "score from then on (ISO 8601, date or ms), learn from all").argParser(timeMs);
const k = (standard: number) =>
  new Option("--k <n>", "how far down a list counts").argParser(wholeFrom(1, 1000)).default(standard);

export function program(): Command {
  const main = new Command("liveshelf")
    .description("Recommendations and ranking that relearn with every click.")
    .version(version, "--version")
    .showSuggestionAfterError()
    .exitOverride();

  main
    .command("serve")
    .description("the service; prints one line `listening on http://…` when ready")
    .addOption(data())
    .addOption(port())
    .addOption(host())
    .addOption(config())
    .action(async (options) => (await import("./serve.ts")).serve(options));

  main
    .command("demo")
    .description("serve a simulated shop with live simulated shoppers, in a temporary folder")
    .addOption(port())
    .option("--seconds <n>", "how long; default: until Ctrl-C on a terminal, else 20", seconds)
    .option("--seed <n>", "seed of shop and shoppers", wholeFrom(0, 2 ** 32 - 1), 1)
    .addOption(new Option("--lang <language>", "language of the shop").choices(["en", "de", "zh"]).default("en"))
    .action(async (options) => (await import("./demo.ts")).demo(options));

  main
    .command("import")
    .description("events from JSONL, NDJSON (also .gz, or - for standard input), or items from CSV, in order")
    .argument("<file...>")
    .addOption(data().conflicts("server"))
    .option("--server <url>", "send to a running server instead")
    .option("--key-file <file>", "the server's access key; default: the variable LIVESHELF_SERVER_KEY")
    .option("--items", "the files are CSV with one item a row: columns by name are fields")
    .addOption(
      new Option("--synonyms", "the files are synonyms: all of the shop's, in place of those it has").conflicts([
        "items",
        "sync",
      ]),
    )
    .option("--id <column>", "column of the item's id", "id")
    .option("--sync", "the files are the whole catalogue: items that they lack are removed")
    .addOption(config())
    .addOption(json())
    .addHelpText("after", csvHelp)
    .action(async (files, options) => (await import("./import.ts")).importFiles(files, options));

  main
    .command("export")
    .description("the log as JSONL, or all that is held of one shopper")
    .addOption(data())
    .option("--from <offset>", "first offset", offset, 0)
    .option("--user <id>", "of this shopper: one JSON object")
    .addOption(config())
    .action(async (options) => (await import("./export.ts")).exportData(options));

  main
    .command("replay")
    .description("rebuilds the state from the log")
    .addOption(data())
    .option("--verify", "compare it with what the newest snapshot leads to")
    .addOption(config())
    .addOption(json())
    .action(async (options) => (await import("./replay.ts")).replay(options));

  main
    .command("backup")
    .description("copies log and snapshots to an empty folder, while a server may be writing")
    .argument("<dir>")
    .addOption(data())
    .addOption(config())
    .addOption(json())
    .action(async (folder, options) => (await import("./backup.ts")).backUpTo(folder, options));

  main
    .command("restore")
    .description("checks a backup and makes a new data folder of it")
    .argument("<dir>", "folder of the backup")
    .addOption(data())
    .addOption(config())
    .addOption(json())
    .action(async (folder, options) => (await import("./backup.ts")).restoreFrom(folder, options));

  main
    .command("repair")
    .description("shows what is damaged in the log and what can be saved; changes nothing without --yes")
    .addOption(data())
    .option("--yes", "write the log anew, with all that can be read; the damaged file is kept")
    .addOption(config())
    .addOption(json())
    .action(async (options) => (await import("./repair.ts")).repairFolder(options));

  main
    .command("config")
    .description("the settings that hold and where each comes from; --check: whether they can be used")
    .addOption(config())
    .addOption(data())
    .option("--check", "use nothing; end with 1 and the reason where something is wrong")
    .option("--features", "what is learned from in this data folder and why, as settings that can be edited")
    .addOption(json())
    .action(async (options) => (await import("./config.ts")).showConfig(options));

  main
    .command("keys")
    .description("access keys: add makes one, prints it once and writes its hash; list; remove --name NAME")
    .argument("<what>", "add, list or remove")
    .addOption(config())
    .option("--file <file>", "a key file (setting keysFile) instead of the settings")
    .option("--name <name>", "what diagnostics call the key")
    .option("--scopes <scopes>", "events, query, metrics, admin, with commas between; default: admin, which is all")
    .option("--expires <date>", "the last moment, such as 2027-01-01; default: never")
    .addOption(json())
    .action(async (what, options) => (await import("./keys.ts")).keys(what, options));

  main
    .command("inspect")
    .description(
      "what the engine knows, of itself or of one of user U, item I, query Q, event ID, or of the quarantine",
    )
    .argument("[kind]", "user, item, query, event or quarantine")
    .argument("[id]")
    .addOption(data())
    .addOption(config())
    .addOption(json())
    .action(async (kind, id, options) => (await import("./inspect.ts")).inspect(kind, id, options));

  main
    .command("evaluate")
    .description("ranks each slate before it learns from it: how well would these have been ordered?")
    .argument("<file...>")
    .addOption(k(10))
    .addOption(from())
    .addOption(config())
    .addOption(json())
    .action(async (files, options) => (await import("./evaluate.ts")).evaluateFiles(files, options));

  main
    .command("recommend-eval")
    .description("recommends before each outcome, over the full catalogue, then learns from it")
    .argument("<file...>")
    .addOption(k(20))
    .addOption(from())
    .option("--actions <names>", "outcomes to be predicted, such as view,purchase; default: all choices", actionNames)
    .addOption(config())
    .addOption(json())
    .action(async (files, options) => (await import("./recommend-eval.ts")).recommendEvalFiles(files, options));

  main
    .command("train-ranker")
    .description("match weights from graded queries, for the setting matchWeights")
    .argument("<grades>", "CSV with the columns query, item and grade (0 and more, higher is better)")
    .requiredOption("--catalogue <file>", "the items: events as JSONL, or CSV as import --items takes it")
    .requiredOption("--out <file>", "where the weights are written")
    .option("--id <column>", "column of the item's id, of a catalogue in CSV", "id")
    .addOption(config())
    .addOption(json())
    .action(async (grades, options) => (await import("./train-ranker.ts")).trainRankerFile(grades, options));

  main
    .command("doctor")
    .description(
      "examines a data folder, or a shop's files: what is wrong, what it costs, how to mend it; changes nothing",
    )
    .argument("[file...]", "events as JSONL or NDJSON, sales or views as CSV (also .gz), or - for standard input")
    .addOption(data())
    .option("--items", "the files are the catalogue as import --items takes it")
    .option("--id <column>", "column of the item's id, of a catalogue in CSV", "id")
    .option("--zone <zone>", "the shop's time zone, such as Europe/Berlin")
    .option("--all", "parts and examples of what passed, too")
    .addOption(config())
    .addOption(json())
    .action(async (files, options) => (await import("./doctor.ts")).doctor(files, options));

  return main;
}

const csvHelp = `
CSV: the first row names the columns. "category" is a path with " > " between its levels; "tags" are separated by "|",
else by ","; numbers and true/false are read as such, except in title, description and brand. An empty cell deletes the field.

Synonyms: CSV, a rule a line: "sofa,couch,settee" stand for each other; "tv => television, tv set" goes one way; "#" begins a comment.
Or JSON: a rule a line as in a synonyms event, or one list of rules.`;
