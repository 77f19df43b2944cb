/** Who may call: keys made, shown once, and withdrawn. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask, key as ownKey } from "../app/api.ts";
import { Empty, Problem } from "../app/parts.tsx";
import { TableFrame } from "../app/table-frame.tsx";
import { formatTime, t } from "../app/words.ts";

const scopes = ["events", "query", "metrics", "admin"] as const;

interface Key {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly sha256: string;
  readonly expires?: string;
  readonly removable: boolean;
  readonly yours: boolean;
}

interface MadeKey {
  readonly name: string;
  readonly key: string;
}

interface Keys {
  readonly keys: readonly Key[];
  readonly closed?: string;
}

const all = signal<Keys | undefined>(undefined);
const problem = signal<unknown>(undefined);

async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    problem.value = undefined;
    return true;
  } catch (error) {
    problem.value = error;
    return false;
  }
}

const list = async (): Promise<void> => {
  all.value = (await (await ask("v1/keys")).json()) as Keys;
};

export function KeysPage() {
  const [made, setMade] = useState<MadeKey | undefined>(undefined);
  useEffect(() => void attempt(list), []);
  const found = all.value;
  return (
    <div class="keys">
      <header class="section-head">
        <h1>{t("keys.title")}</h1>
        <p>{t("keys.hint")}</p>
      </header>
      {problem.value ? <Problem error={problem.value} /> : null}
      {made && <Made made={made} onDone={() => setMade(undefined)} />}
      {found && (
        <section class="block">
          {found.keys.length === 0 ? (
            <Empty title={t("keys.none")}>{t("keys.none-hint")}</Empty>
          ) : (
            <TableFrame label={t("keys.title")}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("keys.name")}</th>
                    <th scope="col">{t("keys.scopes")}</th>
                    <th scope="col">{t("keys.expires")}</th>
                    <th scope="col">SHA-256</th>
                    <th scope="col">
                      <span class="visually-hidden">{t("keys.withdraw")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {found.keys.map((one) => (
                    <tr key={one.name + one.sha256}>
                      <th scope="row">
                        {one.name}
                        {one.yours && <span class="state">{t("keys.yours")}</span>}
                      </th>
                      <td>{one.scopes.map((scope) => t(`scope.${scope as (typeof scopes)[number]}`)).join(" · ")}</td>
                      <td>{one.expires ? formatTime(one.expires) : t("keys.never")}</td>
                      <td>
                        <code>{one.sha256}…</code>
                      </td>
                      <td class="number">{one.removable && <Withdraw one={one} />}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableFrame>
          )}
        </section>
      )}
      {found &&
        (found.closed ? <Closed why={found.closed} /> : <Make isFirst={found.keys.length === 0} onMade={setMade} />)}
    </div>
  );
}

const Closed = ({ why }: { readonly why: string }) => (
  <section class="block">
    <h2>{t("keys.closed")}</h2>
    <p lang="en">{why}</p>
  </section>
);

interface MakeProps {
  readonly isFirst: boolean;
  onMade(made: MadeKey): void;
}

function Make({ isFirst, onMade }: MakeProps) {
  const [name, setName] = useState("");
  const [expires, setExpires] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>(["events", "query"]);
  // The first key locks the server: it has to open everything.
  const wanted = isFirst ? ["admin"] : chosen;
  const submit = (event: Event): void => {
    event.preventDefault();
    void attempt(async () => {
      const body = { name: name.trim(), scopes: wanted, ...(expires && { expires }) };
      const made = (await (await ask("v1/keys", { method: "POST", body })).json()) as MadeKey;
      if (isFirst) ownKey.value = made.key;
      onMade(made);
      setName("");
      setExpires("");
      await list();
    });
  };
  return (
    <section class="block">
      <h2>{t("keys.make-title")}</h2>
      <p class="note">{t(isFirst ? "keys.first" : "keys.make-hint")}</p>
      <form class="key-form" onSubmit={submit}>
        <label class="field">
          <span>{t("keys.name")}</span>
          <input
            value={name}
            required
            maxLength={64}
            pattern="[\w .@\-]+"
            spellcheck={false}
            autocomplete="off"
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </label>
        <fieldset>
          <legend>{t("keys.scopes")}</legend>
          {scopes.map((scope) => (
            <label key={scope} class="scope">
              <input
                type="checkbox"
                checked={wanted.includes(scope)}
                disabled={isFirst}
                onChange={({ currentTarget }) =>
                  setChosen(currentTarget.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))
                }
              />
              <span>
                <strong>{t(`scope.${scope}`)}</strong> {t(`scope-hint.${scope}`)}
              </span>
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span>{t("keys.expires-from")}</span>
          <input type="date" value={expires} onInput={({ currentTarget }) => setExpires(currentTarget.value)} />
        </label>
        <button class="button primary" type="submit" disabled={name.trim() === "" || wanted.length === 0}>
          {t("keys.make")}
        </button>
      </form>
    </section>
  );
}

/** The only time that it is shown. */
function Made({ made, onDone }: { readonly made: MadeKey; onDone(): void }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <section class="block made" role="status">
      <h2>{t("keys.made", { name: made.name })}</h2>
      <p class="note">{t("keys.made-hint")}</p>
      <pre>{made.key}</pre>
      <div class="made-acts">
        {navigator.clipboard && (
          <button
            class="button"
            type="button"
            onClick={() => void navigator.clipboard.writeText(made.key).then(() => setCopied(true))}
          >
            {t(isCopied ? "setup.copied" : "setup.copy")}
          </button>
        )}
        <button class="button" type="button" onClick={onDone}>
          {t("keys.made-done")}
        </button>
      </div>
    </section>
  );
}

/** Asked twice: who has it is shut out at once. */
function Withdraw({ one }: { readonly one: Key }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const withdraw = (): void => {
    dialog.current?.close();
    void attempt(async () => {
      await ask(`v1/keys/${encodeURIComponent(one.name)}`, { method: "DELETE" });
      if (one.yours) ownKey.value = null;
      await list();
    });
  };
  const title = `withdraw-${one.sha256}`;
  return (
    <>
      <button
        class="button danger"
        type="button"
        aria-label={t("keys.withdraw-of", { name: one.name })}
        onClick={() => dialog.current?.showModal()}
      >
        {t("keys.withdraw")}
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        <h2 id={title}>{t("keys.withdraw-title", { name: one.name })}</h2>
        <p>{t(one.yours ? "keys.withdraw-yours" : "keys.withdraw-text")}</p>
        <div class="dialog-acts">
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            {t("erase.keep")}
          </button>
          <button class="button danger" type="button" onClick={withdraw}>
            {t("keys.withdraw-really")}
          </button>
        </div>
      </dialog>
    </>
  );
}
