/** From a file with a shop's catalogue to a search that works: chosen, understood, checked, sent. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "../app/parts.tsx";
import { count, t } from "../app/words.ts";
import { Checked } from "./checked.tsx";
import { Columns } from "./columns.tsx";
import { Done, Sending } from "./sent.tsx";
import { begin, broken, fileName, problem, read, shown, stage, table, tooLarge } from "./state.ts";

export function SetupPage() {
  const now = stage.value;
  const isRead = table.value !== undefined;
  return (
    <div class="setup">
      <header class="section-head">
        <h1>{t("setup.title")}</h1>
        <p>{t("setup.hint")}</p>
      </header>
      <Step n={1} title={t("setup.choose")} isOpen={true}>
        {isRead || now === "reading" ? <Chosen /> : <DropZone />}
        {tooLarge.value && (
          <p class="problem" role="alert">
            {t("setup.too-large")}
          </p>
        )}
      </Step>
      <Step n={2} title={t("setup.columns")} isOpen={isRead}>
        {isRead && <Columns />}
      </Step>
      <Step n={3} title={t("setup.check")} isOpen={isRead && now !== "mapping"}>
        {isRead && <Checked />}
      </Step>
      <Step n={4} title={t("setup.send")} isOpen={now === "sending" || now === "stopped" || now === "done"}>
        {(now === "sending" || now === "stopped" || now === "done") && <Sending />}
        {now === "done" && <Done />}
      </Step>
      {problem.value ? <Problem error={problem.value} /> : null}
    </div>
  );
}

/** What is not yet its turn stands there by its name. */
function Step(props: {
  readonly n: number;
  readonly title: string;
  readonly isOpen: boolean;
  readonly children: ComponentChildren;
}) {
  const { n, title, isOpen, children } = props;
  return (
    <section class={isOpen ? "block step" : "block step waiting"}>
      <h2>
        <span class="step-number" aria-hidden="true">
          {n}
        </span>
        {title}
      </h2>
      {children}
    </section>
  );
}

function DropZone() {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null | undefined): void => {
    const file = files?.[0];
    if (file) void read(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: by keyboard there is the button in it.
    <div
      class={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <p class="drop-title">{t("setup.drop")}</p>
      <button class="button primary" type="button" onClick={() => input.current?.click()}>
        {t("setup.browse")}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("setup.browse")}
        accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson"
        onChange={({ currentTarget }) => take(currentTarget.files)}
      />
      <p class="note">{t("setup.formats")}</p>
    </div>
  );
}

const Chosen = () => (
  <>
    <div class="chosen-file">
      <p>
        <strong>{fileName.value}</strong>
        <span class="note" role="status">
          {table.value ? count("setup.rows", table.value.rows.length) : t("setup.reading")}
        </span>
      </p>
      <button class="button quiet" type="button" onClick={begin} disabled={stage.value === "sending"}>
        {t("setup.another")}
      </button>
    </div>
    {broken.value.length > 0 && (
      <details class="faults" open={broken.value.length <= 3}>
        <summary>{count("setup.broken", broken.value.length)}</summary>
        <ul>
          {shown(broken.value).map(({ line, fault }) => (
            <li key={line}>
              <strong>{t("setup.line", { line })}</strong> {t(`fault.${fault}`)}
            </li>
          ))}
        </ul>
        {broken.value.length > shown(broken.value).length && <p class="note">{t("setup.and-more")}</p>}
      </details>
    )}
  </>
);
