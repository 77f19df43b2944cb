/** Addresses of the internet protocol, and networks of them (`10.0.0.0/8`). */
import { BlockList, isIP } from "node:net";

/** What is wrong with an entry of `trustedProxies`, as the rest of a sentence; undefined: nothing. */
export function networkFault(entry: string): string | undefined {
  if (parts(entry) !== undefined) return undefined;
  return `"${entry.slice(0, 100)}" is neither an address nor a network such as 10.0.0.0/8.`;
}

/** Entries without {@link networkFault}. */
export function networks(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const { address, prefix, family } = parts(entry)!;
    list.addSubnet(address, prefix, family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
  };
}

function parts(entry: string) {
  const [address, bits, ...more] = entry.split("/") as [string, ...string[]];
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(prefix <= most)) return undefined;
  return { address, prefix, family: version === 6 ? ("ipv6" as const) : ("ipv4" as const) };
}
