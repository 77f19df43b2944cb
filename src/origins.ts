/** Origins of pages, as a browser names them: scheme, host and port, nothing behind. */

/** What is wrong with an entry of `corsOrigins`, as the rest of a sentence; undefined: nothing. */
export function originFault(entry: string): string | undefined {
  if (entry !== "*" && entry.includes("*")) return `"${entry.slice(0, 100)}" names no origin: * stands alone, for any.`;
  if (entry === "*" || URL.parse(entry)?.origin === entry) return undefined;
  const meant = URL.parse(entry)?.origin ?? "null";
  const mend =
    meant === "null" ? "an origin is such as https://shop.example" : `"${meant}" is meant, as browsers write it`;
  return `"${entry.slice(0, 100)}" is no origin: ${mend}.`;
}
