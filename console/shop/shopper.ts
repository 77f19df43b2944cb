/** Who one is in the shop: a shopper, by id, or nobody in particular, who is answered as the shop's average and leaves no trace. */
import { signal } from "@preact/signals";
import type { Asker } from "../app/api.ts";
import { remembered } from "../app/remembered.ts";

/** A user's id; `null`: nobody in particular. */
export type Someone = string | null;

/** Letters that cannot be taken for one another. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";

export function randomId(prefix: string, length = 4): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return prefix + Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}

const first = randomId("guest-");
/** Shoppers that were met in this browser, the latest first. */
export const met = remembered<readonly string[]>("met", [first]);
export const someone = remembered<Someone>("someone", met.value[0] ?? first, "session");
/** One visit is one tab's. */
const visit = remembered("visit", randomId("visit-", 8), "session");

const metMax = 8;

export function become(who: Someone): void {
  if (who !== null) met.value = [who, ...met.value.filter((one) => one !== who)].slice(0, metMax);
  someone.value = who;
}

/** What a request says of who asks. */
export const asker = (who: Someone): Asker =>
  who === null ? { consent: false } : { user: who, session: `${visit.value}-${who}` };

/** Events that were acknowledged, counted: what is shown is asked for again when it moves. */
export const acted = signal(0);
