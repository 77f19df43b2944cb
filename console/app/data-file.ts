/** Files of data beside the scripts: messages, drawings. A browser reads them faster than it compiles a script. */
const pauseMs = 1000;

/** Asked for until it comes: a server that restarts comes back. Throws where the server has no such file. */
export async function dataFile<T>(address: string): Promise<T> {
  for (;;) {
    // Where nobody answers there is none.
    const response = await fetch(address).catch(() => undefined);
    if (response?.ok) return (await response.json()) as T;
    if (response?.status === 404)
      throw new Error(`The server has no ${address}: its console is not whole. Install it again, and reload.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
