import { once } from "node:events";
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
  const engine = await createEngine({
    ...config,
    onDiagnostic: say,
    onProgress: (done, total) => bar.at(done, done / total),
  });
  bar.end();
  try {
    const server = await startServer(engine, config, say);
    const stop = stopSignal();
    process.stdout.write(`listening on ${server.address}\n`);
    await stop;
    await server.close();
  } finally {
    await engine.close();
  }
}

/** Resolves at the first SIGTERM or SIGINT. */
export async function stopSignal(): Promise<void> {
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(1));
}
