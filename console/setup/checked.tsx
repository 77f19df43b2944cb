/** What the doctor says of the items before they are sent. */
import { count, formatNumber, t } from "../app/words.ts";
import { lineOf, ready, report, send, stage } from "./state.ts";

export function Checked() {
  const found = report.value;
  if (!found) return null;
  const findings = found.findings.filter(({ status }) => status !== "PASS");
  return (
    <>
      <p class="note" role="status">
        {findings.length === 0
          ? t("setup.all-well", { n: found.passed })
          : count("setup.found", findings.length, { passed: formatNumber(found.passed) })}
        {found.events < ready.value.length && ` ${t("setup.part", { n: found.events })}`}
      </p>
      <ul class="findings">
        {findings.map(({ code, status, message, example, costs, mend }) => (
          <li key={code} class={status === "FAIL" ? "failing" : undefined}>
            <p class="finding-title">
              <span class="state">{t(`doctor.${status as "WARN" | "FAIL"}`)}</span>
              {/* The engine says it in English. */}
              <span lang="en">{message}</span>
            </p>
            <p class="note" lang="en">
              {costs} {mend}
              {example && <ExampleText where={example.where} excerpt={example.excerpt} />}
            </p>
          </li>
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
