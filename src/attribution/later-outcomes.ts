/** Which actions are the outcomes that follow a choice, and the bit that says of an impression that one did. */
import { actionCode, isRejection } from "../core/actions.ts";
import type { LaterOutcome } from "../core/follow-up.ts";

/** Beside the flags of `slates.ts`; cleared when the outcome is taken back. */
export const flagOf: Readonly<Record<LaterOutcome, number>> = { cart: 8, purchase: 16, dislike: 32 };

/** Of a return, what it takes back; undefined for actions that are no later outcome. */
export function laterOutcomeOf(action: number): LaterOutcome | undefined {
  if (action === actionCode.cart) return "cart";
  if (action === actionCode.purchase || action === actionCode.return) return "purchase";
  return isRejection(action) ? "dislike" : undefined;
}
