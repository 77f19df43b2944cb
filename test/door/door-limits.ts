/** The limits of the HTTP door, each at its value and one past it: cases of test/limits.test.ts. */
import { expect } from "vitest";
import { completeConfig } from "../../src/config.ts";
import { limits } from "../../src/core/limits.ts";
import { type Case, codeOf, item, long, overHttp, post, withEngine } from "../at-limits.ts";

export const doorCases = {
  bodyBytesMax: () =>
    withEngine((engine) =>
      overHttp(engine, async (app) => {
        const body = (bytes: number): string => JSON.stringify(item).padEnd(bytes);
        expect(await post(app, "/v1/events", body(limits.bodyBytesMax))).toBe("");
        expect(await post(app, "/v1/events", body(limits.bodyBytesMax + 1))).toBe("BODY_TOO_LARGE");
      }),
    ),
  bodyPartsMax: () =>
    withEngine((engine) =>
      overHttp(engine, async (app) => {
        const body = (parts: number): string => `{"consent":false,"note":[${"[],".repeat(parts - 3)}[]]}`;
        expect(await post(app, "/v1/events", body(limits.bodyPartsMax))).toBe("");
        expect(await post(app, "/v1/events", body(limits.bodyPartsMax + 1))).toBe("BODY_TOO_LARGE");
      }),
    ),
  bodyDepthMax: () =>
    withEngine((engine) =>
      overHttp(engine, async (app) => {
        const deep = (levels: number): string =>
          `{"consent":false,"note":${"[".repeat(levels - 1)}"]"${"]".repeat(levels - 1)}}`;
        const codes = (type?: string) =>
          Promise.all([0, 1].map((more) => post(app, "/v1/events", deep(limits.bodyDepthMax + more), type)));
        expect(await codes()).toEqual(["", "BODY_TOO_LARGE"]);
        expect(await codes("application/x-ndjson")).toEqual(["", "EVENT_LIMIT"]);
      }),
    ),
  accessKeysMax: "test/door/access-keys.test.ts",
  accessKeyLengthMax: async () => {
    const complete = (length: number) => codeOf(() => completeConfig({ keys: [{ key: long(length) }] }));
    expect([limits.accessKeyLengthMax, limits.accessKeyLengthMax + 1].map(complete)).toEqual(["", "CONFIG_INVALID"]);
  },
  countedAddressesMax: "test/door/rate-limits.test.ts",
  bodiesBytesMax: "test/slow-clients.test.ts",
  connectionsMax: "test/slow-clients.test.ts",
  qualitySurfacesMax: "src/quality/quality.test.ts",
  columnsMax: "test/doctor/upload.test.ts",
  uploadHeapBytesMax: "test/doctor/upload.test.ts",
  userSlatesMax: "test/user-slates.test.ts",
  liveStreamsMax: "test/live.test.ts",
  liveBytesMax: "test/live.test.ts",
  headersWithinMs: "test/slow-clients.test.ts",
  requestWithinMs: "test/slow-clients.test.ts",
  stalledWithinMs: "test/slow-clients.test.ts",
  idleWithinMs: "test/slow-clients.test.ts",
} as const satisfies Readonly<Record<string, Case>>;
