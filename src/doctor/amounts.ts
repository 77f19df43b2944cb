/** Is there enough to learn what is asked? */
import { defaultActions } from "../core/actions.ts";
import { Int32Column } from "../core/columns.ts";
import { type Finding, judged, Parts, whole } from "./finding.ts";
import type { Check } from "./seen.ts";

/** Clicks in lists of one surface from which on its order gets better than the caller's, as a rule of thumb. */
const clicksMin = 300;
const choicesMin = 1000;
const choicesOfItemMin = 5;

/** What the lists of a surface brought. */
export interface SurfaceAmount {
  readonly name: string;
  readonly slates: number;
  /** Joined. */
  readonly clicks: number;
}

export function amounts(surfaces: () => readonly SurfaceAmount[]): Check {
  const chosen = new Int32Column("chosen");
  const actions = new Parts(100);
  let choices = 0;
  let outcomes = 0;
  return {
    see({ event, item }) {
      if (event.type !== "outcome") return;
      outcomes++;
      actions.add(event.action);
      if (item < 0 || !defaultActions.get(event.action)?.isChoice) return;
      choices++;
      chosen.add(item, 1);
    },

    findings() {
      let items = 0;
      let rare = 0;
      for (let item = 0; item < chosen.length; item++) {
        const count = chosen.get(item);
        if (count > 0) items++;
        if (count > 0 && count < choicesOfItemMin) rare++;
      }
      const all = surfaces();
      const isFew = choices < choicesMin && (outcomes > 0 || all.length > 0);
      const few = new Parts();
      for (const { name, clicks } of all) if (clicks < clicksMin) few.add(name, clicks);
      return [
        actionsFinding(),
        judged({
          code: "enough-to-rank",
          count: few.counts.size,
          of: all.length,
          fine:
            all.length === 0
              ? "No lists are there whose order could be learned."
              : `Every surface has ${clicksMin} clicks in lists and more.`,
          wrong: `surfaces have fewer than ${clicksMin} clicks in their lists.`,
          parts: few,
          costs:
            "Their order stays close to the caller's until more is learned; what other surfaces taught helps a little.",
          mend: "Wait, import more history, or give pages of one kind one name of a surface.",
        }),
        {
          code: "enough-to-recommend",
          status: isFew ? "WARN" : "PASS",
          message: `${whole(choices)} choices of ${whole(items)} items.`,
          count: choices,
          ...(isFew && {
            costs: `With fewer than ${whole(choicesMin)} choices recommendations are little more than what is popular.`,
            mend: 'Import history: views, carts and purchases as outcomes, also without any list. An action that is no choice ("seen", an own one) does not count.',
          }),
        },
        judged({
          code: "enough-choices-of-each-item",
          count: choices < choicesMin ? 0 : rare,
          of: items,
          fine:
            choices < choicesMin
              ? "Too few choices to tell."
              : `Every item that was chosen was chosen ${choicesOfItemMin} times and more.`,
          wrong: `items that were chosen were chosen fewer than ${choicesOfItemMin} times.`,
          warnAbove: 0.8,
          costs: "What goes with them is hardly known; they live by their fields: title, category, brand, tags.",
          mend: "Describe items well; if ids change with every import of the catalogue, keep them.",
        }),
      ];
    },
  };

  function actionsFinding(): Finding {
    const parts = actions.toObject();
    const none = choices === 0 && (outcomes > 0 || surfaces().length > 0);
    return {
      code: "actions",
      status: none ? "WARN" : "PASS",
      message:
        choices === 0
          ? "No outcome is a choice."
          : `Outcomes by action: ${actions
              .largest()
              .slice(0, 6)
              .map(([name, count]) => `${name} ${whole(count)}`)
              .join(", ")}.`,
      count: choices,
      ...(parts && { parts }),
      ...(none && {
        costs: "Nothing is learned of what shoppers turn to.",
        mend: "Send outcomes: click, view, cart, purchase.",
      }),
    };
  }
}
