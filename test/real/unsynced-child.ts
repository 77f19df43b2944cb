/** A service that answers without a sync, for the proof that its like is found out: LMDB with `noSync`. Argument: folder. */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { open } from "lmdb";

const db = open<string, number>({ path: process.argv[2]!, noSubdir: false, encoding: "string", noSync: true });
let count = 0;
const server = createServer(async (request, response) => {
  await db.put(count++, await text(request));
  response.setHeader("content-type", "application/json");
  response.end("{}");
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.stdout.write(`listening on http://127.0.0.1:${address?.port}\n`);
});
process.once("SIGTERM", () => process.exit(0));
