/** `POST /v1/doctor`: what the doctor says of a body, while it comes. */
import { once } from "node:events";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { limits } from "../../src/core/limits.ts";
import { nextTurn } from "../../src/core/pieces.ts";
import type { Engine } from "../../src/core/public.ts";
import type { DoctorReport } from "../../src/doctor/examination.ts";
import { createEngine } from "../../src/engine.ts";
import { httpServer } from "../../src/http/server.ts";
import { withLimit } from "../at-limits.ts";

let engine: Engine;
let app: FastifyInstance;
beforeEach(async () => {
  engine = await createEngine({ tickMs: 0 });
  app = await httpServer(engine);
});
afterEach(async () => {
  await app.close();
  await engine.close();
});

type Body = string | Buffer | PassThrough;

async function examine(payload: Body, type = "text/csv", query = "") {
  const answer = await app.inject({
    method: "POST",
    url: `/v1/doctor${query}`,
    payload,
    headers: { "content-type": type },
  });
  const said = answer.json() as DoctorReport & { error?: { code: string; message: string } };
  return { ...said, code: said.error?.code ?? answer.statusCode };
}

const finding = (report: DoctorReport, code: string) => report.findings.find((one) => one.code === code);

/** The first line of a catalogue of so many columns. */
const header = (columns: number): string =>
  `id,${Array.from({ length: columns - 1 }, (_, i) => `column-${i}`).join(",")}\n`;

