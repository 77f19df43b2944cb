/** Do outcomes say what they should: known actions, money where money moved, nothing brought back that was never bought? */
import { defaultActions } from "../core/actions.ts";
import { judged, Parts, Tally } from "./finding.ts";
import { Lately } from "./lately.ts";
import type { Check } from "./seen.ts";

const salesMax = 2 ** 21;

/** What others call the actions of this house. */
const otherNames: readonly [known: string, pattern: RegExp][] = [
  [
    "purchase",
    /^(?:purchased?s?|buy|bought|order(?:ed)?|checkout|transaction|sale|sold|conversion|pay(?:ment|ed)?|paid)$/,
  ],
  ["cart", /^(?:(?:add)?(?:ed)?(?:to)?(?:cart|basket|bag)|basketadd|cartadd|cartadded)$/],
  ["click", /^(?:clicks|clicked|clickout|clickthrough|tap|select(?:item|content)?|open)$/],
  ["view", /^(?:views|viewed|viewitem|itemview|pageview|productview|detail(?:s|view)?|pdp|visit)$/],
  ["seen", /^(?:impressions?|shown|exposure|viewable|display(?:ed)?)$/],
  ["like", /^(?:likes|liked|favou?rited?|favs?|bookmark(?:ed)?|wishlist|addtowishlist|upvote)$/],
  ["dislike", /^(?:dislikes|disliked|downvote|thumbsdown)$/],
  ["hide", /^(?:hidden|dismiss(?:ed)?|notinterested)$/],
  ["return", /^(?:returns|returned|refund(?:ed)?|cancel(?:led|lation)?|chargeback)$/],
  ["rating", /^(?:rate|rated|review|stars)$/],
];

function meant(action: string): string | undefined {
  const plain = action.toLowerCase().replaceAll(/[^a-z]/g, "");
  return otherNames.find(([known, pattern]) => known === plain || pattern.test(plain))?.[0];
}

export function sales(): Check {
  const bought = new Lately(salesMax);
  const own = new Tally();
  const ownNames = new Parts(200);
  const withoutValue = new Tally();
  const negative = new Tally();
  const unsold = new Tally();
  const actions = new Parts(200);
  let outcomes = 0;
  let purchases = 0;
  let returns = 0;
  let valued = 0;
  const meanings = new Map<string, string | undefined>();
  return {
    see(seen) {
      const { event, shopper, item } = seen;
      if (event.type !== "outcome") return;
      const { action, value } = event;
      outcomes++;
      actions.add(action);
      if (!defaultActions.has(action) && action !== "rating") {
        if (!meanings.has(action) && meanings.size < 1000) meanings.set(action, meant(action));
        const likely = meanings.get(action);
        if (likely !== undefined) {
          own.add(seen);
          ownNames.add(`${action} (${likely}?)`);
        }
      }
      if (value !== undefined) valued++;
      if (value !== undefined && value < 0) negative.add(seen);
      if (action === "purchase") {
        purchases++;
        if (value === undefined || value === 0) withoutValue.add(seen);
        if (shopper >= 0 && item >= 0) bought.put(shopper, item, 1);
      } else if (action === "return") {
        returns++;
        if (shopper < 0 || item < 0 || bought.get(shopper, item) === undefined) unsold.add(seen);
      }
    },

    findings: () => [
      judged({
        code: "actions-by-other-names",
        count: own.count,
        of: outcomes,
        fine: "No action of another name looks like one that has a meaning.",
        wrong: "outcomes have an action that looks like a known one under another name.",
        failAbove: 0.2,
        parts: ownNames,
        example: own.example,
        costs: "An action of the shop's own has no reward and is no choice: it teaches next to nothing.",
        mend: `Use the names that have a meaning: ${[...defaultActions.keys()].join(", ")}, rating.`,
      }),
      judged({
        code: "purchases-without-value",
        count: withoutValue.count,
        of: purchases,
        fine: purchases === 0 ? "There are no purchases." : "Every purchase has its value.",
        wrong: 'purchases have no "value", or 0.',
        failAbove: 0.9999,
        // Sales without any value at all are a choice of the shop's; a mixture is a fault.
        warnAbove: withoutValue.count === purchases ? 1 : 0,
        example: withoutValue.example,
        costs: "Lists cannot be ordered by what they earn, and gifts, corrections and samples count as sales.",
        mend: 'Send the money of the line as "value"; leave out lines that are no sale.',
      }),
      judged({
        code: "negative-values",
        count: negative.count,
        of: valued,
        fine: "No value is below zero.",
        wrong: "outcomes have a value below zero.",
        example: negative.example,
        costs: "A sale with a negative value is none: it teaches that the item is bought.",
        mend: 'Send a cancellation as the action "return", with a value above zero; leave corrections out.',
      }),
      judged({
        code: "returns-without-sale",
        count: unsold.count,
        of: returns,
        fine: returns === 0 ? "Nothing is brought back." : "Nothing is brought back that was not bought before.",
        wrong: "returns are of an item that the shopper did not buy before, as far as is known.",

        example: unsold.example,
        costs: "They take back what was never taught, and count as turning away from the item.",
        mend: "Send the sales from before too, or leave out what was brought back of them; send a return under the user who bought.",
      }),
    ],
  };
}
