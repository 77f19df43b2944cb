/**
 * Seeded randomness: the only source of chance in the engine (ARCHITECTURE.md, invariant 3).
 * sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period about 2^127; not for secrets.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Uniform integer in [0, n). n ≥ 1. */
  int(n: number): number;
  /** Standard normal, by the polar method of Marsaglia. */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
}

export function random(seed: number | string): Random {
  const start = typeof seed === "number" ? seed | 0 : hashText(seed);
  let a = 0x9e3779b9 ^ start;
  let b = 0x243f6a88 + start;
  let c = 0xb7e15162 ^ mix(start);
  let counter = 1;
  const bits = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 16; i++) bits();
  const next = (): number => bits() / 4294967296;
  let spare = Number.NaN;
  return {
    next,
    int: (n) => Math.floor(next() * n),
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      for (;;) {
        const u = 2 * next() - 1;
        const v = 2 * next() - 1;
        const square = u * u + v * v;
        if (square > 0 && square < 1) {
          const scale = Math.sqrt((-2 * Math.log(square)) / square);
          spare = v * scale;
          return u * scale;
        }
      }
    },
    exponential: () => -Math.log(1 - next()),
  };
}

/** Final mix of MurmurHash3 (Austin Appleby): every input bit reaches every output bit. */
export function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Hash of two 32-bit integers to one. */
export function mixPair(a: number, b: number): number {
  return mix(Math.imul(a, 0x9e3779b1) ^ mix(b + 0x7f4a7c15));
}

/** FNV-1a over UTF-16 code units, then {@link mix}. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** A fair shuffle in place (Fisher–Yates). */
export function shuffle<T>(list: T[], chance: Random): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = chance.int(i + 1);
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}
