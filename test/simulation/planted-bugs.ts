/** Bugs that the simulation must find: each a change to one place of the sources, planted in a copy of them. */
export interface PlantedBug {
  readonly name: string;
  readonly in: "group commit" | "failed flush" | "snapshot's offset" | "dedupe table" | "segment growth" | "retention";
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Runs within which it is found. */
  readonly runsMax: number;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "a group is acknowledged before its sync",
    in: "group commit",
    file: "src/event-logs/grouped-log.ts",
    find: "        await store.write(inFlight.appends);",
    replace:
      "        const writing = store.write(inFlight.appends);\n        inFlight.written.resolve();\n        await writing;",
    runsMax: 20,
  },
  {
    name: "who waits for the next group is answered with the one in flight",
    in: "group commit",
    file: "src/event-logs/grouped-log.ts",
    find: "(waiting ?? inFlight)?.written.promise",
    replace: "(inFlight ?? waiting)?.written.promise",
    runsMax: 20,
  },
  {
    name: "what is appended while a group is written is taken for durable with it",
    in: "group commit",
    file: "src/event-logs/grouped-log.ts",
    find: "      durableHead = last.first + last.events.length;",
    replace: "      durableHead = last === undefined ? durableHead : head;",
    runsMax: 50,
  },
  {
    name: "a duplicate is answered while the first is still being synced",
    in: "group commit",
    file: "src/engine.ts",
    find: "    await this.#log.durable();\n    this.#snapshotting.whenDue();",
    replace: "    if (accepted > 0) await this.#log.durable();\n    this.#snapshotting.whenDue();",
    runsMax: 50,
  },
  {
    name: "the head is not put back",
    in: "failed flush",
    file: "src/event-logs/grouped-log.ts",
    find: "    head = durableHead;\n",
    replace: "",
    runsMax: 100,
  },
  {
    name: "the state is not rebuilt",
    in: "failed flush",
    file: "src/engine.ts",
    find: "    await this.#rebuild().catch(",
    replace: "    await Promise.resolve().catch(",
    runsMax: 100,
  },
  {
    name: "the group that waits behind is never answered",
    in: "failed flush",
    file: "src/event-logs/grouped-log.ts",
    find: "    alsoLost?.written.reject(failure);\n",
    replace: "",
    runsMax: 200,
  },
  {
    name: "the head is put back after the rebuild has begun",
    in: "failed flush",
    file: "src/event-logs/grouped-log.ts",
    find: "    head = durableHead;\n    queuedBytes = 0;",
    replace: "    queueMicrotask(() => {\n      head = durableHead;\n    });\n    queuedBytes = 0;",
    runsMax: 200,
  },
  {
    name: "a snapshot is labelled with the head instead of the durable head",
    in: "snapshot's offset",
    file: "src/snapshotting.ts",
    find: "foldAside({ offset: log.durableHead, isBase: false }",
    replace: "foldAside({ offset: log.head, isBase: false }",
    runsMax: 200,
  },
  {
    name: "a snapshot is labelled one too high",
    in: "snapshot's offset",
    file: "src/fold-worker.ts",
    find: "const header = snapshotHeader(config, log, offset, rebuilt);",
    replace: "const header = snapshotHeader(config, log, offset + 1, rebuilt);",
    runsMax: 200,
  },
  {
    name: "after a snapshot one event is left out",
    in: "snapshot's offset",
    file: "src/fold-up.ts",
    find: "  await fold(learning, offset, to);",
    replace: "  await fold(learning, offset === 0 ? 0 : offset + 1, to);",
    runsMax: 100,
  },
  {
    name: "a snapshot by the serving thread is kept before its events are durable",
    in: "snapshot's offset",
    file: "src/snapshotting.ts",
    find: "      await log.durable();\n",
    replace: "",
    runsMax: 4000,
  },
  {
    name: "an id is forgotten at half the horizon",
    in: "dedupe table",
    file: "src/core/recent-ids.ts",
    find: "clockMs - this.#atMs.get(place) <= this.#horizonMs;",
    replace: "clockMs - this.#atMs.get(place) <= this.#horizonMs / 2;",
    runsMax: 200,
  },
  {
    name: "the table holds one id less than it should",
    in: "dedupe table",
    file: "src/core/recent-ids.ts",
    find: "this.size >= this.#capacity;",
    replace: "this.size >= this.#capacity - 1;",
    runsMax: 1000,
  },
  {
    name: "the order of the ids is not in the snapshot",
    in: "dedupe table",
    file: "src/core/recent-ids.ts",
    find: "      this.#next,\n      this.#registers,\n",
    replace: "      this.#next,\n",
    runsMax: 1000,
  },
  {
    name: "an id that comes twice in one call counts twice",
    in: "dedupe table",
    file: "src/admission.ts",
    find: "ids.has(event.id) || ",
    replace: "",
    runsMax: 20,
  },
  {
    name: "further segments of a column are not filled",
    in: "segment growth",
    file: "src/core/columns.ts",
    find: "new Int32Array(segmentRows);\n      if (this.fill !== 0)",
    replace: "new Int32Array(segmentRows);\n      if (this.fill !== 0 && this.segments.length === 0)",
    runsMax: 200,
  },
  {
    name: "the last row of a full segment is not saved",
    in: "segment growth",
    file: "src/core/columns.ts",
    find: "Math.min(left, segmentRows) *",
    replace: "Math.min(left, segmentRows - 1) *",
    runsMax: 1000,
  },
  {
    name: "the row after a full segment has no place",
    in: "segment growth",
    file: "src/core/columns.ts",
    find: "while (this.segments.length << segmentBits < length) {\n      const segment = new Int32Array",
    replace: "while (this.segments.length << segmentBits < length - 1) {\n      const segment = new Int32Array",
    runsMax: 200,
  },
  {
    name: "a hash table that grows leaves an entry behind",
    in: "segment growth",
    file: "src/core/hash-table.ts",
    find: "    for (let e = 0; e < entries; e++) {",
    replace: "    for (let e = 1; e < entries; e++) {",
    runsMax: 400,
  },
  {
    name: "the log is shortened by one block more than the base holds",
    in: "retention",
    file: "src/snapshotting.ts",
    find: "    await log.trim(offset);",
    replace: "    await log.trim(offset + 20);",
    runsMax: 1000,
  },
];
