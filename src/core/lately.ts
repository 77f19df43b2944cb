/** What everybody did with an item of late, by how fast it fades: what callers see of the sums that features keep. */

export interface Lately {
  readonly halfLifeMs: number;
  /** The same in words: `12h`, `7d`. */
  readonly halfLife: string;
  /** Everything that turned to the item. Times ln 2 / half-life, each of these sums is a mean for each unit of time, the latest weighing most. */
  readonly choices?: number;
  /** Showings: in a list that something was chosen from, or reported as seen; clicks, and other choices. */
  readonly shown?: number;
  readonly clicks?: number;
  readonly views?: number;
  /** Clicks for each showing, 0 to 1, pulled towards the shop's own while little is known. */
  readonly rate?: number;
  /** Clicks for each one that its places would have brought any item; 1 is as good as any, from above 0. */
  readonly attraction?: number;
}
