/** The search box: completions and a few items while one types, by mouse and by keyboard. Keystrokes teach nothing. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { SuggestAnswer } from "../../src/core/public.ts";
import { api } from "../app/api.ts";
import { Icon } from "../app/icons.tsx";
import { go } from "../app/route.ts";
import { named, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "./acts.ts";
import { asked, askedHref, search } from "./asked.ts";
import { asker, someone } from "./shopper.ts";

const waitMs = 90;

interface Choice {
  readonly key: string;
  choose(): void;
}

export function SearchBox() {
  const { query } = asked();
  const [typed, setTyped] = useState(query);
  const [answer, setAnswer] = useState<SuggestAnswer | undefined>(undefined);
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const list = useId();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => setTyped(query), [query]);
  useEffect(() => {
    if (!isOpen || typed.trim() === "") return setAnswer(undefined);
    const given = new AbortController();
    const wait = setTimeout(() => {
      const { user, session } = asker(someone.value);
      const who = user === undefined ? { consent: "false" } : { user, session: session ?? "" };
      api.suggest({ q: typed, size: "6", ...who }, given.signal).then(
        (one) => {
          setAnswer(one);
          setAt(-1);
        },
        () => {},
      );
    }, waitMs);
    return () => {
      clearTimeout(wait);
      given.abort();
    };
  }, [typed, isOpen]);

  const leave = (): void => {
    setOpen(false);
    setAt(-1);
  };
  const completions = isOpen ? (answer?.completions ?? []) : [];
  const items = isOpen ? (answer?.items ?? []).slice(0, 4) : [];
  const choices: Choice[] = [
    ...completions.map(({ text, kind, path }) => ({
      key: `${kind}:${path?.join("/") ?? text}`,
      choose() {
        if (kind === "category" && path) search("", { category: { under: [...path] } });
        else if (kind === "brand") search("", { brand: [text] });
        else search(text);
      },
    })),
    ...items.map(({ item }) => ({
      key: `item:${item}`,
      choose: () => go(askedHref({ item, beside: undefined, view: undefined })),
    })),
  ];
  const isShown = choices.length > 0;
  const choose = (choice: Choice): void => {
    choice.choose();
    leave();
    input.current?.blur();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && isShown) {
      event.preventDefault();
      leave();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    setOpen(true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    // One place more than there are choices: the text itself.
    setAt(((at + 1 + step + choices.length + 1) % (choices.length + 1)) - 1);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const choice = choices[at];
    if (choice) choose(choice);
    else search(typed.trim());
    leave();
  };
  const option = (place: number) => ({
    id: `${list}-${place}`,
    role: "option" as const,
    "aria-selected": at === place,
    // Before the box loses the focus and the list goes.
    onMouseDown: (event: Event) => {
      event.preventDefault();
      choose(choices[place]!);
    },
  });
  return (
    <search class="search">
      <form onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          inputmode="search"
          enterkeyhint="search"
          role="combobox"
          aria-label={t("shop.search")}
          aria-expanded={isShown}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={t("shop.search")}
          value={typed}
          onInput={({ currentTarget }) => {
            setTyped(currentTarget.value);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
          onBlur={leave}
        />
        <div class="completions" id={list} role="listbox" aria-label={t("shop.completions")} hidden={!isShown}>
          {completions.map(({ text, kind, path }, i) => (
            <div key={choices[i]!.key} class="completion" {...option(i)}>
              <span class="completion-text">{path && path.length > 1 ? path.join(" › ") : text}</span>
              {kind !== "query" && <span class="completion-kind">{named("completion", kind)}</span>}
            </div>
          ))}
          {items.map(({ item, fields }, i) => (
            <div key={item} class="completion item" {...option(completions.length + i)}>
              <Picture item={item} fields={fields} />
              <span class="completion-text">{titleOf(item, fields)}</span>
            </div>
          ))}
        </div>
      </form>
    </search>
  );
}
