import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { failure } from "./api-answers.ts";
import { encodingFault } from "./bodies.ts";
import { goOn } from "./continuing.ts";
import type { Door } from "./door.ts";
import { examineInThread } from "./examining-worker.ts";
import { letIn } from "./letting-in.ts";
import { typed } from "./typed.ts";

const uploadQuery = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.nameLengthMax,
        description: "Of CSV: the column of the item's id.",
      }),
    ),
  },
  { additionalProperties: false },
);

const status = Type.Enum(["PASS", "WARN", "FAIL"]);
const count = Type.Integer({ minimum: 0 });
const word = Type.String();
const doctorReport = Type.Object(
  {
    status,
    ...{ passed: count, warned: count, failed: count },
    ...{ events: count, users: count, sessions: count, items: count },
    from: Type.Optional(word),
    to: Type.Optional(word),
    findings: Type.Array(
      Type.Object({
        code: Type.String({ description: "As doctor.md lists them." }),
        status,
        message: word,
        count: Type.Optional(count),
        of: Type.Optional(count),
        share: Type.Optional(Type.Number()),
        parts: Type.Optional(Type.Record(Type.String(), count)),
        example: Type.Optional(Type.Object({ where: word, excerpt: word })),
        costs: Type.Optional(word),
        mend: Type.Optional(word),
      }),
    ),
  },
  { description: "Every check by its name." },
);

const csvTypes = ["text/csv"];
const lineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/** `POST /v1/doctor`: looks at events before they are sent. Read as they come, by a thread of their own, and kept nowhere. */
export async function doctorRoutes(plain: FastifyInstance, { shedding }: Door) {
  const app = typed(plain);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [...csvTypes, ...lineTypes],
    (request: FastifyRequest, stream: IncomingMessage, done: (error: Error | null, body?: IncomingMessage) => void) => {
      const packed = encodingFault(request.headers);
      if (packed !== undefined) return done(packed);
      goOn(request.raw);
      done(null, stream);
    },
  );
  app.addContentTypeParser("*", (_request, _stream, done) =>
    done(
      new LiveshelfError(
        "MEDIA_TYPE_UNSUPPORTED",
        'Send a catalogue with "content-type: text/csv", or events with "content-type: application/x-ndjson".',
      ),
    ),
  );
  app.addHook("onRequest", letIn(shedding, "query"));
  /** Of each upload that is examined: what ends that. */
  const underWay = new Set<AbortController>();
  app.addHook("preClose", (done) => {
    for (const upload of underWay) upload.abort(new LiveshelfError("CLOSED", "The server is stopping."));
    done();
  });

  const examineUpload = {
    operationId: "examineUpload",
    tags: ["Operations"],
    summary: "What is good and what is wrong with these events, before they are sent",
    description: "A catalogue as CSV (`text/csv`), or events as NDJSON. Nothing is recorded.",
    consumes: ["text/csv", "application/x-ndjson"],
    querystring: uploadQuery,
    response: { 200: doctorReport, "4xx": failure, "5xx": failure },
  };
  app.post("/v1/doctor", { schema: examineUpload }, async (request, reply) => {
    const body = request.body as IncomingMessage | undefined;
    if (body === undefined)
      throw new LiveshelfError(
        "BODY_MALFORMED",
        "The body is missing: send a catalogue as text/csv, or events as NDJSON.",
      );
    const upload = new AbortController();
    // Nobody waits for it any more: once it is answered, there is nothing left to end.
    reply.raw.once("close", () => upload.abort(cutOff()));
    try {
      if (underWay.size >= limits.uploadsMax)
        throw new LiveshelfError(
          "OVERLOADED",
          `At most ${limits.uploadsMax} uploads are examined at one time; send it again.`,
        );
      underWay.add(upload);
      const isCsv = csvTypes.some((type) => request.headers["content-type"]!.toLowerCase().startsWith(type));
      const task = { id: isCsv ? (request.query.id ?? "id") : undefined, idsMax: limits.uploadIdsMax };
      return reply.send(await examineInThread(bounded(body), task, upload.signal));
    } catch (error) {
      throw inQuery(error);
    } finally {
      underWay.delete(upload);
      // What still comes is thrown away.
      body.on("error", () => {}).resume();
    }
  });
}

/** The body as it comes, with an error where it is longer than a body may be, and where it ends before it is whole. */
async function* bounded(body: IncomingMessage): AsyncGenerator<Buffer> {
  let length = 0;
  const most = limits.bodyBytesMax;
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most) throw tooLarge(most);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof LiveshelfError) throw error;
    throw cutOff();
  }
}

/** What the command line calls `--id` is a parameter here. */
function inQuery(error: unknown): unknown {
  if (!(error instanceof LiveshelfError) || error.code !== "FILE_MALFORMED") return error;
  return new LiveshelfError(error.code, error.message.replace("by --id;", "by ?id=;"), error.at);
}

const tooLarge = (most: number): LiveshelfError =>
  new LiveshelfError(
    "BODY_TOO_LARGE",
    `A body has at most ${most} bytes; send a part of it, or use \`liveshelf doctor\`.`,
  );
const cutOff = (): LiveshelfError =>
  new LiveshelfError("BODY_MALFORMED", "The connection was closed before the body was whole.");
