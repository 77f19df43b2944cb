import { once } from "node:events";
import { join } from "node:path";
import { lmdbLog } from "../event-logs/lmdb.ts";
import { WrongUse } from "./failing.ts";
import { readSettings } from "./settings.ts";

const chunkCharacters = 1 << 16;

/** The log as JSONL on standard output, as fast as it is read: also of a folder whose state cannot be folded. */
export async function exportLog(options: { data?: string; config?: string; from: number }): Promise<void> {
  const { data } = readSettings(options.config, { data: options.data });
  if (data === undefined) throw new WrongUse("say which data folder: --data DIR.");
  const log = lmdbLog({ folder: join(data, "log"), readOnly: true });
  try {
    let chunk = "";
    let next = options.from;
    for (const { event, offset } of log.read(options.from)) {
      if (offset > next) process.stderr.write(`the log begins at offset ${offset}; what was before is gone\n`);
      next = offset + 1;
      chunk += `${JSON.stringify(event)}\n`;
      if (chunk.length < chunkCharacters) continue;
      if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
      chunk = "";
    }
    if (chunk !== "" && !process.stdout.write(chunk)) await once(process.stdout, "drain");
  } finally {
    await log.close();
  }
}
