import type { IncomingMessage } from "node:http";
import { type Readable, Transform } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import Type from "typebox";
import { eventLines } from "../cli/event-lines.ts";
import { itemRows } from "../cli/item-rows.ts";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { DoctorReport } from "../doctor/examination.ts";
import { failure } from "./api-answers.ts";
import { encodingFault } from "./bodies.ts";
import { goOn } from "./continuing.ts";
import type { Door } from "./door.ts";
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
/** How places in the upload are called: `body:12`. */
const called = "body";

/** `POST /v1/doctor`: looks at events before they are sent. Read as they come, and kept nowhere. */
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
  app.addHook("onRequest", letIn(shedding, "query"));
  let underWay = 0;

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
    try {
      if (underWay >= limits.uploadsMax)
        throw new LiveshelfError(
          "OVERLOADED",
          `At most ${limits.uploadsMax} uploads are examined at one time; send it again.`,
        );
      underWay++;
      try {
        const isCsv = csvTypes.some((type) => request.headers["content-type"]!.toLowerCase().startsWith(type));
        return reply.send(await examined(bounded(body), isCsv ? (request.query.id ?? "id") : undefined));
      } finally {
        underWay--;
      }
    } finally {
      // What still comes is thrown away.
      body.on("error", () => {}).resume();
    }
  });
}

/** `id`: it is CSV, whose items have their ids in this column. */
async function examined(bytes: Readable, id: string | undefined): Promise<DoctorReport> {
  const { examination } = await import("../examine.ts");
  const examined = examination({ idsMax: limits.uploadIdsMax });
  const refuse = examined.refuse.bind(examined);
  const file = { bytes, share: () => undefined };
  const read = id === undefined ? eventLines(called, file, refuse) : itemRows(called, file, id, refuse);
  try {
    for await (const chunk of read) for (const { event, where } of chunk) examined.take(event, where);
  } catch (error) {
    const { cause } = error as Error;
    throw cause instanceof LiveshelfError ? cause : error;
  }
  return examined.report();
}

/** The body, cut off with an error where it is longer than a body may be. */
function bounded(body: IncomingMessage): Readable {
  let length = 0;
  const most = limits.bodyBytesMax;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length <= most) return done(null, chunk);
      done(
        new LiveshelfError(
          "BODY_TOO_LARGE",
          `A body has at most ${most} bytes; send a part of it, or use \`liveshelf doctor\`.`,
        ),
      );
    },
  });
  const cutOff = (): void => {
    if (body.readableEnded) return;
    counted.destroy(new LiveshelfError("BODY_MALFORMED", "The connection was closed before the body was whole."));
  };
  body.once("error", cutOff).once("close", cutOff);
  counted.once("error", () => body.unpipe(counted));
  return body.pipe(counted);
}
