/** From where a request comes, also through proxies that are trusted to say so. */
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

const mapped = /^::ffff:(?=\d+\.)/i;
/** A chain of proxies is short; a longer list was made up. */
const proxiesMax = 32;

/** The nearest address that is no trusted proxy's: what stands before it in `X-Forwarded-For`, anybody may have written. */
export function callerAddress({ socket, headers }: IncomingMessage, isProxy: (address: string) => boolean): string {
  let address = (socket.remoteAddress ?? "").replace(mapped, "");
  const forwarded = headers["x-forwarded-for"];
  if (forwarded === undefined || !isProxy(address)) return address;
  const said = String(forwarded).split(",").slice(-proxiesMax);
  for (let i = said.length - 1; i >= 0 && isProxy(address); i--) {
    const before = withoutPort(said[i]!.trim()).replace(mapped, "");
    if (isIP(before) === 0) break;
    address = before;
  }
  return address;
}

function withoutPort(text: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

/** Who is counted as one: a home or a server has a whole network of 2⁶⁴ addresses of version 6. */
export function countedAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head, tail] = address.replace(/%.*$/, "").toLowerCase().split("::") as [string, string | undefined];
  const groups = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  while (tail !== undefined && groups.length + behind.length < 8) groups.push("0");
  const network = [...groups, ...behind].slice(0, 4);
  return network.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
