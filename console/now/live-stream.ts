/** Reads `GET /v1/live`. By fetch, as an EventSource sends no key. */
import { ask } from "../app/api.ts";

export interface LiveMessage {
  readonly event: string;
  readonly told: unknown;
}

/** Until the stream ends, which is answered with when to come back, in ms; rejects where it cannot be had, or breaks off. */
export async function follow(tell: (message: LiveMessage) => void, given: AbortSignal): Promise<number> {
  // One try: who follows has another way to read while the server has too much to do.
  const response = await ask("v1/live", { signal: given }, 1);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let retryMs = 2000;
  let rest = "";
  for (;;) {
    const { done, value = "" } = await reader.read();
    if (done) return retryMs;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]));
      retryMs = Number(fields.get("retry") ?? retryMs);
      const [event, json] = [fields.get("event"), fields.get("data")];
      if (event !== undefined && json !== undefined) tell({ event, told: JSON.parse(json) });
    }
  }
}
