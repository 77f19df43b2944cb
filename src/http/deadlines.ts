/** `X-Timeout-Ms`: how long the caller waits. */
import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { LiveshelfError } from "../core/errors.ts";
import type { Shedding } from "./shedding.ts";

const header = "x-timeout-ms";

export const timeoutHeader = Type.Object({
  [header]: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "The answer is wanted within so many milliseconds: what does not fit is left out, and `skipped` says how much.",
    }),
  ),
});

/** What is left of the caller's time, ms; undefined without the header. Throws REQUEST_MALFORMED, and DEADLINE_PASSED if nothing is. */
export function timeLeftMs({ headers }: FastifyRequest, reply: FastifyReply, shedding: Shedding): number | undefined {
  const given = headers[header];
  if (given === undefined) return undefined;
  if (typeof given !== "string" || !/^\d{1,15}$/.test(given) || Number(given) < 1) {
    const message = `"X-Timeout-Ms" must be a whole number of milliseconds from 1; it is ${JSON.stringify(given).slice(0, 100)}.`;
    throw new LiveshelfError("REQUEST_MALFORMED", message, `/headers/${header}`);
  }
  const waitedMs = Math.max(shedding.waitedMs(), reply.elapsedTime);
  const leftMs = Number(given) - waitedMs;
  if (leftMs > 0) return leftMs;
  const message = `The request may have waited ${waitedMs.toFixed(1)} ms before its turn, and had ${given} ms; ask again, or give more.`;
  throw new LiveshelfError("DEADLINE_PASSED", message);
}
