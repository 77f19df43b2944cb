import { WrongUse } from "./failing.ts";
import { readSettings } from "./settings.ts";

export interface BackupOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Copies the data folder, also while a process writes to it. */
export async function backUpTo(folder: string, { json, ...options }: BackupOptions): Promise<void> {
  const { backUp } = await import("../backup.ts");
  const { start, head, files } = await backUp(dataOf(options), folder);
  const report = { backup: folder, start, head, files: files.length, bytes: bytesOf(files) };
  if (json) return console.log(JSON.stringify(report));
  console.log(
    `${head - start} events up to offset ${head}, ${files.length} files, ${report.bytes} bytes, read again and whole`,
  );
}

/** Makes a data folder of a backup. */
export async function restoreFrom(folder: string, { json, ...options }: BackupOptions): Promise<void> {
  const { restoreBackup } = await import("../backup.ts");
  const data = dataOf(options);
  const { start, head, files } = await restoreBackup(folder, data);
  const report = { data, start, head, files: files.length, bytes: bytesOf(files) };
  if (json) return console.log(JSON.stringify(report));
  console.log(`${data} holds ${head - start} events up to offset ${head}, all checked`);
}

function dataOf(options: BackupOptions): string {
  const { data } = readSettings(options.config, { data: options.data });
  if (data === undefined) throw new WrongUse("say which data folder: --data DIR.");
  return data;
}

const bytesOf = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);
