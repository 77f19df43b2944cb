/** The shop's synonyms as lines to be edited, previewed by the query above, and published; the sets before, and back to them. */
import { useEffect, useState } from "preact/hooks";
import type { SynonymRules, SynonymsReport } from "../../src/core/search-desk.ts";
import { Problem } from "../app/parts.tsx";
import { count, formatTime, t } from "../app/words.ts";
import { desk } from "./desk-api.ts";
import { changes, readRules, writeRules } from "./rules.ts";

interface SynonymsProps {
  /** What the draft changes, if it changes anything; published: the lists are to be asked again. */
  draft(rules: SynonymRules | undefined): void;
  published(): void;
}

export function SynonymsEditor({ draft, published }: SynonymsProps) {
  const [report, setReport] = useState<SynonymsReport>();
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>();
  const [said, setSaid] = useState("");
  const [isBusy, setBusy] = useState(false);

  const take = (found: SynonymsReport): void => {
    setReport(found);
    edit(writeRules(found.synonyms), found);
  };
  useEffect(() => {
    desk.synonyms().then(take, setError);
  }, []);

  function edit(typed: string, against = report): void {
    setText(typed);
    setSaid("");
    if (!against) return;
    const { rules } = readRules(typed);
    const { added, removed } = changes(against.synonyms, rules);
    draft(added.length + removed.length > 0 ? rules : undefined);
  }

  /** Unless somebody else published meanwhile: theirs would be lost. */
  async function publish(rules: SynonymRules, done: string): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      const now = await desk.synonyms();
      if (JSON.stringify(now.synonyms) !== JSON.stringify(report!.synonyms)) {
        setReport(now);
        setSaid(t("desk.changed-meanwhile"));
        return;
      }
      await desk.publish(rules);
      take(await desk.synonyms());
      setSaid(done);
      published();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  }

  const before = async (i: number): Promise<SynonymRules> => {
    const { history } = report!;
    return history[i] ? desk.synonymsAt(history[i].offset) : [];
  };

  if (!report) return error ? <Problem error={error} /> : null;
  const { rules, wrong } = readRules(text);
  const { added, removed } = changes(report.synonyms, rules);
  const isChanged = added.length + removed.length > 0;
  const { history, since } = report;
  // Before the first of all there was none; of a log that was not looked through whole nobody knows.
  const canUndo = history.length > 1 || (history.length === 1 && since === 0);
  return (
    <section class="block desk-synonyms">
      <header class="section-head">
        <h2>{t("desk.synonyms")}</h2>
        <p>{t("desk.synonyms-hint")}</p>
      </header>
      <textarea
        aria-label={t("desk.synonyms")}
        aria-describedby="rules-said"
        aria-invalid={wrong.length > 0}
        rows={8}
        spellcheck={false}
        placeholder={t("desk.synonyms-example")}
        value={text}
        onInput={({ currentTarget }) => edit(currentTarget.value)}
      />
      <p id="rules-said" class={wrong.length > 0 ? "problem" : "note"} role="status">
        {wrong.length > 0
          ? count("desk.wrong-lines", wrong.length, { lines: wrong.slice(0, 5).join(", ") })
          : said ||
            count("desk.rules", rules.length) +
              (isChanged ? t("desk.draft", { added: added.length, removed: removed.length }) : "")}
      </p>
      {error ? <Problem error={error} /> : null}
      <div class="desk-acts">
        <button
          class="button primary"
          type="button"
          disabled={isBusy || !isChanged || wrong.length > 0}
          onClick={() => void publish(rules, t("desk.published"))}
        >
          {t("desk.publish")}
        </button>
        <button
          class="button"
          type="button"
          disabled={isBusy || (!isChanged && wrong.length === 0)}
          onClick={() => edit(writeRules(report.synonyms))}
        >
          {t("desk.discard")}
        </button>
        <button
          class="button quiet"
          type="button"
          disabled={isBusy || !canUndo}
          onClick={() => before(1).then((old) => publish(old, t("desk.undone")), setError)}
        >
          {t("desk.undo")}
        </button>
      </div>
      {history.length > 0 && (
        <details class="desk-history">
          <summary>{count("desk.history", history.length)}</summary>
          <ol>
            {history.map(({ offset, time, rules: size, added: more, removed: less }, i) => (
              <li key={offset}>
                <time dateTime={time}>{formatTime(time)}</time>
                <span>{count("desk.rules", size)}</span>
                <span class="desk-change">
                  +{more} −{less}
                </span>
                {i === 0 ? (
                  <span class="state">{t("desk.present")}</span>
                ) : (
                  <button
                    class="button quiet"
                    type="button"
                    onClick={() => before(i).then((old) => edit(writeRules(old)), setError)}
                  >
                    {t("desk.take-up")}
                  </button>
                )}
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
