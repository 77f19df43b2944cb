/**
 * Who comes in. In this order, all of it before a byte of the body is read:
 *
 *     page of a foreign origin ─▶ too many of one address ─▶ key ─▶ scope ─▶ too many of one key
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { AccessKey, Scope } from "../access-keys.ts";
import type { Config } from "../config.ts";
import { type Clock, secondMs, stopwatchMs, systemClock } from "../core/clock.ts";
import { LiveshelfError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { networks } from "../networks.ts";
import { refuseUnlessLoopback } from "./address.ts";
import { callerAddress, countedAddress } from "./caller-address.ts";
import { KeyRing } from "./key-ring.ts";
import { foreign, isOwnName, type Origins, origins } from "./origins.ts";
import { RateLimit } from "./rate-limits.ts";

type AccessSettings = Pick<
  Config,
  | "diagnoseShoppers"
  | "host"
  | "keys"
  | "keysFile"
  | "requestsPerSecond"
  | "requestsPerSecondByAddress"
  | "trustedProxies"
  | "corsOrigins"
>;

export interface Access {
  /** Keys are asked for. */
  readonly isLocked: boolean;
  /** Those that hold, expired ones too. */
  keys(): readonly AccessKey[];
  /** Diagnostics may say who a call is about. */
  readonly namesShoppers: boolean;
  /** Answers why a request is refused; `answered` to what a browser asks before a call. Notes on the request whose key it came with. */
  enter(request: FastifyRequest, reply: FastifyReply, scope: Scope | "none"): LiveshelfError | "answered" | undefined;
  /** Whether a request that was let in would be so still: its key may have been taken away, or have expired. */
  holds(request: FastifyRequest): boolean;
  addressOf(request: FastifyRequest): string;
  /** Monotonic ms, by which requests are counted. */
  readonly stopwatch: () => number;
  /** From the next request on. Throws CONFIG_INVALID or ADDRESS_REFUSED, and nothing changed. */
  change(settings: AccessSettings): void;
}

declare module "fastify" {
  interface FastifyRequest {
    /** The key that it came with. */
    accessKey: AccessKey | null;
  }
}

interface AccessOptions {
  readonly clock?: Clock;
  readonly stopwatch?: () => number;
}

/** Throws ADDRESS_REFUSED for an address beyond loopback without keys, and CONFIG_INVALID for a key file that cannot be read. */
export function access(
  settings: AccessSettings,
  say: (message: string) => void,
  { clock = systemClock, stopwatch = stopwatchMs }: AccessOptions = {},
): Access {
  const ring = new KeyRing(settings, say, clock);
  if (!ring.isLocked) refuseUnlessLoopback(settings.host);
  let rules = accessRules(settings);

  const keyGiven = ({ headers }: FastifyRequest): string | undefined =>
    /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];

  function keyFault(request: FastifyRequest, reply: FastifyReply, scope: Scope): LiveshelfError | undefined {
    const given = keyGiven(request);
    if (given === undefined) {
      reply.header("www-authenticate", challenge);
      return keyless;
    }
    const nowMs = clock.nowMs();
    const found = ring.find(given, nowMs);
    if (found === undefined || found.expiresAtMs <= nowMs) {
      reply.header("www-authenticate", `${challenge}, error="invalid_token"`);
      return found === undefined ? unknownKey : expiredKey;
    }
    const { key } = found;
    request.accessKey = key;
    if (key.scopes.includes(scope) || key.scopes.includes("admin")) return undefined;
    reply.header("www-authenticate", `${challenge}, error="insufficient_scope", scope="${scope}"`);
    const has = key.scopes.join(", ");
    return new LiveshelfError("FORBIDDEN", `This call needs a key with the scope "${scope}"; this one has ${has}.`);
  }

  return {
    get isLocked() {
      return ring.isLocked;
    },
    keys: () => ring.keys,
    get namesShoppers() {
      return rules.namesShoppers;
    },
    stopwatch,
    holds(request) {
      if (!ring.isLocked) return true;
      const nowMs = clock.nowMs();
      const given = keyGiven(request);
      const found = given === undefined ? undefined : ring.find(given, nowMs);
      return found !== undefined && found.expiresAtMs > nowMs;
    },
    addressOf: ({ raw }) => callerAddress(raw, rules.isProxy),
    change(next) {
      const changed = accessRules(next, rules);
      if (ring.isLocked && next.keys.length === 0 && next.keysFile === undefined) throw unlocked;
      ring.change(next);
      rules = changed;
    },
    enter(request, reply, scope) {
      const asked = rules.origins.preflight(request, reply);
      if (asked !== undefined) return asked === "allowed" ? "answered" : asked;
      const isAdmitted = rules.origins.admit(request, reply);
      if (isProbe(request.url)) return undefined;
      if (rules.byAddress !== undefined) {
        const address = countedAddress(callerAddress(request.raw, rules.isProxy));
        const waitMs = rules.byAddress.waitMs(address, stopwatch());
        if (waitMs > 0) return tooMany(reply, waitMs, "from this address");
      }
      const needsKey = ring.isLocked && scope !== "none";
      const fault = needsKey
        ? keyFault(request, reply, scope)
        : ring.isLocked
          ? undefined
          : unlockedFault(request, isAdmitted);
      if (fault !== undefined || rules.byKey === undefined || scope === "none") return fault;
      const waitMs = rules.byKey.waitMs(request.accessKey?.sha256 ?? "", stopwatch());
      return waitMs > 0 ? tooMany(reply, waitMs, "with this key") : undefined;
    },
  };
}

