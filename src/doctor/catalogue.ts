/** Are the items of lists and outcomes those of the catalogue, and is each of them an item? */
import { Int32Column, Uint8Column } from "../core/columns.ts";
import { HashTable } from "../core/hash-table.ts";
import type { IdTable } from "../core/id-table.ts";
import { hashText } from "../core/random.ts";
import { type Finding, judged, Parts, Tally, whole } from "./finding.ts";
import type { Check, SeenEvent } from "./seen.ts";

/** What shops book as items that are none. */
const bookkeeping =
  /^(?:post(?:age)?|dot(?:com)?(?: ?postage)?|adjust(?:ment)?\d*|bank ?charges?|amazon ?fees?|cruk(?: commission)?|pads|gift|(?:gift|voucher)[ _-]?\d+[ _\d]*|(?:gift ?)?(?:voucher|card|coupon)s?|tests?(?:ing)?[ _-]?\d*|dummy|lorem ipsum|samples?|manual|discounts?|disc|shipping|ship|delivery|freight|fees?|carriage|deposit|refunds?|commission|rounding|tax|vat|null|none|nan|undefined|n\/?a|unknown|\?+|-+|\.+)$/i;
/** The same as titles: words that no real item has for its only one. */
const bookedTitle =
  /^(?:postage|carriage|(?:dotcom|dot com) postage|adjust(?:ment)?s?(?: .*)?|bank charges?|amazon fees?|gift vouchers?|discounts?|manual|samples?|tests?|testing|test (?:item|product|article)s?|lorem ipsum.*|\?+|-+|\.+)$/i;
/** Codes so short that they say nothing where all are. */
const shortCode = /^(?:[a-z]|c\d|sp)$/i;

const flag = { described: 1, removed: 2, bookkeeping: 4, short: 8, similar: 16, titled: 32 } as const;

