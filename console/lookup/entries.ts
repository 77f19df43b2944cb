/** Lists shown and things done, in one order by time. */
import type { UserReport, UserSlate } from "../../src/core/user-report.ts";

type Touch = UserReport["recent"][number];

/** Either a list or a touch of one item. */
export interface Entry {
  /** ISO 8601 */
  readonly at: string;
  readonly slate?: UserSlate;
  readonly touch?: Touch;
}

/** A list tells when it was shown, not when something was chosen: what was done with that later is another visit's. */
const visitMs = 30 * 60_000;

/** Newest first. What was chosen from one of the lists is marked there, and is no entry of its own for that visit; nor is what was done before the oldest of them, where lists there are. */
export function entriesOf(slates: readonly UserSlate[], recent: readonly Touch[]): Entry[] {
  const toldUntilMs = new Map<string, number>();
  for (const { at, items } of slates.toReversed())
    for (const { item, outcomes } of items) if (outcomes.length > 0) toldUntilMs.set(item, Date.parse(at) + visitMs);
  const oldest = slates.at(-1)?.at ?? "";
  const touches = recent.filter(({ item, at }) => at >= oldest && Date.parse(at) > (toldUntilMs.get(item) ?? 0));
  const entries: Entry[] = [...slates.map((slate) => ({ at: slate.at, slate }))];
  entries.push(...touches.map((touch) => ({ at: touch.at, touch })));
  return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

const shownMax = 12;

/** The first of a list, and what was chosen further down. */
export const shownOf = ({ items }: UserSlate): UserSlate["items"] =>
  items.filter(({ outcomes }, i) => i < shownMax || outcomes.length > 0);
