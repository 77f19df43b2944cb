/** Where imported events go: an engine of our own on a data folder, or a running server. */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config.ts";
import { secondMs } from "../core/clock.ts";
import { type ErrorCode, LiveshelfError } from "../core/errors.ts";
import type { EventInput, RecordReceipt } from "../core/public.ts";

export interface Destination {
  record(events: readonly EventInput[]): Promise<RecordReceipt>;
  erase(user: string): Promise<unknown>;
  /** Ids of the catalogue. */
  items(): Promise<Iterable<string>>;
  close(): Promise<void>;
}

export async function ownEngine(config: Config, say: (line: string) => void): Promise<Destination> {
  const { createEngine } = await import("../engine.ts");
  const engine = await createEngine({ ...config, onDiagnostic: say });
  return {
    record: (events) => engine.record(events),
    erase: (user) => engine.erase(user),
    items: async () => engine.items(),
    close: () => engine.close(),
  };
}

/** An overloaded server is asked again for so long. */
const attemptsMax = 120;

/** The access key for a running server, from a file or the variable LIVESHELF_SERVER_KEY: on a command line others could read it. */
export function serverKey(file: string | undefined): string | undefined {
  if (file === undefined) return process.env.LIVESHELF_SERVER_KEY || undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new LiveshelfError("CONFIG_INVALID", `Cannot read ${file}: ${(error as Error).message}.`);
  }
}

export function runningServer(url: string, key?: string): Destination {
  const base = serverUrl(url);
  const access: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return {
    async record(events) {
      const body = JSON.stringify(events);
      const headers = { ...access, "content-type": "application/json" };
      return (
        await asked(new URL("v1/events", base), { method: "POST", headers, body })
      ).json() as Promise<RecordReceipt>;
    },
    async erase(user) {
      const url = new URL(`v1/users/${encodeURIComponent(user)}`, base);
      return (await asked(url, { method: "DELETE", headers: access })).json();
    },
    async items() {
      const text = await (await asked(new URL("v1/items", base), { headers: access })).text();
      const lines = text.split("\n").filter((line) => line !== "");
      return lines.map((line) => (JSON.parse(line) as { item: string }).item);
    },
    async close() {},
  };
}

function serverUrl(url: string): URL {
  try {
    return new URL(url.endsWith("/") ? url : `${url}/`);
  } catch {
    throw new LiveshelfError("CONFIG_INVALID", `--server must be a URL such as http://127.0.0.1:7700; it is "${url}".`);
  }
}

/** Tries again while the server says 503 or 429; nothing of a refused call was applied. */
async function asked(url: URL, request: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await reached(url, request);
    if (response.ok) return response;
    if ((response.status === 503 || response.status === 429) && attempt < attemptsMax) {
      await response.arrayBuffer();
      await wait((Number(response.headers.get("retry-after")) || 1) * secondMs);
      continue;
    }
    const { error } = (await response.json().catch(() => ({}))) as {
      error?: { code: ErrorCode; message: string; at?: string };
    };
    if (error) throw new LiveshelfError(error.code, error.message, error.at);
    throw new LiveshelfError("INTERNAL", `${url} answered ${response.status}; is it a Liveshelf server?`);
  }
}

async function reached(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    const cause = (error as { cause?: Error }).cause?.message || (error as Error).message;
    throw new LiveshelfError("NOT_READY", `Cannot reach ${url.origin}: ${cause}. Is the server running?`);
  }
}