interface AccessRules {
  readonly namesShoppers: boolean;
  readonly origins: Origins;
  readonly isProxy: (address: string) => boolean;
  /** Requests a second, and what counts them; undefined: any number. */
  readonly rates: readonly [byKey: number, byAddress: number];
  readonly byKey: RateLimit | undefined;
  readonly byAddress: RateLimit | undefined;
}

/** Where a rate stayed the same, counting goes on. */
function accessRules(settings: AccessSettings, before?: AccessRules): AccessRules {
  const { requestsPerSecond: byKey, requestsPerSecondByAddress: byAddress, trustedProxies, corsOrigins } = settings;
  const limit = (rate: number, most: number): RateLimit | undefined =>
    rate > 0 ? new RateLimit(rate, most) : undefined;
  return {
    namesShoppers: settings.diagnoseShoppers,
    origins: origins(corsOrigins),
    isProxy: trustedProxies.length > 0 ? networks(trustedProxies) : () => false,
    rates: [byKey, byAddress],
    byKey: before?.rates[0] === byKey ? before.byKey : limit(byKey, limits.accessKeysMax),
    byAddress: before?.rates[1] === byAddress ? before.byAddress : limit(byAddress, limits.countedAddressesMax),
  };
}

const isProbe = (url: string): boolean => url === "/healthz" || url === "/readyz";

/** Without keys whoever reaches the port may do everything: so a browser on this machine must not be led here by a page from elsewhere. */
function unlockedFault({ headers: { host, origin } }: FastifyRequest, isAdmitted: boolean): LiveshelfError | undefined {
  // Browsers always send it.
  if (host !== undefined && host !== "" && !isOwnName(host)) return foreignHost;
  if (isAdmitted || isOwnName(URL.parse(origin!)?.host ?? "")) return undefined;
  return foreign;
}

function tooMany(reply: FastifyReply, waitMs: number, whose: string): LiveshelfError {
  reply.header("retry-after", String(Math.ceil(waitMs / secondMs)));
  return new LiveshelfError("RATE_LIMITED", `More requests come ${whose} than are allowed; send it again in a moment.`);
}

const challenge = 'Bearer realm="liveshelf"';
const keyless = new LiveshelfError("UNAUTHORIZED", "This call needs an access key: send Authorization: Bearer <key>.");
const unknownKey = new LiveshelfError("UNAUTHORIZED", "This access key is not known.");
const expiredKey = new LiveshelfError("UNAUTHORIZED", "This access key has expired; use a newer one.");
const unlocked = new LiveshelfError(
  "CONFIG_INVALID",
  "All access keys cannot be taken away while the server runs; stop it, and start it on loopback.",
  "/keys",
);
const foreignHost = new LiveshelfError(
  "FORBIDDEN",
  "Without access keys only this machine may call, by a name of its own such as localhost or 127.0.0.1; set keys to use another.",
  "/headers/host",
);
