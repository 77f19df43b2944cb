/** The baseline that learns nothing: things stay as they were, in the lister's order. What answers when every other model fails. */
import type { ColumnSpec } from "../core/rows.ts";
import { state } from "../core/state.ts";
import type { Model } from "./model.ts";

/** `prior`: the column that holds the order as a logit. */
export function callersOrder(columns: readonly ColumnSpec[], prior: string): Model {
  const at = columns.findIndex((column) => column.name === prior);
  return {
    name: "callers-order",
    state: state("model.callers-order", 1, []),
    lessons: 0,
    predict({ dense, width, count }, out) {
      for (let i = 0; i < count; i++) {
        const value = dense[i * width + at]!;
        out[i] = Number.isFinite(value) ? value : 0;
      }
    },
    learn() {},
    explain({ dense, width }, row) {
      const value = dense[row * width + at]!;
      return { bias: 0, contributions: [{ feature: prior, value: Number.isFinite(value) ? value : 0 }] };
    },
  };
}
