/** The hooks that refuse with 503 what {@link Shedding} does not let in: one before a body is read, one when it says who asks. */
import type { FastifyReply, onRequestHookHandler, preValidationHookHandler } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { sendFailure } from "./failures.ts";
import type { Priority, Shedding } from "./shedding.ts";

/** Made once: refusing has to be cheap when there is much to refuse. */
const overloaded = new LiveshelfError(
  "OVERLOADED",
  "More is asked than can be answered in time; ask again in a second.",
);

const refuse = (reply: FastifyReply): FastifyReply => sendFailure(reply, overloaded);

/** Before the body is read. */
export const letIn =
  (shedding: Shedding, priority: Priority): onRequestHookHandler =>
  (_request, reply, done) => {
    if (shedding.refuses(priority)) refuse(reply);
    else done();
  };

/** What nobody's shopper waits for goes first; only the body tells, or the query where there is none. */
export const letInAnonymous =
  (shedding: Shedding): preValidationHookHandler =>
  ({ body, query }, reply, done) => {
    if (isAnonymous(body ?? query) && shedding.refuses("anonymous")) refuse(reply);
    else done();
  };

function isAnonymous(asked: unknown): boolean {
  if (typeof asked !== "object" || asked === null) return false;
  const { user, session, observe, consent } = asked as Readonly<Record<string, unknown>>;
  return (user == null && session == null) || observe === false || consent === false || consent === "false";
}
