/** `liveshelf config`: where each setting comes from, whether they can be used, and what is learned from in a shop. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { type ConfigOptions, showConfig } from "../src/cli/config.ts";
import { settingsAndOrigins } from "../src/cli/settings.ts";
import { completeConfig } from "../src/config.ts";
import { type SettingReport, settingReports } from "../src/effective-settings.ts";
import { createEngine } from "../src/engine.ts";
import type { FeatureReport } from "../src/feature-report.ts";

const root = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => {
  process.exitCode = undefined;
});

function file(settings: object): string {
  const path = join(root, "shop.json");
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

/** What the command printed last, as JSON. */
async function shown<T>(options: ConfigOptions): Promise<T> {
  const said: string[] = [];
  const print = vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  try {
    await showConfig({ ...options, json: true });
  } finally {
    print.mockRestore();
  }
  return JSON.parse(said.at(-1)!) as T;
}

test("a flag goes before the environment, that before the file, and that before the default", () => {
  const path = file({ port: 1, shedAfterMs: 2, tickMs: 3 });
  const environment = { LIVESHELF_PORT: "4", LIVESHELF_SHED_AFTER_MS: "5 ms" };
  const { config, origins } = settingsAndOrigins(path, { port: 6, host: undefined }, environment);
  expect([config.port, config.shedAfterMs, config.tickMs]).toEqual([6, 5, 3]);
  expect(origins).toEqual({ port: "flag", shedAfterMs: "environment", tickMs: "file" });
  const told = settingReports({ ...config }, origins);
  expect(told.find(({ name }) => name === "host")).toMatchObject({
    value: "127.0.0.1",
    origin: "default",
    atStart: true,
  });
});

test("a secret is not shown, only whether it is set", () => {
  const config = completeConfig({ pseudonymKey: "a key that nobody may see", keys: "another-secret-key:admin" });
  const told = settingReports({ ...config }, {});
  expect(JSON.stringify(told)).not.toMatch(/nobody may see|another-secret/);
  const of = (name: string): SettingReport => told.find((one) => one.name === name)!;
  expect([of("pseudonymKey").value, of("keys").value]).toEqual(["(set, and not shown)", "(set, and not shown)"]);
  expect(settingReports({ ...completeConfig({}) }, {}).find(({ name }) => name === "pseudonymKey")!.value).toBeNull();
});

test("what was read and does not hold is told beside what does", () => {
  const [holding, wanted] = [completeConfig({}), completeConfig({ language: "german" })];
  const told = settingReports({ ...holding }, {}, { ...wanted });
  expect(told.find(({ name }) => name === "language")).toMatchObject({ value: "english", wanted: "german" });
  expect(told.filter((one) => "wanted" in one)).toHaveLength(1);
});

test.each<[string, object, string]>([
  ["a name that there is not", { shedAfterMz: 1 }, 'the nearest is "shedAfterMs"'],
  ["a feature that there is not", { withoutFeatures: ["prices"] }, 'the nearest is "price"'],
  ["learners that there are not", { withoutLearners: ["factorization"] }, 'the nearest are "matrix-factorization"'],
  [
    "no learner left",
    { withoutLearners: ["choice", "choice-plain", "choice-network"] },
    "nobody is left to rank choices",
  ],
])("--check says what is wrong and ends with 1: %s", async (_what, settings, why) => {
  const answer = await shown<{ valid: boolean; message: string }>({ config: file(settings), check: true });
  expect(answer.valid).toBe(false);
  expect(answer.message).toContain(why);
  expect(process.exitCode).toBe(1);
});

test("of a data folder: what would be folded anew, and what is learned from in that shop", async () => {
  const data = join(root, "data");
  const engine = await createEngine({ data, tickMs: 0 });
  const item = (n: number) => ({
    ...{ type: "item", item: `p-${n}` },
    fields: {
      title: `Thing number ${n}`,
      brand: `b-${n % 3}`,
      code: `c-${n}`,
      shop: "one",
      weight: n,
      fine: n % 2 === 0,
    },
  });
  await engine.record(Array.from({ length: 20 }, (_, n) => item(n)));
  const items = Array.from({ length: 8 }, (_, n) => `p-${n}`);
  await engine.record([
    { type: "slate", slate: "s-1", user: "u-1", items },
    { type: "outcome", action: "click", item: "p-3", user: "u-1", slate: "s-1" },
    { type: "slate", slate: "s-2", user: "u-1", items },
  ]);
  await engine.snapshot();
  await engine.close();

  const same = await shown<{ rebuilds: { offset: number; settings: string[] } }>({ data });
  expect(same.rebuilds).toEqual({ offset: 23, settings: [] });
  const changed = file({ data, language: "german", value: { click: 1 }, rewards: { cart: 1 } });
  const checked = await shown<{ valid: boolean; rebuilds: { settings: string[] } }>({ config: changed, check: true });
  expect(checked).toMatchObject({ valid: true, rebuilds: { settings: ["rewards", "language"] } });

  const report = await shown<FeatureReport>({ data, features: true });
  expect([report.items, report.lists]).toEqual([20, 2]);
  const of = (field: string) => report.fields.find((one) => one.field === field);
  expect(of("brand")).toMatchObject({ type: "word", coverage: 1, values: 3, learned: true });
  expect(of("title")).toMatchObject({ type: "text", learned: false, why: expect.stringMatching(/searched/) });
  expect(of("shop")).toMatchObject({ learned: true, values: 1, why: expect.stringMatching(/the same/) });
  expect(of("code")).toMatchObject({ learned: true, values: 20, why: expect.stringMatching(/another value/) });
  expect(of("fine")).toMatchObject({ type: "boolean", learned: false });
  expect(report.config.learnFields).toEqual(["brand", "code", "shop", "weight"]);
  const silent = report.silent.map(({ feature }) => feature);
  expect(silent).toEqual(expect.arrayContaining(["price", "text-match", "context"]));
  expect(silent).not.toContain("item-fields");
  // It can be used as it stands.
  expect(() => completeConfig(report.config)).not.toThrow();
  const again = await createEngine({ ...report.config, tickMs: 0 });
  await again.close();
});

test.each([
  [{ port: 70_000 }, "CONFIG_INVALID", "/port", "from 0 to 65535"],
  [{ host: "0.0.0.0" }, "ADDRESS_REFUSED", "/host", "Without keys"],
  [{ keysFile: join(root, "nowhere.json") }, "CONFIG_INVALID", "/keysFile", "no such file"],
  [{ host: "256.0.0.1", keys: "a-key-of-the-shop" }, "ADDRESS_REFUSED", "/host", "Cannot listen"],
  [{ memoryMax: "1 %" }, "CONFIG_INVALID", "/memoryMax", "at least 512 MiB"],
  [{ memoryMax: "0 %" }, "CONFIG_INVALID", "/memoryMax", "at least 512 MiB"],
  [{ language: "klingon" }, "CONFIG_INVALID", "/language", 'the nearest is "'],
])("a check refuses what a server would end with: %j", async (settings, code, at, says) => {
  const answer = await shown<{ valid: boolean; message: string }>({ config: file(settings), check: true });
  expect(answer).toMatchObject({ valid: false, code, at });
  expect(answer.message).toContain(says);
  expect(process.exitCode).toBe(1);
});

test("the default share of the machine holds on any machine, also where it is given again", () => {
  const again = completeConfig({ ...completeConfig({}) });
  expect(again.memoryMax).toBe("60 %");
});
