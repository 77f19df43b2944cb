import { pino } from "pino";

/** Messages of the running program on standard error: lines for people on a terminal, JSON for machines. */
export function diagnostics(): (message: string, fields?: Readonly<Record<string, unknown>>) => void {
  if (process.stderr.isTTY) return (message) => void process.stderr.write(`${message}\n`);
  const log = pino({ base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }));
  return (message, fields) => (fields === undefined ? log.info(message) : log.info(fields, message));
}
