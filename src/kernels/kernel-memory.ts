/**
 * Memory that kernels work on, and how they are loaded. Parameters live here: copying them for each call would cost more than the
 * kernel saves. When it grows, views made before are cut off from it: ask for them again, or hold a {@link FloatsIn}.
 */
import type { StateBuffer } from "../core/state.ts";

/** What is used of WebAssembly's own interface, whose types come with those of browsers only. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface WebAssembly {
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssembly }).WebAssembly;

const pageBytes = 65_536;
/** A cache line. */
const alignment = 64;
/** 4 GiB is what 32-bit addresses reach. */
const pagesMax = 65_536;

export class KernelMemory {
  readonly memory: Memory;
  #next = alignment;

  /** `bytes`: to begin with. */
  constructor(bytes = pageBytes) {
    this.memory = new Memory({ initial: Math.ceil((bytes + alignment) / pageBytes) });
  }

  get buffer(): ArrayBuffer {
    return this.memory.buffer;
  }

  /** Takes `bytes` zeros on a cache line's boundary; answers their address, or −1 where no more memory is to be had. */
  take(bytes: number): number {
    const address = this.#next;
    const end = address + Math.ceil(bytes / alignment) * alignment;
    const missing = Math.ceil((end - this.buffer.byteLength) / pageBytes);
    if (missing > 0) {
      if (this.buffer.byteLength / pageBytes + missing > pagesMax) return -1;
      try {
        this.memory.grow(missing);
      } catch {
        return -1;
      }
    }
    this.#next = end;
    return address;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer, address, length);
  }
}

/** A stretch of 32-bit floats in a kernel's memory, whatever it grows to meanwhile; of fixed size, saved as state. */
export class FloatsIn implements StateBuffer {
  readonly name: string;
  readonly isFixed = true;
  readonly length: number;
  readonly address: number;
  readonly #memory: KernelMemory;
  #view: Float32Array;

  /** Throws RangeError where there is not so much memory. */
  constructor(name: string, memory: KernelMemory, length: number) {
    this.name = name;
    this.length = length;
    this.#memory = memory;
    this.address = memory.take(length * 4);
    if (this.address < 0) throw new RangeError(`${name}: there is no memory for ${length} numbers`);
    this.#view = memory.floats(this.address, length);
  }

  get array(): Float32Array {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = this.#memory.floats(this.address, this.length);
    return this.#view;
  }

  chunks(): Uint8Array[] {
    const { buffer, byteOffset, byteLength } = this.array;
    return [new Uint8Array(buffer, byteOffset, byteLength)];
  }

  restore(length: number, read: (target: Uint8Array) => void): void {
    if (length !== this.length) throw new RangeError(`${this.name}: ${length} elements saved, ${this.length} expected`);
    for (const chunk of this.chunks()) read(chunk);
  }
}

const modules = new Map<string, object>();

/** The functions of a compiled kernel on `memory`; `text`: as `npm run build:kernels` made it. */
export function kernel<Functions>(text: string, { memory }: KernelMemory): Functions {
  let compiled = modules.get(text);
  if (compiled === undefined) modules.set(text, (compiled = new Module(Buffer.from(text, "base64"))));
  return new Instance(compiled, { env: { memory, abort: () => undefined } }).exports as Functions;
}
