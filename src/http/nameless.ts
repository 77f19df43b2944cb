/** Diagnostics without shoppers: who asked is taken out of a text before it is told. */
import type { FastifyRequest } from "fastify";

const naming = new Set(["user", "session"]);
/** Shorter ids are in every text by chance. */
const idLengthMin = 2;

/** `text` without the ids of users and sessions that came with the request, wherever in it they stood. */
export function nameless(text: string, { params, query, body, url }: FastifyRequest): string {
  const ids = new Set<string>();
  const open: unknown[] = [params, query, body];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== "object" || one === null || Buffer.isBuffer(one)) continue;
    for (const [key, value] of Object.entries(one)) {
      if (!naming.has(key) || typeof value === "object") open.push(value);
      else if (String(value).length >= idLengthMin) ids.add(String(value));
    }
  }
  let told = text.replaceAll(url, url.split("?", 1)[0]!);
  // The longest first: one may be the beginning of another.
  const longestFirst = [...ids].sort((a, b) => b.length - a.length);
  for (const id of longestFirst)
    for (const form of [id, encodeURIComponent(id.toWellFormed())]) told = told.replaceAll(form, "(a shopper)");
  return told;
}
