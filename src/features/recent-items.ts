/**
 * Who asks, and the items that they turned to last: codes of the request, for models that cross them with every candidate. The
 * latest four are apart, since what somebody looks at says most of the next look, and less with each one further back.
 */
import type { RowKeys } from "../core/expiring-ids.ts";
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { Rows } from "../core/rows.ts";
import { state } from "../core/state.ts";
import { type Feature, sharedCode } from "./feature.ts";

/** Items of the history that have a column, the latest first. */
export const recentPlaces = 4;

/** `shoppers`, `items`: codes of their rows, so that the next one to have a row does not inherit what was learned of the one before. */
export function recentItems(shoppers: Pick<RowKeys, "code">, items: Pick<RowKeys, "code">): Feature {
  return {
    name: "recent-items",
    columns: [
      sharedCode("shopper", -1),
      ...Array.from({ length: recentPlaces }, (_, k) => sharedCode(`recent-${k}`, -1)),
    ],
    state: state("feature.recent-items", 1, []),
    read({ shopper, history }: Request, { count }: List, { dense, width }: Rows, column: number) {
      const who = shopper < 0 ? -1 : shoppers.code(shopper);
      for (let i = 0; i < count; i++) dense[i * width + column] = who;
      for (let k = 0; k < recentPlaces; k++) {
        const recent = k < history.count ? items.code(history.item[k]!) : -1;
        for (let i = 0; i < count; i++) dense[i * width + column + 1 + k] = recent;
      }
    },
  };
}