describe("an upload", () => {
  test("of a catalogue in CSV is examined row by row: a broken one is named by its line", async () => {
    const csv = 'sku,title,price\np-1,"Wool scarf",0\np-2,Mug\n,Nameless,9\np-3,"Oak, chair",40\n';
    const report = await examine(csv, "text/csv; charset=utf-8", "?id=sku");
    expect([report.code, report.events, report.items]).toEqual([200, 4, 2]);
    expect(finding(report, "refused-events")).toMatchObject({ status: "FAIL", count: 2, example: { where: "body:3" } });
    expect(finding(report, "prices-of-zero")).toMatchObject({ status: "WARN", count: 1 });
    expect(finding(report, "items-without-title")).toMatchObject({ status: "PASS" });
  });

  test("of events in NDJSON is examined line by line, and nothing of it is recorded", async () => {
    const lines = ['{"type":"item","item":"p-1","fields":{}}', "{", '{"type":"outcome","action":"click","item":"p-9"}'];
    const report = await examine(lines.join("\n"), "application/x-ndjson");
    expect([report.code, report.events]).toEqual([200, 3]);
    expect(finding(report, "refused-events")).toMatchObject({ count: 1, example: { where: "body:2" } });
    expect(finding(report, "unknown-items")).toMatchObject({ count: 1 });
    expect([engine.status().offset, engine.item("p-1")]).toEqual([0, undefined]);
  });

  test("that cannot be read says why", async () => {
    expect((await examine("a,b\n1,2\n")).error).toMatchObject({
      code: "FILE_MALFORMED",
      message: 'body has no column "id": name the column of the item\'s id by ?id=; it has a, b.',
    });
    expect((await examine("a,a\n1,2\n", "text/csv", "?id=a")).error?.code).toBe("FILE_MALFORMED");
    for (const type of ["application/json", "image/png"]) {
      const { error } = await examine("{}", type);
      expect(error?.code).toBe("MEDIA_TYPE_UNSUPPORTED");
      for (const taken of ["text/csv", "application/x-ndjson"]) expect(error?.message).toContain(taken);
    }
    expect((await examine("id\n1\n", "text/csv", "?column=a")).error?.code).toBe("REQUEST_MALFORMED");
    expect((await examine("")).code).toBe(200);
    const empty = await app.inject({ method: "POST", url: "/v1/doctor" });
    expect([empty.statusCode, (empty.json() as { error: { code: string } }).error.code]).toEqual([
      400,
      "BODY_MALFORMED",
    ]);
  });

  test("has so many columns; with more it is refused at once, however many there are", async () => {
    const { columnsMax } = limits;
    expect((await examine(`${header(columnsMax)}p-1${",".repeat(columnsMax - 1)}\n`)).code).toBe(200);
    for (const columns of [columnsMax + 1, 300_000])
      expect((await examine(header(columns))).error).toMatchObject({
        code: "FILE_MALFORMED",
        message: `body has ${columns} columns; at most ${columnsMax} (columnsMax) are read.`,
      });
    const twice = await examine(`${header(columnsMax - 1).trim()},column-7\n`);
    expect(twice.error).toMatchObject({ code: "FILE_MALFORMED", message: 'body has two columns "column-7".' });
  });

  test("is cut off where it is longer than a body may be", async () => {
    const row = `p,${"x".repeat(1000)}\n`;
    const long = `id,title\n${row.repeat(Math.ceil(limits.bodyBytesMax / row.length))}`;
    expect((await examine(long)).error?.code).toBe("BODY_TOO_LARGE");
    expect((await examine("id,title\np-1,Scarf\n")).code).toBe(200);
  });

  test("is one of a few at one time; a further one is to come again", async () => {
    const bodies = Array.from({ length: limits.uploadsMax + 1 }, () => new PassThrough());
    const begun = bodies.map((body) => {
      body.write("id,title\n");
      return examine(body);
    });
    expect((await Promise.race(begun)).code).toBe("OVERLOADED");
    for (const body of bodies) body.end("p-1,Scarf\n");
    const items = (await Promise.all(begun)).filter(({ code }) => code === 200).map((report) => report.items);
    expect(items).toEqual(Array.from({ length: limits.uploadsMax }, () => 1));
    expect((await examine("id,title\n")).code).toBe(200);
  });

  test("is followed up to a number of ids", () =>
    withLimit("uploadIdsMax", 2, async () => {
      const rows = (count: number): string => Array.from({ length: count }, (_, i) => `p-${i},Scarf\n`).join("");
      expect(finding(await examine(`id,title\n${rows(2)}`), "beyond-the-limit")).toBeUndefined();
      expect(finding(await examine(`id,title\n${rows(3)}`), "beyond-the-limit")).toMatchObject({ count: 1 });
    }));

  test("has so much of the heap, and is refused where that is not enough", () =>
    withLimit("uploadHeapBytesMax", 16 * 2 ** 20, async () => {
      expect((await examine("id,title\np-1,Scarf\n")).code).toBe(200);
      // So many rows are held at once, with all their cells.
      const rows = Array.from({ length: 999 }, (_, row) => `p-${row}${`,cell-${row}`.repeat(limits.columnsMax - 1)}\n`);
      const report = await examine(`${header(limits.columnsMax)}${rows.join("")}`);
      expect(report.error?.code).toBe("BODY_TOO_LARGE");
      expect((await examine("id,title\np-1,Scarf\n")).code).toBe(200);
    }));

  test("is given up when its connection breaks, and its place is free again", async () => {
    const { hostname, port } = new URL(await app.listen({ port: 0, host: "127.0.0.1" }));
    const head = ["POST /v1/doctor HTTP/1.1", "host: localhost", "content-type: text/csv", "content-length: 99"];
    const sockets = Array.from({ length: limits.uploadsMax }, () => connect(Number(port), hostname));
    // Whoever is told to go on is let in.
    const goOn = sockets.map((socket) => once(socket, "data"));
    for (const socket of sockets) socket.write(`${[...head, "expect: 100-continue"].join("\r\n")}\r\n\r\n`);
    for (const [said] of await Promise.all(goOn)) expect(String(said)).toContain("100 Continue");
    for (const socket of sockets) socket.write("id,");
    const isFull = async (): Promise<boolean> => (await examine("id\n")).error?.code === "OVERLOADED";
    expect(await isFull()).toBe(true);
    for (const socket of sockets) socket.destroy();
    while (await isFull()) await nextTurn();
    expect((await examine("id,title\np-1,Scarf\n")).items).toBe(1);
  });

  test("ends with the server", async () => {
    const body = new PassThrough();
    body.write("id,title\n");
    const begun = examine(body);
    await nextTurn();
    await app.close();
    expect((await begun).error?.code).toBe("CLOSED");
  });
});
