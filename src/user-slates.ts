/** The lists that a shopper was shown, with what came of them, as far back as attribution remembers them. */
import { flagOf } from "./attribution/later-outcomes.ts";
import { chosenFlag, seenFlag } from "./attribution/slates.ts";
import { LiveshelfError } from "./core/errors.ts";
import { laterOutcomes } from "./core/follow-up.ts";
import { limits } from "./core/limits.ts";
import { queryOfWord } from "./core/request.ts";
import { type UserSlate, type UserSlates, userSlatesByDefault } from "./core/user-report.ts";
import { surfaceName } from "./question.ts";
import type { Rooms } from "./rooms.ts";

/** `user` as the log has it; undefined for one who is not known. Throws REQUEST_MALFORMED. */
export function reportUserSlates(
  rooms: Rooms,
  user: string,
  size: number = userSlatesByDefault,
): UserSlates | undefined {
  if (!Number.isInteger(size) || size < 1 || size > limits.userSlatesMax) {
    const message = `"size" must be a whole number from 1 to ${limits.userSlatesMax}.`;
    throw new LiveshelfError("REQUEST_MALFORMED", message, "/size");
  }
  const shopper = rooms.shoppers.find(user, undefined);
  if (shopper < 0) return undefined;
  const { slates } = rooms.attribution;
  const told: UserSlate[] = [];
  for (let slate = slates.before(shopper, -1); slate >= 0; slate = slates.before(shopper, slate))
    if (told.push(slateOf(rooms, slate)) >= size) break;
  return { slates: told };
}

function slateOf(rooms: Rooms, slate: number): UserSlate {
  const { attribution, items, words } = rooms;
  const { slates } = attribution;
  const shown: UserSlate["items"][number][] = [];
  for (let position = 0; position < slates.count.get(slate); position++) {
    const item = items.id(slates.item(slate, position));
    if (item === undefined) continue;
    const flags = slates.flags(slate, position);
    const isChosen = (flags & chosenFlag) !== 0;
    const later = laterOutcomes.filter((outcome) => (flags & flagOf[outcome]) !== 0);
    const outcomes = [...(isChosen ? ["click" as const] : []), ...later];
    shown.push({ item, position, seen: (flags & (seenFlag | chosenFlag)) !== 0, outcomes });
  }
  return {
    slate: slates.id(slate),
    at: new Date(slates.atMs.get(slate)).toISOString(),
    surface: surfaceName(words.id(slates.surface.get(slate))) ?? null,
    query: queryOfWord(words.id(slates.query.get(slate))) ?? null,
    orderedBy: slates.orderedByEngine.get(slate) === 1 ? "engine" : "caller",
    closed: slates.isClosed.get(slate) === 1,
    items: shown,
  };
}
