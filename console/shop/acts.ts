/** What one does in the shop, told to the engine; acknowledged, it is in the next answer. */
import { signal } from "@preact/signals";
import type { Fields } from "../../src/core/event.ts";
import { remembered } from "../app/remembered.ts";
import { report } from "./reporting.ts";
import { acted, type Someone, someone } from "./shopper.ts";

export type Action = "click" | "cart" | "purchase" | "like" | "hide";

export interface Line {
  readonly item: string;
  readonly fields: Fields;
  readonly slate: string | null;
}

/** What was done last, for the panel that tells what it taught. */
export const lastAct = signal<{
  readonly who: Someone;
  readonly action: Action;
  readonly item: string;
  readonly title: string;
} | null>(null);

/** By shopper. */
export const carts = remembered<Readonly<Record<string, readonly Line[]>>>("carts", {}, "session");
export const cartOf = (who: Someone): readonly Line[] => carts.value[who ?? ""] ?? [];

export const titleOf = (item: string, fields: Fields | undefined): string =>
  typeof fields?.title === "string" && fields.title ? fields.title : item;

export async function act(action: Action, line: Line, who: Someone = someone.value): Promise<void> {
  const { item, fields, slate } = line;
  if (action === "cart") setCart(who, [...cartOf(who).filter((one) => one.item !== item), line]);
  // Nobody in particular leaves no trace: it would be refused a place in the log anyway.
  if (who === null) return;
  const value = action === "purchase" && typeof fields.price === "number" ? { value: fields.price } : {};
  const outcome = { item, ...(slate ? { slate } : {}) };
  const opened = action === "click" ? [{ ...outcome, action: "view" as const }] : [];
  await report(who, [{ ...outcome, action, ...value }, ...opened]);
  lastAct.value = { who, action, item, title: titleOf(item, fields) };
  acted.value++;
}

export function setCart(who: Someone, lines: readonly Line[]): void {
  carts.value = { ...carts.value, [who ?? ""]: lines };
}

export async function buy(who: Someone): Promise<void> {
  const lines = cartOf(who);
  for (const line of lines) await act("purchase", line, who);
  setCart(who, []);
}
