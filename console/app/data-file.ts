/** Files of data beside the scripts: messages, drawings. A browser reads them faster than it compiles a script. */
const pauseMs = 1000;

/** Asked for until it comes: a server that restarts comes back. */
export async function dataFile<T>(address: string): Promise<T> {
  for (;;) {
    try {
      const response = await fetch(address);
      if (response.ok) return (await response.json()) as T;
    } catch {
      // Nobody answers.
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
