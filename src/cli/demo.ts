import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { completeConfig } from "../config.ts";
import { manualClock, secondMs, stopwatchMs } from "../core/clock.ts";
import type { Reason } from "../core/public.ts";
import { startServer } from "../http/server.ts";
import type { Language } from "../simulator/words.ts";
import { comparison } from "./demo-comparison.ts";
import { steadyPace } from "./demo-pace.ts";
import { type Change, changeLines, opening, plainLine, redrawing, type Scene, screen } from "./demo-screen.ts";
import { type Seen, type Traffic, traffic } from "./demo-traffic.ts";
import { stopSignal } from "./serve.ts";

export interface DemoOptions {
  readonly port?: number;
  /** ms */
  readonly seconds?: number;
  readonly seed: number;
  readonly lang?: Language;
}

/** How each is called in the settings, and in which language the console opens. */
const languages: Readonly<Record<Language, { readonly setting: string; readonly console: string }>> = {
  en: { setting: "english", console: "en" },
  de: { setting: "german", console: "en" },
  zh: { setting: "mandarin", console: "zh-Hans" },
};

/** A shop, its shoppers and a server in one process; what they say to each other goes over HTTP. */
export async function demo({ port = 0, seconds, seed, lang = "en" }: DemoOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "liveshelf-demo-"));
  const said: string[] = [];
  const onDiagnostic = (message: string): number => said.push(message);
  try {
    const { createEngine } = await import("../engine.ts");
    const clock = manualClock(0);
    // With one visitor, a late answer is better than none: on a slow machine, too.
    const config = completeConfig({ data: folder, port, seed, language: languages[lang].setting, shedAfterMs: 0 });
    const engine = await createEngine({ ...config, clock, onDiagnostic });
    try {
      const demo = { language: languages[lang].console };
      const server = await startServer(engine, config, onDiagnostic, { demo });
      try {
        await run(
          server.address,
          traffic(server.address, { seed, clock, language: lang, pace: steadyPace() }),
          seconds ?? (process.stdout.isTTY ? undefined : 20 * secondMs),
        );
      } finally {
        await server.close();
      }
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    for (const message of said) process.stderr.write(`${message}\n`);
  }
}

/** The recent past is the last one to two of these many lists. */
const recentLists = 1000;

async function run(address: string, shoppers: Traffic, forMs: number | undefined): Promise<void> {
  let stopped = false;
  void stopSignal().then(() => {
    stopped = true;
  });
  const draw = process.stdout.isTTY ? redrawing(process.stdout) : undefined;
  const drawEveryMs = draw ? 250 : 2 * secondMs;
  await shoppers.open();
  if (draw) draw(opening(address));
  else console.log(`listening on ${address}`);
  while (!stopped && (await shoppers.remember()));
  const requestsBefore = shoppers.requests;
  const startMs = stopwatchMs();
  const all = comparison();
  let [recent, coming] = [comparison(), comparison()];
  let change: Change | undefined;
  let [drawnMs, changedMs] = [startMs, Number.NEGATIVE_INFINITY];
  const scene = (nowMs: number): Scene => {
    const seconds = (nowMs - startMs) / secondMs;
    return { address, seconds, requestsPerSecond: (shoppers.requests - requestsBefore) / seconds, all, recent, change };
  };
  while (!stopped) {
    const nowMs = stopwatchMs();
    if (forMs !== undefined && nowMs - startMs >= forMs) break;
    for (const seen of await shoppers.next()) {
      const { visit, arm, clicked, expected } = seen;
      if (expected) for (const one of [all, recent, coming]) one.add(arm, visit.user, clicked.length, expected);
      if (coming.lists >= recentLists) [recent, coming] = [coming, comparison()];
      if (nowMs - changedMs <= 4 * secondMs) continue;
      const next = await changeAfter(seen, shoppers);
      if (next) [change, changedMs] = [next, nowMs];
    }
    if (nowMs - drawnMs < drawEveryMs) continue;
    drawnMs = nowMs;
    if (draw) draw(screen(scene(nowMs)));
    else console.log(plainLine(scene(nowMs)));
  }
  const last = scene(stopwatchMs());
  if (draw) return draw(screen(last));
  console.log(plainLine(last));
  if (change) console.log(changeLines(change).join("\n"));
}

const changeShown = 5;

/** Reasons that every list has, whoever looks at it. */
const impersonal = new Set(["as-it-was", "caller-order", "other"]);

/** What speaks most for an item, beside the place that it had. */
function personalReason(reasons: readonly Reason[] = []): string {
  const told = reasons.find(({ feature, contribution }) => contribution > 0 && !impersonal.has(feature));
  return told?.text ?? "";
}

/** How a click changed the list that it was made in; undefined unless the top of it did. */
async function changeAfter({ visit, arm, shown, clicked }: Seen, shoppers: Traffic): Promise<Change | undefined> {
  if (arm !== "personal" || visit.surface === "home" || clicked.length === 0) return undefined;
  const { items } = await shoppers.again(visit, changeShown);
  if (items.every(({ item }, i) => item === shown[i])) return undefined;
  const titles = new Map(shoppers.shop.items.map(({ item, fields }) => [item, fields.title]));
  // A visitor may have added some.
  const titleOf = (item: string): string => titles.get(item) ?? item;
  const place = visit.query ? `searched “${visit.query}”` : `opened ${visit.category?.join(" > ")}`;
  return {
    who: `Shopper ${visit.user} ${place}`,
    clicked: titleOf(clicked[0]!),
    before: shown.slice(0, changeShown).map(titleOf),
    after: items.map(({ item, reasons }) => ({ title: titleOf(item), because: personalReason(reasons) })),
  };
}
