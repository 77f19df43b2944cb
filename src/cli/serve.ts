import { once } from "node:events";
import { openingEngine } from "../http/opening-engine.ts";
import { startServer } from "../http/server.ts";
import { diagnostics } from "./diagnostics.ts";
import { progress } from "./progress.ts";
import { readSettings } from "./settings.ts";

export interface ServeOptions {
  readonly data?: string;
  readonly port?: number;
  readonly host?: string;
  readonly config?: string;
}

/** Serves until SIGTERM or SIGINT; then finishes what is under way. A second signal ends it at once. */
export async function serve({ config: file, ...flags }: ServeOptions): Promise<void> {
  const config = readSettings(file, flags);
  const say = diagnostics();
  if (config.data === undefined) say("Without --data all is kept in memory and forgotten at the end.");
  const bar = progress("events");
  const { createEngine } = await import("../engine.ts");
  // It listens at once, so that who watches sees it alive and not ready while the log is folded.
  const opening = openingEngine();
  const server = await startServer(opening.engine, config, say);
  try {
    const given = new AbortController();
    const stop = stopSignal().then(() => given.abort());
    const onProgress = (done: number, total: number): void => bar.at(done, done / total);
    const engine = await createEngine({ ...config, onDiagnostic: say, onProgress, signal: given.signal }).catch(
      (error: unknown) => {
        if (!given.signal.aborted) throw error;
        return undefined;
      },
    );
    bar.end();
    // Told to stop while it opened.
    if (engine === undefined) return;
    opening.open(engine);
    process.stdout.write(`listening on ${server.address}\n`);
    await stop;
  } finally {
    await server.close();
    await opening.engine.close();
  }
}

/** Resolves at the first SIGTERM or SIGINT. */
export async function stopSignal(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(1));
}
