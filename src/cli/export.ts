import { once } from "node:events";
import { join } from "node:path";
import { LiveshelfError } from "../core/errors.ts";
import { lmdbLog } from "../event-logs/lmdb.ts";
import { writtenExport } from "../user-export.ts";
import { WrongUse } from "./failing.ts";
import { openForReading } from "./open.ts";
import { readSettings } from "./settings.ts";

const chunkCharacters = 1 << 16;

interface ExportOptions {
  readonly data?: string;
  readonly config?: string;
  readonly from: number;
  readonly user?: string;
}

export async function exportData(options: ExportOptions): Promise<void> {
  if (options.user === undefined) return exportLog(options);
  const engine = await openForReading(options);
  try {
    const written = await writtenExport(engine.exportUser(options.user));
    if (written === undefined)
      throw new LiveshelfError("USER_UNKNOWN", `Nothing is held of the user "${options.user}".`);
    for await (const piece of written) if (!process.stdout.write(piece)) await once(process.stdout, "drain");
  } finally {
    await engine.close();
  }
}

/** The log as JSONL on standard output, as fast as it is read: also of a folder whose state cannot be folded. */
async function exportLog(options: ExportOptions): Promise<void> {
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
