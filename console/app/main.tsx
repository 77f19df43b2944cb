import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/frame.css";
import "../styles/shop.css";
import "../styles/cards.css";
import "../styles/panels.css";
import "../styles/tables.css";
import "../styles/setup.css";
import type { ComponentType } from "preact";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ShopPage } from "../shop/shop-page.tsx";
import { isLocked } from "./api.ts";
import { Frame, pages } from "./frame.tsx";
import { KeyPrompt } from "./key-prompt.tsx";
import { route } from "./route.ts";
import { firstWords, t } from "./words.ts";
import "./theme.ts";

/** Pages that are read when they are first opened. */
const later: Readonly<Record<string, () => Promise<ComponentType>>> = {
  now: async () => (await import("../now/now-page.tsx")).NowPage,
  quality: async () => (await import("../quality/quality-page.tsx")).QualityPage,
  desk: async () => (await import("../desk/desk-page.tsx")).DeskPage,
  lookup: async () => (await import("../lookup/lookup-page.tsx")).LookupPage,
  setup: async () => (await import("../setup/setup-page.tsx")).SetupPage,
  keys: async () => (await import("../keys/keys-page.tsx")).KeysPage,
};

function App() {
  const { page } = route.value;
  const known = pages.find((one) => one.page === page);
  const [loaded, setLoaded] = useState<Readonly<Record<string, ComponentType>>>({ shop: ShopPage });
  useEffect(() => {
    document.title = known ? `${t(known.name)} · Liveshelf` : "Liveshelf";
    const load = later[page];
    if (load && !loaded[page]) void load().then((Page) => setLoaded((all) => ({ ...all, [page]: Page })));
  });
  if (isLocked.value) return <KeyPrompt />;
  const Page = known ? loaded[page] : ShopPage;
  return <Frame>{Page && <Page />}</Frame>;
}

const place = document.getElementById("app")!;
firstWords.then(
  () => render(<App />, place),
  // There are no words to say it in but these.
  (error: Error) => render(<p class="problem">{error.message}</p>, place),
);
