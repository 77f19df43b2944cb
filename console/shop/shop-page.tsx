/** The shop window: a storefront over the shop's own catalogue, with what the engine has learned beside it. */
import { Icon } from "../app/icons.tsx";
import { go } from "../app/route.ts";
import { refusal, t } from "../app/words.ts";
import { cartOf } from "./acts.ts";
import { asked, askedHref, average, isSearch } from "./asked.ts";
import { Beside } from "./beside.tsx";
import { Cart } from "./cart.tsx";
import { Home } from "./home.tsx";
import { ItemPanel } from "./item-panel.tsx";
import { isLateAlone, refused } from "./reporting.ts";
import { Results } from "./results.tsx";
import { SearchBox } from "./search-box.tsx";
import { someone } from "./shopper.ts";
import { ShopperMenu } from "./shopper-menu.tsx";
import { ShopperPanel } from "./shopper-panel.tsx";
import { TourPlace } from "./tour-place.tsx";

export function ShopPage() {
  const now = asked();
  const inCart = cartOf(someone.value).length;
  const isBeside = now.beside !== undefined && !now.isCart;
  return (
    <div class={`shop${now.item ? " with-item" : ""}${isBeside ? " is-beside" : ""}`}>
      <div class="shop-bar">
        <SearchBox />
        <div class="shop-tools">
          <ShopperMenu />
          <button
            class={`button${isBeside ? " on" : ""}`}
            type="button"
            aria-pressed={isBeside}
            onClick={() => go(askedHref({ beside: isBeside ? undefined : average, view: undefined, item: undefined }))}
          >
            <Icon name="split" />
            <span>{t("beside.switch")}</span>
          </button>
          <a class="button" href={askedHref({ view: now.isCart ? undefined : "cart", item: undefined })}>
            <Icon name="cart" />
            <span class="visually-hidden">{t("cart.title")}</span>
            <span class="cart-count">{inCart}</span>
          </a>
        </div>
      </div>
      {refused.value && (
        <p class="problem" role="status">
          {t("shop.refused")} {refusal(refused.value)}
        </p>
      )}
      {isLateAlone.value && (
        <p class="problem" role="status">
          {t("shop.late")}
        </p>
      )}
      <div class="shop-body">
        <div class="shop-main">
          {now.isCart ? (
            <Cart />
          ) : isBeside ? (
            <Beside asked={now} />
          ) : isSearch(now) ? (
            <Results asked={now} />
          ) : (
            <Home />
          )}
        </div>
        <aside class="shop-side" aria-label={t("shop.side")}>
          {now.item && <ItemPanel item={now.item} />}
          <ShopperPanel />
        </aside>
      </div>
      <TourPlace />
    </div>
  );
}
