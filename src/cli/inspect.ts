import { WrongUse } from "./failing.ts";
import { openForReading } from "./open.ts";

const kinds = ["user", "item", "query", "event"] as const;

/** What the engine knows: as indented JSON for people, on one line for machines. */
export async function inspect(
  kind: string | undefined,
  id: string | undefined,
  options: { data?: string; config?: string; json?: boolean },
): Promise<void> {
  const known = kinds.find((one) => one === kind);
  const isQuarantine = kind === "quarantine" && id === undefined;
  if (kind !== undefined && !isQuarantine && (known === undefined || id === undefined)) {
    throw new WrongUse(
      "ask for `user U`, `item I`, `query Q`, `event ID` or `quarantine`, or for nothing: then it tells of the engine.",
    );
  }
  const engine = await openForReading(options);
  try {
    const asked = isQuarantine ? { quarantine: true as const } : known === undefined ? {} : { [known]: id };
    const report = engine.inspect(asked);
    console.log(JSON.stringify(report, null, options.json ? undefined : 2));
  } finally {
    await engine.close();
  }
}
