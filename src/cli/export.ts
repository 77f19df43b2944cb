import { once } from "node:events";
import { openForReading } from "./open.ts";

const chunkCharacters = 1 << 16;

/** The log as JSONL on standard output, as fast as it is read. */
export async function exportLog(options: { data?: string; config?: string; from: number }): Promise<void> {
  const engine = await openForReading(options);
  try {
    let chunk = "";
    let next = options.from;
    for (const { event, offset } of engine.events(options.from)) {
      if (offset > next) process.stderr.write(`the log begins at offset ${offset}; what was before is gone\n`);
      next = offset + 1;
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
