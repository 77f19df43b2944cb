import { once } from "node:events";
import { openForReading } from "./open.ts";

const chunkCharacters = 1 << 16;

/** The log as JSONL on standard output, as fast as it is read. */
export async function exportLog(options: { data?: string; config?: string; from: number }): Promise<void> {
  const engine = await openForReading(options);
  try {
    let chunk = "";
    for (const { event } of engine.events(options.from)) {
      chunk += `${JSON.stringify(event)}\n`;
      if (chunk.length < chunkCharacters) continue;
      if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
      chunk = "";
    }
    if (chunk !== "" && !process.stdout.write(chunk)) await once(process.stdout, "drain");
  } finally {
    await engine.close();
  }
}
