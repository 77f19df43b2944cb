/** What stands around every page: the name, the pages, language and theme, and whether the server answers. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { api, isReachable, key, untilAnswered } from "./api.ts";
import { Icon, type IconName, Mark } from "./icons.tsx";
import { hrefOf, route } from "./route.ts";
import { type Opened, opened } from "./scopes.ts";
import { theme, themes } from "./theme.ts";
import { type Language, language, languageNames, type Message, t, wantedLanguage } from "./words.ts";

export const pages = [
  { page: "shop", icon: "shop", name: "page.shop" },
  { page: "now", icon: "now", name: "page.now", needs: "metrics" },
  { page: "quality", icon: "quality", name: "page.quality", needs: "admin" },
  { page: "desk", icon: "search", name: "page.desk", needs: "admin" },
  { page: "lookup", icon: "lookup", name: "page.lookup", needs: "admin" },
  { page: "setup", icon: "setup", name: "page.setup", needs: "admin" },
  { page: "keys", icon: "key", name: "page.keys", needs: "admin" },
] as const satisfies readonly { page: string; icon: IconName; name: Message; needs?: keyof Opened }[];

const isOpen = (one: (typeof pages)[number]): boolean => !("needs" in one) || opened.value?.[one.needs] === true;

export function Frame({ children }: { readonly children: ComponentChildren }) {
  const { page: now } = route.value;
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the pages stand in a line that is longer than the screen.
  useEffect(
    () => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }),
    [now, opened.value],
  );
  useEffect(() => {
    if (isReachable.value) return undefined;
    const given = new AbortController();
    // Whatever the page asks meanwhile, the banner goes once the server is back.
    untilAnswered(api.ready, given.signal).catch(() => {});
    return () => given.abort();
  }, [isReachable.value]);
  return (
    <div class="frame">
      <button class="skip" type="button" onClick={toMain}>
        {t("frame.skip")}
      </button>
      <header class="rail">
        <a class="rail-name" href={hrefOf("shop")} aria-label={t("frame.home")}>
          <Mark />
          <span>Liveshelf</span>
        </a>
        <nav ref={nav} aria-label={t("frame.pages")}>
          <ul>
            {pages.filter(isOpen).map(({ page, icon, name }) => (
              <li key={page}>
                <a href={hrefOf(page)} aria-current={now === page ? "page" : undefined}>
                  <Icon name={icon} />
                  <span>{t(name)}</span>
                </a>
              </li>
            ))}
            <li class="rail-reference">
              <a href="docs">
                <Icon name="reference" />
                <span>{t("page.reference")}</span>
              </a>
            </li>
          </ul>
        </nav>
        <div class="rail-settings">
          <ThemeSwitch />
          <LanguageSwitch />
          {key.value && (
            <button class="rail-button" type="button" onClick={() => (key.value = null)} title={t("key.forget")}>
              <Icon name="key" />
              <span class="visually-hidden">{t("key.forget")}</span>
            </button>
          )}
        </div>
      </header>
      {!isReachable.value && (
        <p class="unreachable" role="status">
          {t("frame.unreachable")}
        </p>
      )}
      <main id="main" tabIndex={-1} class="page">
        {children}
      </main>
    </div>
  );
}

/** The fragment is the page's address, so no link can do it. */
function toMain(): void {
  document.getElementById("main")?.focus();
}

function ThemeSwitch() {
  const now = theme.value;
  const next = themes[(themes.indexOf(now) + 1) % themes.length]!;
  const words = t("theme.switch", { now: t(`theme.${now}`), next: t(`theme.${next}`) });
  return (
    <button class="rail-button" type="button" onClick={() => (theme.value = next)} title={words}>
      <Icon name={now} />
      <span class="visually-hidden">{words}</span>
    </button>
  );
}

function LanguageSwitch() {
  const all = Object.keys(languageNames) as Language[];
  const next = all[(all.indexOf(language.value) + 1) % all.length]!;
  return (
    <button
      class="rail-button"
      type="button"
      lang={next}
      onClick={() => (wantedLanguage.value = next)}
      title={languageNames[next]}
    >
      <Icon name="language" />
      <span class="visually-hidden">{languageNames[next]}</span>
    </button>
  );
}
