/** Items to look up, where nobody typed an id: what anybody is shown first. */
import { hrefOf } from "../app/route.ts";
import { t } from "../app/words.ts";
import { Picture } from "../pictures/picture.tsx";
import { titleOf } from "../shop/acts.ts";
import { sample } from "../shop/shop-fields.ts";
import { useAsked } from "./asked-for.ts";

const examplesMax = 12;

export function Examples() {
  const { value: list } = useAsked("examples", sample);
  if (!list || list.items.length === 0) return null;
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("lookup.examples")}</h2>
        <p>{t("lookup.examples-hint")}</p>
      </header>
      <ul class="examples">
        {list.items.slice(0, examplesMax).map(({ item, fields }) => (
          <li key={item}>
            <a href={hrefOf("lookup", { item })}>
              <Picture item={item} fields={fields} />
              <span>{titleOf(item, fields)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
