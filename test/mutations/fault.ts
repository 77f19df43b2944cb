/** Faults that the tests of models and kernels must catch: each a change to one place of a model's gradient or update. */
export interface Place {
  /** Of the sources, or of `assembly/`, which is then compiled anew. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface Fault extends Place {
  readonly name: string;
  readonly in: string;
  /** What is changed along with it: of a kernel its plain twin, that they differ is not what gives it away; or what would undo it. */
  readonly twin?: Place;
}

/** Faults of one file; each: what is wrong, the code that is right, the code that is not. */
export const faultsOf = (
  room: string,
  file: string,
  faults: readonly (readonly [name: string, find: string, replace: string])[],
): Fault[] => faults.map(([name, find, replace]) => ({ name, in: room, file, find, replace }));

/** Faults of a kernel and of its plain twin alike; each: what is wrong, then right and wrong code of the kernel, and of the twin. */
export const faultsOfBoth = (
  room: string,
  file: string,
  twin: string,
  faults: readonly (readonly [name: string, find: string, replace: string, twinFind: string, twinReplace: string])[],
): Fault[] =>
  faults.map(([name, find, replace, twinFind, twinReplace]) => ({
    ...{ name, in: room, file, find, replace },
    twin: { file: twin, find: twinFind, replace: twinReplace },
  }));

/** All places of a fault. */
export const placesIn = (fault: Fault): readonly Place[] => [fault, ...(fault.twin === undefined ? [] : [fault.twin])];
