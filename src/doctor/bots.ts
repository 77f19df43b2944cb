/** Who would the engine not learn from? Judged by the rules that the engine itself sets shoppers aside by. */
import { actionCode, defaultActions } from "../core/actions.ts";
import { Uint8Column } from "../core/columns.ts";
import { judged, Parts, Tally } from "./finding.ts";
import type { Check } from "./seen.ts";

interface Choice {
  /** Row. */
  readonly shopper: number;
  /** Not 0. */
  readonly item: number;
  /** Code of `core/actions.ts`. */
  readonly action: number;
  readonly atMs: number;
  readonly isTimed: boolean;
}

/** Notes a choice; the name of the rule that it breaks, if any. */
export type Judge = (choice: Choice) => string | undefined;

export function bots(judge: Judge): Check {
  const isSuspect = new Uint8Column("suspect");
  const isKnown = new Uint8Column("known");
  const suspects = new Tally();
  const rules = new Parts();
  let shoppers = 0;
  let choices = 0;
  let theirs = 0;
  return {
    see({ event, shopper, item, atMs, isTimed, where, raw }) {
      if (event.type !== "outcome" || shopper < 0 || item < 0) return;
      if (isKnown.get(shopper) === 0) {
        isKnown.set(shopper, 1);
        shoppers++;
      }
      const action = defaultActions.get(event.action);
      if (!action?.isChoice || action.code === actionCode.purchase) return;
      choices++;
      const broken = judge({ shopper, item: item + 1, action: action.code, atMs, isTimed });
      if (isSuspect.get(shopper) === 1) theirs++;
      if (broken === undefined || isSuspect.get(shopper) === 1) return;
      isSuspect.set(shopper, 1);
      theirs++;
      rules.add(broken);
      suspects.add({ where, raw });
    },

    findings: () => [
      judged({
        code: "bots",
        count: suspects.count,
        of: shoppers,
        fine: "Nobody goes about it as robots do.",
        wrong: `shoppers choose as robots do: too fast, too much, or the same again and again. From then on ${theirs.toLocaleString("en")} of ${choices.toLocaleString("en")} choices are theirs.`,
        // A few people go beyond a limit now and then; what counts is how much of all they do.
        warnAbove: theirs > 0.01 * choices ? 0 : 0.003,
        failAbove: 0.2,
        parts: rules,
        example: suspects.example,
        costs:
          "What they do waits in quarantine and teaches nothing until they pay or calm down. If they are people, their ids or times are wrong.",
        mend: 'Keep robots from the log, or mark them by a user event with "trusted": false. If they are people: one id for many, or times of the sending and not of the deed.',
      }),
    ],
  };
}
