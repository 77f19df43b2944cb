/** The console asks again while the server does not answer: a second apart or as the server says, and not for what it refuses. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, isReachable, untilAnswered } from "../console/app/api.ts";

const given = new AbortController();
let calls: number;
let answers: (() => Response)[];

const away = (): Response => {
  throw new TypeError("Failed to fetch");
};
const refusal = (status: number, code: string, headers = {}) => Response.json({ error: { code } }, { status, headers });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  [calls, answers, isReachable.value] = [0, [], true];
  vi.stubGlobal("fetch", async () => {
    calls++;
    return (answers.shift() ?? away)();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const asking = (signal = given.signal) => untilAnswered(() => api.recommend({}, signal), signal);

test("a second apart while nobody is there, until somebody is", async () => {
  const answered = asking();
  await pass(5500);
  expect([calls, isReachable.value]).toEqual([6, false]);
  answers = [() => Response.json({ items: [] })];
  await pass(500);
  expect(await answered).toEqual({ items: [] });
  await pass(5000);
  expect([calls, isReachable.value]).toEqual([7, true]);
});

test("as late as a server that is not ready says; one that has too much to do is there", async () => {
  const notReady = () => refusal(503, "NOT_READY", { "retry-after": "3" });
  answers = [notReady, notReady, notReady, notReady, () => Response.json({ items: [] })];
  const answered = asking();
  await pass(11_500);
  expect([calls, isReachable.value]).toEqual([4, false]);
  await pass(500);
  expect([await answered, calls, isReachable.value]).toEqual([{ items: [] }, 5, true]);
  answers = Array.from({ length: 4 }, () => () => refusal(503, "OVERLOADED"));
  answers.push(() => Response.json({ items: [] }));
  const list = asking();
  await pass(3500);
  expect([calls, isReachable.value]).toEqual([9, true]);
  await pass(500);
  expect(await list).toEqual({ items: [] });
});

test("no more once it is not wanted, or refused for good", async () => {
  const left = new AbortController();
  const leaving = expect(asking(left.signal)).rejects.toThrow();
  await pass(1500);
  left.abort();
  await pass(5000);
  await leaving;
  expect(calls).toBe(2);
  answers = [() => refusal(400, "INVALID_REQUEST")];
  await expect(asking()).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  expect(calls).toBe(3);
});
