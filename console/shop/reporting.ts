/** What is done in the shop window is reported as any shop's page does it: by the browser client, which loses nothing and sends nothing twice. */
import { computed, effect, signal } from "@preact/signals";
import { type Client, createClient } from "../../client/client.ts";
import type { Outcome, Refusal } from "../../client/types.ts";
import { watchItems } from "../../client/watching.ts";
import { isReachable, key } from "../app/api.ts";
import { acted, asker, type Someone } from "./shopper.ts";

/** The server will not have it, and why. */
export const refused = signal<Refusal | undefined>(undefined);

/** The server did not take it: the client keeps what was done, and sends it once it does. */
const isLate = signal(false);
/** Where nobody answers at all, the frame says so. */
export const isLateAlone = computed(() => isLate.value && isReachable.value);

let client: Client | undefined;
const lookAgainMs = 250;
/** Its shoppers live at another time than we: the server alone knows which. */
const isDemo = "demo" in document.documentElement.dataset;

effect(() => {
  void client?.close();
  client = createClient({
    ...{ key: key.value ?? undefined, consent: true, name: "liveshelf.console", batchMs: 50 },
    timed: !isDemo,
    onRefused: (one) => {
      refused.value = one;
    },
  });
});

effect(() => {
  // To the client it is as if the network were back: what waits goes at once.
  if (isReachable.value) dispatchEvent(new Event("online"));
});

/** Lists that came before what was kept had gone do not know of it. */
async function catchUp(): Promise<void> {
  while (!(await client!.flush())) await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  isLate.value = false;
  acted.value++;
}

/** Resolves once the server has it, or it is kept to be sent as soon as the server answers. */
export async function report(who: string, outcomes: readonly Omit<Outcome, "user" | "session">[]): Promise<void> {
  const { user, session } = asker(who);
  client!.record(outcomes.map((outcome) => ({ ...outcome, user, session }) as Outcome));
  const isSent = await client!.flush();
  if (!isSent && !isLate.value) void catchUp();
  isLate.value = !isSent;
}

/** Tells which items of a list were looked at; answers how to end it. */
export function reportSeen(list: Element, slate: string | null, who: Someone): () => void {
  if (who === null || slate === null) return () => {};
  const { user, session } = asker(who);
  return watchItems(list, {
    onSeen: (item) =>
      client!.record({ action: "seen", item, slate, user, session, id: `seen ${slate} ${item}` } as Outcome),
    onClick: undefined,
  });
}
