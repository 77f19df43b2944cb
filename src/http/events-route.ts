import type { FastifyInstance } from "fastify";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { describe } from "../core/parse-event.ts";
import type { Engine, EventInput, RecordReceipt } from "../core/public.ts";
import { jsonFault } from "../json-fault.ts";
import { failure, receipt } from "./api-answers.ts";
import { eventsBody } from "./api-events.ts";
import { lines, parseJson, readLinesToo } from "./bodies.ts";
import type { Door } from "./door.ts";
import { letIn } from "./letting-in.ts";

/** `POST /v1/events`: one event, an array, or NDJSON. Answers when what was accepted is durable. */
export async function eventsRoute(app: FastifyInstance, { engine, metrics, shedding, bodies }: Door) {
  readLinesToo(app, bodies);
  app.addHook("onRequest", letIn(shedding, "events"));
  app.post(
    "/v1/events",
    {
      schema: {
        operationId: "sendEvents",
        tags: ["Events"],
        summary: "Say what happened",
        description: "A bad event is refused alone, with its index, a code and what was wrong; the others are kept.",
        body: eventsBody,
        response: { 200: receipt, "4xx": failure, "5xx": failure },
      },
      // The engine checks events one by one.
      validatorCompiler: () => () => true,
    },
    async (request): Promise<RecordReceipt> => {
      const { body } = request;
      const answer = Buffer.isBuffer(body) ? await recordLines(engine, body) : await recordJson(engine, body);
      metrics.countEvents(answer);
      return answer;
    },
  );
}

async function recordJson(engine: Engine, body: unknown): Promise<RecordReceipt> {
  if (typeof body !== "object" || body === null) {
    const message = `The body must be one event (an object) or a list of events; it is ${describe(body)}.`;
    throw new LiveshelfError("REQUEST_MALFORMED", message);
  }
  return engine.record(body as EventInput | EventInput[]);
}

/** A line that is no JSON is refused alone; indices are those of the lines. */
async function recordLines(engine: Engine, body: Buffer): Promise<RecordReceipt> {
  const events: EventInput[] = [];
  const indices: number[] = [];
  for (const { index, line } of lines(body, limits.batchEventsMax)) {
    try {
      events.push(parseLine(line) as EventInput);
    } catch (error) {
      // In the event's place, so that the engine refuses, and counts, all that it refuses.
      events.push(error as EventInput & LiveshelfError);
    }
    indices.push(index);
  }
  const receipt = await engine.record(events);
  return { ...receipt, rejected: receipt.rejected.map((one) => ({ ...one, index: indices[one.index]! })) };
}

function parseLine(line: Buffer): unknown {
  if (line.length > limits.eventBytesMax) {
    throw new LiveshelfError(
      "EVENT_TOO_LARGE",
      `An event has at most ${limits.eventBytesMax} bytes; this one has ${line.length}.`,
    );
  }
  try {
    return parseJson(line, placeOf);
  } catch (error) {
    const { code, message } = error as LiveshelfError;
    // Of so short a line only the depth can be too large.
    const meant = code === "BODY_TOO_LARGE" ? "EVENT_LIMIT" : "EVENT_MALFORMED";
    throw new LiveshelfError(meant, message.replace(/^(?:The|A) body/, "The line"));
  }
}

/** Refusals are kept, and shown to whoever looks: nothing of a line that nobody could read may be in them. */
const placeOf = (line: string): string => `look at ${(jsonFault(line) ?? "it").replace(/^line 1, /, "")}`;
