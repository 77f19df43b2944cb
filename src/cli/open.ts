/** An engine on a data folder, for commands that only look. */
import type { Engine } from "../core/public.ts";
import { WrongUse } from "./failing.ts";
import { progress } from "./progress.ts";
import { readSettings } from "./settings.ts";

export async function openForReading(options: { readonly data?: string; readonly config?: string }): Promise<Engine> {
  const config = readSettings(options.config, { data: options.data });
  if (config.data === undefined) throw new WrongUse("say which data folder: --data DIR.");
  const bar = progress("events");
  const { createEngine } = await import("../engine.ts");
  try {
    return await createEngine({
      ...config,
      readOnly: true,
      onDiagnostic: bar.say,
      onProgress: (done, total) => bar.at(done, done / total),
    });
  } finally {
    bar.end();
  }
}
