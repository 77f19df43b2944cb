/**
 * Which surfaces a panel keeps weights and lines of their own for: the {@link slotsMax} taught last. Slot 0 is all of them
 * together: what a surface not met before starts from, and what is asked where there is none of its own.
 */
import { FixedBuffer } from "../core/columns.ts";
import type { StateBuffer } from "../core/state.ts";

/** Slots, that of all surfaces included. */
export const slotsMax = 65;

export class PanelSurfaces {
  /** [slot] word row of the surface + 2: 0 is free, 1 is none. */
  readonly #keys = new FixedBuffer("surfaces", new Int32Array(slotsMax));
  /** [slot] number of its last lesson. */
  readonly #taughtAt = new FixedBuffer("surfaces.taught-at", new Float64Array(slotsMax));

  get buffers(): readonly StateBuffer[] {
    return [this.#keys, this.#taughtAt];
  }

  /** Its slot, 0 where it has none of its own. */
  find(surface: number): number {
    const keys = this.#keys.array;
    for (let slot = 1; slot < slotsMax; slot++) if (keys[slot] === surface + 2) return slot;
    return 0;
  }

  /** A slot for one that has none: a free one, or that of the surface taught longest ago. */
  take(surface: number): number {
    const taughtAt = this.#taughtAt.array;
    let slot = 1;
    for (let s = 2; s < slotsMax; s++) if (taughtAt[s]! < taughtAt[slot]!) slot = s;
    this.#keys.array[slot] = surface + 2;
    return slot;
  }

  teach(slot: number, lesson: number): void {
    this.#taughtAt.array[slot] = lesson;
    this.#taughtAt.array[0] = lesson;
  }

  /** Number of the slot's last lesson, 0 before the first. */
  taughtAt(slot: number): number {
    return this.#taughtAt.array[slot]!;
  }

  /** Surfaces that have a slot of their own: word rows, −1 for none. */
  all(): readonly { readonly slot: number; readonly surface: number }[] {
    const slots = Array.from(this.#keys.array, (key, slot) => ({ slot, surface: key - 2 }));
    return slots.filter(({ slot }) => slot > 0 && this.#keys.array[slot] !== 0);
  }
}
