/** The cart of who one is: it lies in this tab; what goes in and what is bought, the engine is told. */
import { useState } from "preact/hooks";
import { Icon } from "../app/icons.tsx";
import { Empty } from "../app/parts.tsx";
import { hrefOf } from "../app/route.ts";
import { formatMoney, t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { buy, cartOf, setCart, titleOf } from "./acts.ts";
import { askedHref } from "./asked.ts";
import { someone } from "./shopper.ts";

export function Cart() {
  const who = someone.value;
  const lines = cartOf(who);
  const [wasBought, setBought] = useState(false);
  if (lines.length === 0) {
    return (
      <>
        <h1 class="visually-hidden">{t("cart.title")}</h1>
        <Empty title={t(wasBought ? "cart.bought" : "cart.empty")}>
          <a class="button" href={hrefOf("shop")}>
            {t("cart.back")}
          </a>
        </Empty>
      </>
    );
  }
  const price = (value: unknown): number => (typeof value === "number" ? value : 0);
  const sum = lines.reduce((all, { fields }) => all + price(fields.price), 0);
  return (
    <section class="cart">
      <header class="section-head">
        <h1>{t("cart.title")}</h1>
      </header>
      <ul class="cart-lines">
        {lines.map(({ item, fields }) => (
          <li key={item}>
            <Picture item={item} fields={fields} />
            <a href={askedHref({ item, view: undefined })}>{titleOf(item, fields)}</a>
            <span class="price">{formatMoney(price(fields.price), fields.currency)}</span>
            <button
              class="icon-button"
              type="button"
              onClick={() =>
                setCart(
                  who,
                  lines.filter((line) => line.item !== item),
                )
              }
            >
              <Icon name="close" />
              <span class="visually-hidden">{t("cart.remove", { title: titleOf(item, fields) })}</span>
            </button>
          </li>
        ))}
      </ul>
      <footer class="cart-sum">
        <span>{t("cart.sum")}</span>
        <strong class="price">{formatMoney(sum, lines[0]?.fields.currency)}</strong>
        <button
          class="button primary"
          type="button"
          onClick={() => {
            setBought(true);
            void buy(who);
          }}
        >
          {t("cart.buy")}
        </button>
      </footer>
    </section>
  );
}
