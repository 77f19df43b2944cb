import { createServer } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config.ts";
import { LiveshelfError } from "../core/errors.ts";
import { networks } from "../networks.ts";

const isOwnAddress = networks(["127.0.0.0/8", "::1"]);

export const isLoopback = (host: string): boolean => host === "localhost" || isOwnAddress(host);

/** Without keys, whoever reaches the port may do everything: so nobody but this machine does. */
export function refuseUnlessLoopback(host: string): void {
  if (isLoopback(host)) return;
  const mend = "set access keys (`liveshelf keys add --config FILE --name NAME`), or use 127.0.0.1.";
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
    throw cannotListen(error as NodeJS.ErrnoException, host, port);
  }
}

/** Whether this machine can listen there; the port is not tried. Throws ADDRESS_REFUSED. */
export async function checkHost(host: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen({ host, port: 0 }, resolve);
    });
  } catch (error) {
    throw cannotListen(error as NodeJS.ErrnoException, host, 0);
  } finally {
    server.close();
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): LiveshelfError {
  const { code, message } = error;
  if (code === "EADDRINUSE" || code === "EACCES") {
    const why = code === "EADDRINUSE" ? `port ${port} is in use` : `port ${port} needs rights that the process lacks`;
    const mend = "give another, or 0 for a free one.";
    return new LiveshelfError("ADDRESS_REFUSED", `Cannot listen on ${host}: ${why}; ${mend}`, "/port", error);
  }
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: "no address has this name",
    EAI_AGAIN: "no address could be found for this name",
    EADDRNOTAVAIL: "it is no address of this machine",
  };
  const why = known[code ?? ""] ?? message;
  const mend = "give an address of this machine, such as 127.0.0.1.";
  return new LiveshelfError("ADDRESS_REFUSED", `Cannot listen on ${host}: ${why}; ${mend}`, "/host", error);
}
