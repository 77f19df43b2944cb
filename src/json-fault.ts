/** Where a text stops being JSON. JSON.parse says so with a piece of the text, which may be a secret. */

const space = /[ \t\n\r]*/y;
const string = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** What may come next; `first`: the list or object may also end here, empty. */
type Next = "value" | "first value" | "key" | "first key" | "colon" | "end";

/** "line 3, column 5", both counted from 1, where the text is not JSON; undefined where it is. */
export function jsonFault(text: string): string | undefined {
  const open: ("[" | "{")[] = [];
  let next: Next = "value";
  for (let at = after(space, text, 0)!; ; at = after(space, text, at)!) {
    const mark = text[at];
    if (mark === undefined && next === "end" && open.length === 0) return undefined;
    const inside = open.at(-1);
    let to: number | undefined;
    if (next === "colon") {
      if (mark === ":") [to, next] = [at + 1, "value"];
    } else if (next === "end") {
      if (mark === "," && inside !== undefined) [to, next] = [at + 1, inside === "[" ? "value" : "key"];
      else if (inside !== undefined && mark === closing[inside]) to = ended(open, at);
    } else if (next === "key" || next === "first key") {
      if (mark === "}" && next === "first key") [to, next] = [ended(open, at), "end"];
      else [to, next] = [after(string, text, at), "colon"];
    } else if (mark === "]" && next === "first value") {
      [to, next] = [ended(open, at), "end"];
    } else if (mark === "[" || mark === "{") {
      open.push(mark);
      [to, next] = [at + 1, mark === "[" ? "first value" : "first key"];
    } else {
      [to, next] = [after(string, text, at) ?? after(scalar, text, at), "end"];
    }
    if (to === undefined) return place(text, at);
    at = to;
  }
}

const closing = { "[": "]", "{": "}" } as const;

function ended(open: string[], at: number): number {
  open.pop();
  return at + 1;
}

/** Where a match that begins there ends. */
function after(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function place(text: string, at: number): string {
  const lines = text.slice(0, at).split("\n");
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
