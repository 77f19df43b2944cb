/** Outcomes that a shopper can bring about, and what each is worth (docs/events.md). */
export interface Action {
  readonly name: string;
  /** Small integer that folded state keeps; own actions share the last. */
  readonly code: number;
  /** What the slate that showed the item is taught. */
  readonly reward: number;
  /** The shopper turned to the item: teaches recommendations even without a slate. */
  readonly isChoice: boolean;
}

const table: readonly [name: string, reward: number, isChoice: boolean][] = [
  ["seen", 0, false],
  ["click", 1, true],
  ["view", 0, true],
  ["cart", 3, true],
  ["purchase", 10, true],
  ["like", 2, true],
  ["dislike", -2, false],
  ["hide", -5, false],
  ["return", -10, false],
];

export const actionCode = {
  seen: 0,
  click: 1,
  view: 2,
  cart: 3,
  purchase: 4,
  like: 5,
  dislike: 6,
  hide: 7,
  return: 8,
  own: 9,
} as const;

export const defaultActions: ReadonlyMap<string, Action> = new Map(
  table.map(([name, reward, isChoice], code) => [name, { name, code, reward, isChoice }]),
);

/** Actions that say what a shopper does not want, or did not want in the end. */
export const isTurningAway = (code: number): boolean =>
  code === actionCode.dislike || code === actionCode.hide || code === actionCode.return;

/** Of them, those after which the item is not recommended to the shopper, until they turn to it again. */
export const isRejection = (code: number): boolean => code === actionCode.dislike || code === actionCode.hide;

export type Actions = (name: string, value: number | undefined) => Action;

/** The action table with the config's rewards. A `rating` becomes like (≥ 4), dislike (≤ 2) or nothing. */
export function actions(rewards: Readonly<Record<string, number>> = {}): Actions {
  const byName = new Map(defaultActions);
  for (const [name, reward] of Object.entries(rewards)) {
    const known = byName.get(name) ?? { name, code: actionCode.own, reward: 0, isChoice: false };
    byName.set(name, { ...known, reward });
  }
  const neutral: Action = { name: "rating", code: actionCode.own, reward: 0, isChoice: false };
  return (name, value) => {
    if (name === "rating") {
      if (value !== undefined && value >= 4) return byName.get("like")!;
      if (value !== undefined && value <= 2) return byName.get("dislike")!;
      return neutral;
    }
    return byName.get(name) ?? { name, code: actionCode.own, reward: 0, isChoice: false };
  };
}
