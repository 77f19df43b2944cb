/** What is done in the shop window is reported as any shop's page does it: by the browser client, which loses nothing and sends nothing twice. */
import { effect, signal } from "@preact/signals";
import { type Client, createClient } from "../../client/client.ts";
import type { Outcome, Refusal } from "../../client/types.ts";
import { watchItems } from "../../client/watching.ts";
import { key } from "../app/api.ts";
import { asker, type Someone } from "./shopper.ts";

/** The server will not have it, and why. */
export const refused = signal<Refusal | undefined>(undefined);

let client: Client | undefined;

effect(() => {
  void client?.close();
  client = createClient({
    ...{ key: key.value ?? undefined, consent: true, name: "liveshelf.console", batchMs: 50 },
    onRefused: (one) => {
      refused.value = one;
    },
  });
});

/** True once the server has it; false: it is kept, and sent as soon as the server answers. */
export async function report(who: string, outcomes: readonly Omit<Outcome, "user" | "session">[]): Promise<boolean> {
  const { user, session } = asker(who);
  client!.record(outcomes.map((outcome) => ({ ...outcome, user, session }) as Outcome));
  return client!.flush();
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
