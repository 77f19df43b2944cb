/** What tests of the door share: a server with settings, and requests to it. */
import type { FastifyInstance, InjectOptions } from "fastify";
import { keyDigest } from "../../src/access-keys.ts";
import { type Config, completeConfig } from "../../src/config.ts";
import { manualClock } from "../../src/core/clock.ts";
import type { Engine } from "../../src/core/public.ts";
import { createEngine } from "../../src/engine.ts";
import { type Access, access } from "../../src/http/access.ts";
import { httpServer } from "../../src/http/server.ts";

export const startMs = Date.UTC(2026, 10, 22);

export interface Door {
  readonly app: FastifyInstance;
  readonly engine: Engine;
  readonly access: Access;
  readonly clock: ReturnType<typeof manualClock>;
  readonly said: string[];
  readonly fields: unknown[];
  /** Settings over the first ones. */
  change(settings: Readonly<Record<string, unknown>>): void;
  ask(options: InjectOptions & { readonly key?: string }): Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly code: string | undefined;
    readonly message: string;
    readonly body: string;
  }>;
  close(): Promise<void>;
}

export const keyOf = (name: string): string => `ls_${name}-of-the-shop-0123456789`;
/** A key of each scope, named as it, as a file would have them. */
export const hashedKeys = ["events", "query", "metrics", "admin"].map((scope) => ({
  name: scope,
  scopes: [scope],
  sha256: keyDigest(keyOf(scope)),
}));

export async function door(
  settings: Readonly<Record<string, unknown>> = {},
  overrides: Partial<Engine> = {},
): Promise<Door> {
  const clock = manualClock(startMs);
  const engine = await createEngine({ clock, tickMs: 0 });
  const get = (target: Engine, key: keyof Engine) => overrides[key] ?? target[key].bind(target);
  const some = new Proxy(engine, { get: (target, key) => get(target, key as keyof Engine) });
  const said: string[] = [];
  const fields: unknown[] = [];
  const say = (message: string, more?: unknown): void => {
    said.push(message);
    if (more !== undefined) fields.push(more);
  };
  const config = (more: Readonly<Record<string, unknown>>): Config => completeConfig({ ...settings, ...more });
  const doorkeeper = access(config({}), say, { clock, stopwatch: clock.nowMs });
  const app = await httpServer(some, say, { access: doorkeeper });
  return {
    ...{ app, engine, access: doorkeeper, clock, said, fields },
    change: (more) => doorkeeper.change(config(more)),
    async ask({ key, ...options }) {
      const headers = { ...options.headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
      const { statusCode, headers: answered, body } = await app.inject({ ...options, headers });
      const isJson = String(answered["content-type"]).startsWith("application/json");
      const parsed = (isJson && body !== "" ? JSON.parse(body) : {}) as { error?: { code: string; message: string } };
      const { error } = parsed;
      return { status: statusCode, headers: answered, code: error?.code, message: error?.message ?? "", body };
    },
    async close() {
      await app.close();
      await engine.close();
    },
  };
}
