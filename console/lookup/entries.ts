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

/** Newest first. What was chosen from one of the lists is marked there, and is no entry of its own; nor is what was done before the oldest of them, where lists there are. */
export function entriesOf(slates: readonly UserSlate[], recent: readonly Touch[]): Entry[] {
  const chosen = new Set(
    slates.flatMap(({ items }) => items.filter(({ outcomes }) => outcomes.length > 0).map(({ item }) => item)),
  );
  const oldest = slates.at(-1)?.at ?? "";
  const touches = recent.filter(({ item, at }) => at >= oldest && !chosen.has(item));
  const entries: Entry[] = [...slates.map((slate) => ({ at: slate.at, slate }))];
  entries.push(...touches.map((touch) => ({ at: touch.at, touch })));
  return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

const shownMax = 12;

/** The first of a list, and what was chosen further down. */
export const shownOf = ({ items }: UserSlate): UserSlate["items"] =>
  items.filter(({ outcomes }, i) => i < shownMax || outcomes.length > 0);
