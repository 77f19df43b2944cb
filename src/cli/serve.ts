import { once } from "node:events";
import type { Engine } from "../core/public.ts";
import { openingEngine } from "../http/opening-engine.ts";
import { type Server, startServer } from "../http/server.ts";
import { diagnostics } from "./diagnostics.ts";
import { liveSettings } from "./live-settings.ts";
import { progress } from "./progress.ts";

export interface ServeOptions {
  readonly data?: string;
  readonly port?: number;
  readonly host?: string;
  readonly config?: string;
}

/** Serves until SIGTERM or SIGINT; then finishes what is under way. A second signal ends it at once. SIGHUP reads the settings again. */
export async function serve({ config: file, ...flags }: ServeOptions): Promise<void> {
  const say = diagnostics();
  const bar = progress("events");
  // It listens at once, so that who watches sees it alive and not ready while the log is folded.
  const opening = openingEngine();
  let server: Server | undefined;
  const live = liveSettings(file, flags, opening.engine, (changed) => server?.reconfigure(changed));
  const { config } = live;
  if (config.data === undefined) say("Without --data all is kept in memory and forgotten at the end.");
  const { createEngine } = await import("../engine.ts");
  server = await startServer(opening.engine, config, say, { settings: live });
  const readAgain = (): void => {
    live.reload().then(
      ({ changed }) => say(`The settings were read again; changed: ${changed.join(", ") || "nothing"}.`),
      (error: Error) => say(`The settings stay as they were: ${error.message}`),
    );
  };
  process.on("SIGHUP", readAgain);
  try {
    const given = new AbortController();
    const stop = stopSignal().then(() => given.abort());
    const onProgress = (done: number, total: number): void => bar.at(done, done / total);
    const options = { onDiagnostic: say, onProgress, signal: given.signal, serveWhileRebuilding: true };
    const engine = await createEngine({ ...config, ...options }).catch((error: unknown): Engine | undefined => {
      if (!given.signal.aborted) throw error;
      return undefined;
    });
    bar.end();
    // Told to stop while it opened.
    if (engine === undefined) return;
    opening.open(engine);
    process.stdout.write(`listening on ${server.address}\n`);
    await stop;
  } finally {
    process.off("SIGHUP", readAgain);
    await server.close();
    await opening.engine.close();
  }
}

/** Resolves at the first SIGTERM or SIGINT. */
export async function stopSignal(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(1));
}
