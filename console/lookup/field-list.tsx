import type { Fields, FieldValue } from "../../src/core/event.ts";
import { formatNumber, named } from "../app/words.ts";
import { valueName } from "../shop/facets.tsx";

/** Fields as they were given. */
export const FieldList = ({ fields }: { readonly fields: Fields }) => (
  <dl class="facts">
    {Object.entries(fields).map(([name, value]) => (
      <div key={name}>
        <dt>{named("field", name)}</dt>
        <dd>{valueText(value, name === "category" ? " › " : ", ")}</dd>
      </div>
    ))}
  </dl>
);

function valueText(value: FieldValue, between = ", "): string {
  if (Array.isArray(value)) return value.map((one) => valueText(one)).join(between);
  if (typeof value === "number") return formatNumber(value);
  if (value === null) return "–";
  return typeof value === "object" ? JSON.stringify(value) : valueName(value);
}
