/** What the doctor says of the items before they are sent. */
import type { Finding } from "../../src/doctor/finding.ts";
import { count, formatNumber, formatPercent, named, t } from "../app/words.ts";
import { toMend } from "./findings.ts";
import { lineOf, ready, repeated, report, send, stage } from "./state.ts";

const partsShown = 5;
const linesShown = 5;

export function Checked() {
  const found = report.value;
  if (!found) return null;
  const findings = toMend(found.findings);
  const again = repeated.value;
  return (
    <>
      <p class="note" role="status">
        {findings.length === 0
          ? t("setup.all-well", { n: found.passed })
          : count("setup.found", findings.length, { passed: formatNumber(found.passed) })}
        {found.events < ready.value.length && ` ${t("setup.part", { n: found.events })}`}
      </p>
      {again.length > 0 && <p class="note">{count("setup.repeated", again.length, { lines: linesOf(again) })}</p>}
      <ul class="findings">
        {findings.map((finding) => (
          <FindingText key={finding.code} finding={finding} />
        ))}
      </ul>
      {stage.value === "checked" && (
        <button class="button primary" type="button" disabled={ready.value.length === 0} onClick={() => void send()}>
          {count("setup.do-send", ready.value.length)}
        </button>
      )}
    </>
  );
}

const linesOf = (lines: readonly number[]): string =>
  lines.slice(0, linesShown).map(formatNumber).join(" · ") + (lines.length > linesShown ? " …" : "");

/** In the words of the language, where it has some for this code; else in the engine's own, which are English. */
function FindingText({ finding }: { readonly finding: Finding }) {
  const { code, status, message, costs = "", mend = "", example } = finding;
  const text = named("finding", code, "");
  const lang = text === "" ? "en" : undefined;
  return (
    <li class={status === "FAIL" ? "failing" : undefined}>
      <p class="finding-title">
        <span class="state">{t(`doctor.${status as "WARN" | "FAIL"}`)}</span>
        <span lang={lang}>{text === "" ? message : filled(text, finding)}</span>
      </p>
      <p class="note">
        <span lang={lang}>
          {text === "" ? `${costs} ${mend}` : named("finding-costs", code) + named("finding-mend", code)}
        </span>
        {example && <ExampleText where={example.where} excerpt={example.excerpt} />}
      </p>
    </li>
  );
}

/** `{parts}`: the largest of them, by name. */
function filled(text: string, { count: found = 0, of = 0, share = 0, parts = {} }: Finding): string {
  const largest = Object.entries(parts).slice(0, partsShown);
  const values: Readonly<Record<string, string>> = {
    count: formatNumber(found),
    of: formatNumber(of),
    share: formatPercent(share),
    parts: largest.map(([name, n]) => `${name} (${formatNumber(n)})`).join(" · "),
  };
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}

function ExampleText({ where, excerpt }: { readonly where: string; readonly excerpt: string }) {
  const line = lineOf(where);
  return (
    <>
      <br />
      {line !== undefined && `${t("setup.line", { line })} `}
      <code>{excerpt}</code>
    </>
  );
}
