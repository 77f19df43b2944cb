/** Counts what was refused, and says so on standard error: the first ones each, the rest by their number. */
const saidMax = 20;

export interface Refusals {
  readonly count: number;
  add(where: string, code: string, message: string): void;
  /** Says how many more there were. */
  end(): void;
}

export function refusals(say: (line: string) => void): Refusals {
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(where, code, message) {
      if (++count <= saidMax) say(`${where}: ${code}: ${message}`);
    },
    end() {
      if (count > saidMax) say(`… and ${count - saidMax} more.`);
    },
  };
}
