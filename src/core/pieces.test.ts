import { expect, test } from "vitest";
import { atOnce, type Pieces, Turns } from "./pieces.ts";

/** Counts to `most`; `tick` at each step. */
function* counting(most: number, tick: () => void = () => {}, end: () => void = () => {}): Pieces<number> {
  try {
    for (let n = 0; n < most; n++) {
      tick();
      yield;
    }
    return most;
  } finally {
    end();
  }
}

test("work comes to the same at once and in turns", async () => {
  expect(atOnce(counting(7))).toBe(7);
  expect(await new Turns(new AbortController().signal).run(counting(7))).toBe(7);
});

test("a piece ends when its time is over, and other work has its turn between two", async () => {
  let nowMs = 0;
  const turns = new Turns(new AbortController().signal, 5, () => nowMs);
  const order: string[] = [];
  setImmediate(() => order.push("other"));
  await turns.run(
    counting(12, () => {
      nowMs += 2;
      order.push("work");
    }),
  );
  // Three steps of 2 ms go over 5 ms.
  expect(order.slice(0, 4)).toEqual(["work", "work", "work", "other"]);
  expect(order.filter((one) => one === "work")).toHaveLength(12);
  expect(turns.longestMs).toBe(6);
});

test("work that is given up ends with the reason, and lets go of what it holds", async () => {
  const stop = new AbortController();
  let isLetGo = false;
  const running = new Turns(stop.signal, 0).run(
    counting(
      1000,
      () => {},
      () => {
        isLetGo = true;
      },
    ),
  );
  stop.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  expect(isLetGo).toBe(true);
});
