import { BlockList, isIP, isIPv6 } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { LiveshelfError } from "../core/errors.ts";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Without keys, whoever reaches the port may do everything: so nobody but this machine does. */
export function refuseUnlessLoopback(host: string): void {
  const isLoopback = isIP(host) ? loopback.check(host, isIPv6(host) ? "ipv6" : "ipv4") : host === "localhost";
  if (isLoopback) return;
  const mend =
    "use 127.0.0.1, and put a reverse proxy that checks access in front; access keys come with a later release.";
  throw new LiveshelfError(
    "ADDRESS_REFUSED",
    `Without keys the server listens on loopback only, not on ${host}: ${mend}`,
    "/host",
  );
}

/** Listens, and answers where: `http://127.0.0.1:7700`. */
export async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? `port ${port} is in use; give another, or 0 for a free one.` : message;
    throw new LiveshelfError("ADDRESS_REFUSED", `Cannot listen on ${host}: ${why}`, "/port", error);
  }
}
