import { WrongUse } from "./failing.ts";
import { openForReading } from "./open.ts";

const kinds = ["user", "item", "query"] as const;

/** What the engine knows: as indented JSON for people, on one line for machines. */
export async function inspect(
  kind: string | undefined,
  id: string | undefined,
  options: { data?: string; config?: string; json?: boolean },
): Promise<void> {
  const known = kinds.find((one) => one === kind);
  if (kind !== undefined && (known === undefined || id === undefined)) {
    throw new WrongUse("ask for `user U`, `item I` or `query Q`, or for nothing: then it tells of the engine.");
  }
  const engine = await openForReading(options);
  try {
    const report = engine.inspect(known === undefined ? {} : { [known]: id });
    console.log(JSON.stringify(report, null, options.json ? undefined : 2));
  } finally {
    await engine.close();
  }
}