/** `isCut`: items may have been described before the first event that is there. */
export function catalogue(items: IdTable, isCut: () => boolean): Check {
  const flags = new Uint8Column("flags");
  const shown = new Int32Column("shown");
  const chosen = new Int32Column("chosen");
  const similarOf = new Int32Column("similar", -1);
  const plain = new HashTable("plain", ["row"]);
  const afterRemoval = new Tally();
  let known = 0;
  let idLengths = 0;
  let described = 0;
  let firstUnknown: SeenEvent["where"] | undefined;

  const set = (row: number, bit: number): void => flags.set(row, flags.get(row) | bit);

  const meet = (row: number): void => {
    const id = items.id(row)!;
    idLengths += id.length;
    if (bookkeeping.test(id)) set(row, flag.bookkeeping);
    if (shortCode.test(id)) set(row, flag.short);
    const form = id
      .normalize("NFKC")
      .toLowerCase()
      .replaceAll(/\s+/g, "")
      .replace(/^0+(?=.)/, "");
    const [a, b] = [hashText(form) & 0x7fffffff, hashText(form, 0x5bd1e995)];
    const slot = plain.find(a, b);
    if (slot < 0) {
      plain.values[0]!.set(plain.put(a, b), row);
      return;
    }
    set(row, flag.similar);
    similarOf.set(row, plain.values[0]!.get(slot));
  };

  return {
    see(seen) {
      for (; known < items.rows; known++) meet(known);
      const { event, item, where } = seen;
      if (event.type === "slate") {
        for (let i = 0; i < seen.shownCount; i++) if (seen.shown[i]! >= 0) shown.add(seen.shown[i]!, 1);
        return;
      }
      if (item < 0) return;
      if (event.type === "item") {
        if ((flags.get(item) & flag.described) === 0) described++;
        flags.set(item, (flags.get(item) | flag.described) & ~flag.removed);
        const { title } = event.fields;
        if (typeof title === "string") {
          const isBooked = title.length <= 40 && bookedTitle.test(title.trim());
          flags.set(item, isBooked ? flags.get(item) | flag.titled : flags.get(item) & ~flag.titled);
        }
      } else if (event.type === "item-removed") set(item, flag.removed);
      else if (event.type === "outcome") {
        chosen.add(item, 1);
        const bits = flags.get(item);
        if ((bits & flag.described) === 0) firstUnknown ??= where;
        if ((bits & flag.removed) !== 0 && event.action !== "return") afterRemoval.add(seen);
      }
    },

    findings() {
      const isLong = idLengths >= 3.5 * known;
      const sums = {
        mentions: 0,
        unknownShown: 0,
        unknownChosen: 0,
        outcomes: 0,
        similar: 0,
        booked: 0,
        bookedOutcomes: 0,
      };
      const unknown = new Parts(100_000);
      const booked = new Parts(10_000);
      let similar = -1;
      for (let row = 0; row < known; row++) {
        const bits = flags.get(row);
        const [inLists, inOutcomes] = [shown.get(row), chosen.get(row)];
        sums.mentions += inLists + inOutcomes;
        sums.outcomes += inOutcomes;
        if ((bits & flag.described) === 0) {
          sums.unknownShown += inLists;
          sums.unknownChosen += inOutcomes;
          if (described > 0 && inLists + inOutcomes > 0) unknown.add(items.id(row)!, inLists + inOutcomes);
        }
        if ((bits & flag.similar) !== 0) {
          sums.similar++;
          if (similar < 0) similar = row;
        }
        if ((bits & (flag.bookkeeping | flag.titled)) !== 0 || (isLong && (bits & flag.short) !== 0)) {
          sums.booked++;
          sums.bookedOutcomes += inOutcomes;
          booked.add(items.id(row)!, Math.max(1, inOutcomes));
        }
      }
      const unknownCount = sums.unknownShown + sums.unknownChosen;
      const none = described === 0;
      return [
        catalogueFinding(),
        judged({
          code: "unknown-items",
          count: none || isCut() ? 0 : unknownCount,
          of: sums.mentions,
          fine: isCut()
            ? "It cannot be judged: the log was trimmed, and what described items before is in its snapshots."
            : none
              ? "There is no catalogue that items could lack in."
              : "Every item of lists and outcomes is in the catalogue.",
          wrong: `mentions are of items that no item event describes: ${whole(unknown.counts.size)} items, ${whole(sums.unknownShown)} times in lists and ${whole(sums.unknownChosen)} in outcomes.`,
          failAbove: 0.3,
          parts: unknown,
          example:
            firstUnknown === undefined ? undefined : { where: firstUnknown, excerpt: unknown.largest()[0]?.[0] ?? "" },
          costs:
            "They have no title, price or category: search does not find them, filters leave them out, nothing is learned over to their like.",
          mend: "Import the whole catalogue first; if their ids only look different, write them in one way.",
        }),
        judged({
          code: "removed-items-chosen",
          count: afterRemoval.count,
          of: sums.outcomes,
          fine: "Nothing is chosen after it left the catalogue.",
          wrong: "outcomes are of items that were removed from the catalogue before.",
          warnAbove: 0.0001,
          failAbove: 0.2,
          example: afterRemoval.example,
          costs: "What is still sold is not recommended or found any more.",
          mend: 'Send item-removed only when an item is gone for good; what is sold out is "inStock": false.',
        }),
        judged({
          code: "similar-item-ids",
          count: sums.similar,
          of: known,
          fine: "No two ids of items differ only by case, spaces or leading zeros.",
          wrong: "items have an id that differs from another's only by case, spaces or leading zeros.",
          failAbove: 0.2,
          example:
            similar < 0
              ? undefined
              : {
                  where: "two ids",
                  excerpt: `${JSON.stringify(items.id(similar))} and ${JSON.stringify(items.id(similarOf.get(similar)))}`,
                },
          costs: "One item counts as two: its clicks, sales and fields are divided.",
          mend: "Write every id in one way, everywhere: in the catalogue, in lists and in outcomes.",
        }),
        judged({
          code: "bookkeeping-items",
          count: sums.booked,
          of: known,
          fine: "No id or title of an item looks like bookkeeping or a test.",
          wrong: `items look like bookkeeping or tests (postage, discounts, fees …); ${whole(sums.bookedOutcomes)} outcomes are theirs.`,
          parts: booked,
          example: sums.booked === 0 ? undefined : { where: "the most frequent", excerpt: booked.largest()[0]![0] },
          costs: "Postage goes with everything: it becomes popular, is recommended, and takes places in lists.",
          mend: "Leave these rows out of what is imported.",
        }),
      ];
    },
  };

  function catalogueFinding(): Finding {
    if (isCut())
      return {
        code: "catalogue",
        status: "PASS",
        message: `${whole(described)} items are described in what the log still has. It was trimmed: which the catalogue of its snapshots has besides was not judged.`,
        count: described,
      };
    const isThere = described > 0;
    return {
      code: "catalogue",
      status: isThere ? "PASS" : "WARN",
      message: isThere ? `${whole(described)} items are described.` : "No item is described: there is no item event.",
      count: described,
      ...(!isThere && {
        costs: "No search, no filters, no titles in reasons; nothing is known of an item that was not chosen yet.",
        mend: "Import the catalogue: item events, or CSV with `liveshelf import --items`.",
      }),
    };
  }
}
