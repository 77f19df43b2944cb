/** Texts by key: in `localStorage`, and where that is missing, full or forbidden, in the page's memory. */
export interface Store {
  get(key: string): string | null;
  set(key: string, text: string): void;
  remove(key: string): void;
  /** Of these that begin so, in order. */
  keys(start: string): string[];
}

export function openStore(): Store {
  const memory = new Map<string, string>();
  let disk: Storage | undefined;
  try {
    disk = globalThis.localStorage;
  } catch {
    // Forbidden by the browser's settings.
  }
  return {
    get: (key) => memory.get(key) ?? disk?.getItem(key) ?? null,
    set(key, text) {
      try {
        if (disk) {
          disk.setItem(key, text);
          memory.delete(key);
          return;
        }
      } catch {
        // Full.
      }
      memory.set(key, text);
    },
    remove(key) {
      memory.delete(key);
      disk?.removeItem(key);
    },
    keys: (start) =>
      [...new Set([...memory.keys(), ...Object.keys(disk ?? {})])].filter((key) => key.startsWith(start)).sort(),
  };
}

/** 62 bits of chance as letters and digits. */
export function chance(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36).padStart(7, "0")).join("");
}
