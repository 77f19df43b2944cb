/** So many requests a second of each key and each address, and who counts as one. */
import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { completeConfig } from "../../src/config.ts";
import { callerAddress, countedAddress } from "../../src/http/caller-address.ts";
import { RateLimit } from "../../src/http/rate-limits.ts";
import { networks } from "../../src/networks.ts";
import { type Door, door, hashedKeys, keyOf } from "./at-the-door.ts";

let at: Door | undefined;
afterEach(async () => {
  await at?.close();
  at = undefined;
});

describe("a rate", () => {
  test("lets a second's requests come at once, and then one as each is due", () => {
    const limit = new RateLimit(4, 10);
    const letIn = (nowMs: number, count: number): number =>
      Array.from({ length: count }, () => limit.waitMs("a", nowMs)).filter((waitMs) => waitMs === 0).length;
    expect(letIn(0, 10)).toBe(4);
    expect(letIn(249, 10)).toBe(0);
    expect(letIn(250, 10)).toBe(1);
    expect(letIn(1000, 10)).toBe(3);
    expect(letIn(60_000, 10)).toBe(4);
  });

  test("below one a second lets one come, and says how long to wait", () => {
    const limit = new RateLimit(0.1, 10);
    expect([limit.waitMs("a", 0), limit.waitMs("a", 4000), limit.waitMs("a", 10_000)]).toEqual([0, 6000, 0]);
  });

  test("holds over any time: never more than its own and one second's burst", () => {
    const limit = new RateLimit(7, 10);
    let taken = 0;
    for (let nowMs = 0; nowMs <= 100_000; nowMs += 13) if (limit.waitMs("a", nowMs) === 0) taken++;
    expect(taken).toBeGreaterThanOrEqual(700);
    expect(taken).toBeLessThanOrEqual(708);
  });

  test("is each caller's own, and of more than can be remembered (countedAddressesMax) the one not heard of for the longest begins anew", () => {
    const limit = new RateLimit(1, 3);
    expect(["a", "b", "c", "a", "d"].map((who) => limit.waitMs(who, 0))).toEqual([0, 0, 0, 1000, 0]);
    expect(limit.size).toBe(3);
    expect(["a", "d", "b"].map((who) => limit.waitMs(who, 0))).toEqual([1000, 1000, 0]);
  });
});

describe("requests over it are told when to come back", () => {
  const asked = async (key: string | undefined, count: number, headers: Record<string, string> = {}) => {
    const url = "/v1/items";
    const answers = [];
    for (let i = 0; i < count; i++) answers.push(await at!.ask({ url, headers, ...(key && { key }) }));
    return answers;
  };

  test("of one key; another is not held back", async () => {
    at = await door({ keys: hashedKeys, requestsPerSecond: 2 });
    const [, , third] = await asked(keyOf("query"), 3);
    expect([third!.status, third!.code, third!.headers["retry-after"]]).toEqual([429, "RATE_LIMITED", "1"]);
    expect((await asked(keyOf("admin"), 1))[0]!.status).toBe(200);
    at.clock.advance(500);
    expect((await asked(keyOf("query"), 2)).map(({ status }) => status)).toEqual([200, 429]);
  });

  test("of nobody's key, where none are set", async () => {
    at = await door({ requestsPerSecond: 1 });
    expect((await asked(undefined, 2)).map(({ status }) => status)).toEqual([200, 429]);
  });

  test("of one address, whether its keys are right or guessed; probes are always answered", async () => {
    at = await door({ keys: hashedKeys, requestsPerSecondByAddress: 2 });
    expect((await asked("ls_guess-0123456789abcdef", 3)).map(({ status }) => status)).toEqual([401, 401, 429]);
    expect((await asked(keyOf("admin"), 1))[0]!.status).toBe(429);
    expect((await at.ask({ url: "/healthz" })).status).toBe(200);
  });

  test("of one address behind a proxy that is trusted; what others say of where they come from is not believed", async () => {
    at = await door({ requestsPerSecondByAddress: 1 });
    const from = (address: string) => asked(undefined, 1, { "x-forwarded-for": address });
    expect([(await from("10.1.1.1"))[0]!.status, (await from("10.1.1.2"))[0]!.status]).toEqual([200, 429]);
    at.change({ requestsPerSecondByAddress: 1, trustedProxies: ["127.0.0.0/8"] });
    expect([(await from("10.1.1.1"))[0]!.status, (await from("10.1.1.2"))[0]!.status]).toEqual([200, 200]);
    expect([(await from("10.1.1.1"))[0]!.status, (await from("9.9.9.9, 10.1.1.2"))[0]!.status]).toEqual([429, 429]);
  });

  test("and other settings do not begin the count anew", async () => {
    at = await door({ requestsPerSecond: 1 });
    await asked(undefined, 1);
    at.change({ requestsPerSecond: 1, corsOrigins: ["*"] });
    expect((await asked(undefined, 1))[0]!.status).toBe(429);
  });
});

describe("an address", () => {
  const isProxy = networks(["10.0.0.0/8", "::1"]);
  const from = (remoteAddress: string, forwarded?: string): string =>
    callerAddress(
      { socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } } as unknown as IncomingMessage,
      isProxy,
    );

  test("is the nearest that is no trusted proxy's", () => {
    expect(from("192.0.2.1", "198.51.100.7")).toBe("192.0.2.1");
    expect(from("10.0.0.1", "198.51.100.7")).toBe("198.51.100.7");
    expect(from("::ffff:10.0.0.1", "203.0.113.9, 198.51.100.7, 10.2.0.1")).toBe("198.51.100.7");
    expect(from("::1", "[2001:db8::7]:4711")).toBe("2001:db8::7");
    expect(from("10.0.0.1", "198.51.100.7:4711")).toBe("198.51.100.7");
    expect(from("10.0.0.1")).toBe("10.0.0.1");
  });

  test("that is none ends the way back", () => {
    expect(from("10.0.0.1", "198.51.100.7, unknown")).toBe("10.0.0.1");
    expect(from("10.0.0.1", "")).toBe("10.0.0.1");
    expect(from("10.0.0.1", `${"1.2.3.4,".repeat(5000)}10.9.9.9`)).toBe("1.2.3.4");
  });

  test("of version 6 counts by its network of 2⁶⁴", () => {
    expect(countedAddress("192.0.2.1")).toBe("192.0.2.1");
    expect(countedAddress("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2");
    expect(countedAddress("2001:DB8:1:2::99")).toBe("2001:db8:1:2");
    expect(countedAddress("2001:db8::1")).toBe("2001:db8:0:0");
    expect(countedAddress("::1")).toBe("0:0:0:0");
    expect(countedAddress("fe80::1%eth0")).toBe("fe80:0:0:0");
  });

  test.each(["10.0.0.0/33", "10.0.0", "shop.example", "::1/129", "10.0.0.0/8/8", "10.0.0.0/"])(
    "%s is no network to trust",
    (entry) => {
      expect(() => completeConfig({ trustedProxies: [entry] })).toThrow(/neither an address nor a network/);
    },
  );
});
