import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { AccessKey } from "../access-keys.ts";
import { systemClock } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { newKey } from "../key-file.ts";
import { noQuery } from "./api.ts";
import { failure } from "./api-answers.ts";
import type { Door } from "./door.ts";
import { typed } from "./typed.ts";

const scope = Type.Enum(["events", "query", "metrics", "admin"]);
const keyName = Type.String({ minLength: 1, maxLength: 64 });
const keyBody = Type.Object(
  {
    name: keyName,
    scopes: Type.Optional(Type.Array(scope, { minItems: 1, maxItems: 4 })),
    expires: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  },
  { additionalProperties: false },
);

const keyFields = {
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  expires: Type.Optional(Type.String({ description: "ISO 8601; absent: for good." })),
};
const keyList = Type.Object(
  {
    keys: Type.Array(
      Type.Object({
        ...keyFields,
        sha256: Type.String({ description: "The first eight digits." }),
        removable: Type.Boolean({ description: "It can be withdrawn by a call." }),
        yours: Type.Boolean({ description: "This call came with it." }),
      }),
    ),
    closed: Type.Optional(
      Type.String({ description: "Why none can be made or withdrawn here, and what to do instead." }),
    ),
  },
  { description: "The keys." },
);
const keyMade = Type.Object(
  { key: Type.String({ description: "Shown this once." }), ...keyFields },
  { description: "Made: it holds." },
);
const keyLeft = Type.Object({ removed: Type.String(), left: Type.Integer() }, { description: "Withdrawn." });

const noPlace = "This server's keys come from the program that started it: change them there.";

const refused = (message: string): LiveshelfError => new LiveshelfError("CONFIG_INVALID", message);

/** Access keys made and withdrawn while the server runs, where it has a file to keep them in. */
export async function keyRoutes(plain: FastifyInstance, { access, settings }: Door) {
  const app = typed(plain);
  const store = settings?.keys;
  const closed = (): string | undefined => (store === undefined ? noPlace : store.closed);
  const held = (): readonly AccessKey[] => access?.keys() ?? [];
  const opensAll = ({ scopes, expires }: AccessKey): boolean =>
    scopes.includes("admin") && (expires === undefined || Date.parse(expires) > systemClock.nowMs());

  const listKeys = {
    operationId: "listKeys",
    tags: ["Operations"],
    summary: "The access keys that hold; none of them is shown",
    querystring: noQuery,
    response: { 200: keyList, "4xx": failure, "5xx": failure },
  };
  app.get("/v1/keys", { schema: listKeys }, (request, reply) => {
    const mend = closed();
    const kept = new Set(mend === undefined ? store!.held().map(({ sha256 }) => sha256) : []);
    const keys = held().map((key) => ({
      name: key.name,
      scopes: key.scopes,
      sha256: key.sha256.slice(0, 8),
      ...(key.expires !== undefined && { expires: key.expires }),
      removable: kept.has(key.sha256),
      yours: request.accessKey?.sha256 === key.sha256,
    }));
    reply.send({ keys, ...(mend !== undefined && { closed: mend }) });
  });

  const makeKey = {
    operationId: "makeKey",
    tags: ["Operations"],
    summary: "Makes an access key; the answer is the only place where it is shown",
    querystring: noQuery,
    body: keyBody,
    response: { 200: keyMade, "4xx": failure, "5xx": failure },
  };
  app.post("/v1/keys", { schema: makeKey }, (request, reply) => {
    const mend = closed();
    if (mend !== undefined) throw refused(mend);
    const { name, scopes, expires } = request.body;
    const all = held();
    if (all.some((one) => one.name === name))
      throw new LiveshelfError("CONFIG_INVALID", `There is a key "${name}" already; give another name.`, "/name");
    if (all.length >= limits.accessKeysMax) throw refused(`At most ${limits.accessKeysMax} access keys are taken.`);
    const { key, kept } = newKey({ name, scopes, expires: expires ?? undefined });
    if (!all.some(opensAll) && !opensAll(kept))
      throw refused('The first key must have the scope "admin": from then on this server asks for one.');
    store!.save([...store!.held(), kept]);
    const { sha256, ...shown } = kept;
    reply.send({ key, ...shown });
  });

  const removeKey = {
    operationId: "withdrawKey",
    tags: ["Operations"],
    summary: "Withdraws an access key; it opens nothing from the next request on",
    params: Type.Object({ name: keyName }),
    querystring: noQuery,
    response: { 200: keyLeft, "4xx": failure, "5xx": failure },
  };
  app.delete("/v1/keys/:name", { schema: removeKey }, (request, reply) => {
    const mend = closed();
    if (mend !== undefined) throw refused(mend);
    const { name } = request.params;
    const kept = store!.held();
    const withdrawn = kept.filter((one) => one.name === name);
    const isHeld = held().some((one) => one.name === name);
    if (withdrawn.length === 0 && !isHeld) throw new LiveshelfError("NOT_FOUND", `There is no access key "${name}".`);
    if (withdrawn.length === 0)
      throw refused(`The key "${name}" stands in the settings and not in the file of keys: withdraw it there.`);
    const gone = new Set(withdrawn.map(({ sha256 }) => sha256));
    const left = held().filter(({ sha256 }) => !gone.has(sha256));
    if (!left.some(opensAll))
      throw refused(`"${name}" is the last key with the scope "admin": without it nobody could make another.`);
    if (kept.length === withdrawn.length)
      throw refused(`"${name}" is the last key of its file; make another there first.`);
    store!.save(kept.filter((one) => one.name !== name));
    reply.send({ removed: name, left: left.length });
  });
}
