/** Changed settings of the real service: killed while it folds under them, started again, and told by a signal and by a call. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { EffectiveSettings } from "../src/effective-settings.ts";
import { createEngine } from "../src/engine.ts";
import { folderSnapshots } from "../src/snapshots/folder.ts";
import { Life } from "./random-life.ts";
import { patientClient } from "./real/client.ts";
import { endAll, listening, main, start } from "./real/processes.ts";

const root = mkdtempSync(join(tmpdir(), "moving-processes-"));
const data = join(root, "data");
const config = join(root, "shop.json");
const env = { LIVESHELF_SUGGEST_SHOPPERS_MIN: "4" };

afterAll(async () => {
  await endAll();
  rmSync(root, { recursive: true, force: true });
});

const set = (settings: object): void => writeFileSync(config, JSON.stringify(settings));

/** Asks until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

test("a kill in the middle costs nothing but time; a signal and a call read the settings again", async () => {
  const life = new Life("killed", { items: 40, shoppers: 8 });
  const engine = await createEngine({ data, tickMs: 0, clock: { nowMs: () => life.nowMs } });
  await life.begin(engine);
  for (let page = 0; page < 30; page++) await life.step(engine);
  await engine.snapshot();
  await engine.close();

  set({ language: "german" });
  const serve = () => listening(start([main, "serve", "--data", data, "--port", "0", "--config", config], { env }));
  const first = serve();
  await first.heard(/Folding the log anew, as these settings changed: language/);
  await first.kill();
  const service = serve();
  const { get, post, close } = patientClient(await service.listening);
  await until(async () => (await get("/readyz")).status === 200);

  const holds = async (name: string): Promise<{ value: unknown; origin: string } | undefined> => {
    const { settings } = (await get("/v1/config")).body as EffectiveSettings;
    return settings.find((one) => one.name === name);
  };
  const reload = async (): Promise<{ readonly status: number; readonly said: unknown }> => {
    const { status, body } = await post("/v1/config/reload", undefined);
    return { status, said: body };
  };
  expect(await holds("language")).toMatchObject({ value: "german", origin: "file" });
  set({ language: "german", shedAfterMs: 0 });
  expect(await reload()).toEqual({ status: 200, said: { changed: ["shedAfterMs"], rebuilt: [] } });
  set({ langauge: "french" });
  expect(await reload()).toMatchObject({ status: 400, said: { error: { code: "CONFIG_INVALID", at: "/langauge" } } });
  writeFileSync(config, '{"keys": [{"key": ls_secret}]}');
  const { status, said } = await reload();
  expect([status, JSON.stringify(said)]).toEqual([400, expect.stringContaining("line 1, column 19")]);
  expect(JSON.stringify(said)).not.toContain("secret");
  expect(await holds("shedAfterMs")).toMatchObject({ value: 0 });

  set({ language: "german", withoutLearners: ["fm"] });
  void service.kill("SIGHUP");
  await until(async () => JSON.stringify((await holds("withoutLearners"))?.value) === '["fm"]');
  expect(await holds("shedAfterMs")).toMatchObject({ value: 6, origin: "default" });
  expect((await get("/readyz")).status).toBe(200);
  expect(await holds("suggestShoppersMin")).toMatchObject({ value: 4, origin: "environment" });
  close();
  expect(await service.kill("SIGTERM")).toMatchObject({ status: 0 });

  const settings = { data, language: "german", withoutLearners: ["fm"], readOnly: true, tickMs: 0 };
  const [newest] = folderSnapshots(join(data, "snapshots")).list();
  expect(newest!.header.config).toContain('["language","german"]');
  const sums: string[] = [];
  for (const fromLog of [false, true]) {
    const reader = await createEngine({ ...settings, fromLog });
    sums.push(reader.checksum());
    await reader.close();
  }
  expect(sums[0]).toBe(sums[1]);
});
