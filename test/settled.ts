/** Waits for what an engine does by itself after events: it writes snapshots, and shortens its log. */
import type { Engine } from "../src/core/public.ts";

/** Resolves when it does neither; there is a snapshot of all that was durable at the call. Both take turns, so who asks for a snapshot twice comes after what the first led to. */
export async function settled(engine: Engine): Promise<void> {
  await engine.snapshot();
  await engine.snapshot();
}
