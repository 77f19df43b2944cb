/** Where imported events go: an engine of our own on a data folder, or a running server. */
import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config.ts";
import { secondMs } from "../core/clock.ts";
import { type ErrorCode, LiveshelfError } from "../core/errors.ts";
import type { EventInput, RecordReceipt } from "../core/public.ts";

export interface Destination {
  record(events: readonly EventInput[]): Promise<RecordReceipt>;
  /** Ids of the catalogue. */
  items(): Promise<Iterable<string>>;
  close(): Promise<void>;
}

export async function ownEngine(config: Config, say: (line: string) => void): Promise<Destination> {
  const { createEngine } = await import("../engine.ts");
  const engine = await createEngine({ ...config, onDiagnostic: say });
  return {
    record: (events) => engine.record(events),
    items: async () => engine.items(),
    close: () => engine.close(),
  };
}

/** An overloaded server is asked again for so long. */
const attemptsMax = 120;

export function runningServer(url: string): Destination {
  const base = serverUrl(url);
  return {
    async record(events) {
      const body = JSON.stringify(events);
      const headers = { "content-type": "application/json" };
      return (
        await asked(new URL("v1/events", base), { method: "POST", headers, body })
      ).json() as Promise<RecordReceipt>;
    },
    async items() {
      const text = await (await asked(new URL("v1/items", base), {})).text();
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

/** Tries again while the server says 503; nothing of a refused call was applied. */
async function asked(url: URL, request: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await reached(url, request);
    if (response.ok) return response;
    if (response.status === 503 && attempt < attemptsMax) {
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
