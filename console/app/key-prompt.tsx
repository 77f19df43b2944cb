/** Where the server has keys, the console asks for one; it stays in this tab. */
import { useState } from "preact/hooks";
import { isLocked, key } from "./api.ts";
import { Mark } from "./icons.tsx";
import { t } from "./words.ts";

export function KeyPrompt() {
  const [given, setGiven] = useState("");
  const wasWrong = key.value !== null;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (given.trim() === "") return;
    key.value = given.trim();
    isLocked.value = false;
  };
  return (
    <main class="locked">
      <form class="locked-form" onSubmit={submit}>
        <Mark />
        <h1>{t("key.title")}</h1>
        <p>{t("key.text")}</p>
        <label class="field">
          <span>{t("key.label")}</span>
          <input
            type="password"
            autocomplete="current-password"
            value={given}
            onInput={({ currentTarget }) => setGiven(currentTarget.value)}
            aria-invalid={wasWrong}
            aria-describedby="key-problem"
          />
        </label>
        <p id="key-problem" class="problem" role="alert">
          {wasWrong ? t("key.wrong") : ""}
        </p>
        <button class="button primary" type="submit">
          {t("key.use")}
        </button>
      </form>
    </main>
  );
}
