/** What Prometheus reads at `/metrics`. Children are bound once: a request costs two additions and no look-up by text. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Engine, EngineStatus, RecordReceipt } from "../core/public.ts";
import { unopened } from "./opening-engine.ts";
import type { Shedding } from "./shedding.ts";

export interface Metrics {
  readonly contentType: string;
  countRequest(route: string, status: number, seconds: number): void;
  countEvents(receipt: RecordReceipt): void;
  countDroppedConnection(): void;
  text(): Promise<string>;
}

const secondsBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

const gauges: readonly (readonly [name: string, help: string, read: (status: EngineStatus) => number])[] = [
  ["liveshelf_ready", "1 when the state reflects all of the log.", ({ ready }) => (ready ? 1 : 0)],
  ["liveshelf_offset", "Offset that the next event will get.", ({ offset }) => offset],
  ["liveshelf_durable_offset", "Events below it are on disk.", ({ durableOffset }) => durableOffset],
  ["liveshelf_snapshot_offset", "Offset that the newest snapshot reflects.", ({ snapshotOffset }) => snapshotOffset],
  ["liveshelf_snapshot_seconds", "How long the last snapshot took.", ({ snapshotSeconds }) => snapshotSeconds],
  [
    "liveshelf_snapshot_peak_bytes",
    "What the second folder held for it.",
    ({ snapshotPeakBytes }) => snapshotPeakBytes,
  ],
  [
    "liveshelf_snapshot_pause_seconds",
    "How long serving stood still for it.",
    ({ snapshotPauseMs }) => snapshotPauseMs / 1000,
  ],
  [
    "liveshelf_rebuild_active",
    "1 while the state is folded anew, for changed settings or an erasure.",
    ({ rebuild }) => (rebuild === undefined || rebuild.state === "done" || rebuild.state === "failed" ? 0 : 1),
  ],
  ["liveshelf_rebuild_failed", "1 if the last one failed.", ({ rebuild }) => (rebuild?.state === "failed" ? 1 : 0)],
  ["liveshelf_rebuild_done_events", "Events folded for it.", ({ rebuild }) => rebuild?.done ?? 0],
  ["liveshelf_rebuild_total_events", "Events to be folded for it.", ({ rebuild }) => rebuild?.total ?? 0],
  [
    "liveshelf_rebuild_pause_seconds",
    "The longest step of the last one on the serving thread.",
    ({ rebuild }) => (rebuild?.pauseMs ?? 0) / 1000,
  ],
  ["liveshelf_log_start_offset", "First offset that the log still has.", ({ logStart }) => logStart],
  ["liveshelf_log_bytes", "Bytes that the log takes.", ({ logBytes }) => logBytes],
  ["liveshelf_answers_from_cache", "Answers given again, since the start.", ({ answersFromCache }) => answersFromCache],
  ["liveshelf_clock_seconds", "Largest event time so far, Unix seconds.", ({ clockMs }) => clockMs / 1000],
  [
    "liveshelf_erasures_pending",
    "Erased shoppers whose events are still in the log.",
    ({ erasures }) => erasures.pending,
  ],
  ["liveshelf_erasure_seconds", "How long the last erasure took.", ({ erasures }) => erasures.seconds],
  ["liveshelf_state_bytes", "Bytes of folded state.", ({ stateBytes }) => stateBytes],
  ["liveshelf_memory_max_bytes", "Ceiling on memory; 0: none.", ({ memory }) => memory.maxBytes ?? 0],
  ["liveshelf_memory_bytes", "Memory that the process takes.", ({ memory }) => memory.processBytes],
  ["liveshelf_memory_level", "What gives way for the ceiling on memory: 0 nothing.", ({ memory }) => memory.level],
  ["liveshelf_queue_events", "Events accepted and not yet durable.", ({ queued }) => queued],
  ["liveshelf_items", "Items of the catalogue.", ({ items }) => items],
  ["liveshelf_shoppers", "Shoppers that the engine remembers.", ({ shoppers }) => shoppers],
  ["liveshelf_open_slates", "Slates whose window is open.", ({ openSlates }) => openSlates],
  ["liveshelf_suspects", "Shoppers who are not taught from now.", ({ suspects }) => suspects],
  ["liveshelf_quarantined_events", "Events of suspects that wait.", ({ quarantined }) => quarantined],
];

/** They ask Node for its handles and requests one by one, and Node ends the process where one of them is just being collected as garbage. */
const unsafe = ["handles", "requests"].flatMap((what) => [`nodejs_active_${what}`, `nodejs_active_${what}_total`]);

/** A registry of its own for each server: two in one process do not meet. */
export function metrics(engine: Engine, shed: Shedding["counts"]): Metrics {
  const register = new Registry();
  const registers = [register];
  const prefix = "liveshelf_";
  collectDefaultMetrics({ register, prefix });
  for (const name of unsafe) register.removeSingleMetric(`${prefix}${name}`);
  const requests = new Counter({
    name: "liveshelf_requests_total",
    help: "Requests answered.",
    labelNames: ["route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "liveshelf_request_seconds",
    help: "From request to answer.",
    labelNames: ["route"],
    buckets: secondsBuckets,
    registers,
  });
  const events = new Counter({
    name: "liveshelf_events_total",
    help: "Events sent by clients.",
    labelNames: ["result"],
    registers,
  });
  const [accepted, duplicates, rejected] = ["accepted", "duplicate", "rejected"].map((result) => events.labels(result));
  const levels = gauges.map(([name, help]) => new Gauge({ name, help, registers }));
  const reasons = new Counter({
    name: "liveshelf_fold_total",
    help: "What came of events in the fold, by reason.",
    labelNames: ["reason"],
    registers,
  });

  const refused = new Counter({
    name: "liveshelf_shed_total",
    help: "Requests refused because more came than can be answered, by priority.",
    labelNames: ["priority"],
    registers,
  });
  const dropped = new Counter({
    name: "liveshelf_connections_refused_total",
    help: "Connections closed at once because there were too many.",
    registers,
  });

  const mrr = new Gauge({
    name: "liveshelf_quality_mrr",
    help: "Mean reciprocal rank of what was chosen first, by order, over the last 168 hours.",
    labelNames: ["order"],
    registers,
  });
  const ofChances = (
    [
      [
        "liveshelf_quality_log_loss",
        "Log-loss of the chances, nats per item shown, over the last 168 hours.",
        "logLoss",
      ],
      ["liveshelf_quality_rate_log_loss", "The same of always saying the surface's own share.", "rateLogLoss"],
      ["liveshelf_quality_calibration", "Predicted over observed choices, over the last 168 hours.", "calibration"],
    ] as const
  ).map(([name, help, figure]) => ({ gauge: new Gauge({ name, help, registers }), figure }));

  const requestsOf = new Map<string, ReturnType<typeof requests.labels>>();
  const secondsOf = new Map<string, ReturnType<typeof seconds.labels>>();
  return {
    contentType: register.contentType,
    countRequest(route, status, took) {
      const key = `${status}${route}`;
      let count = requestsOf.get(key);
      if (count === undefined) requestsOf.set(key, (count = requests.labels(route, String(status))));
      count.inc();
      let durations = secondsOf.get(route);
      if (durations === undefined) secondsOf.set(route, (durations = seconds.labels(route)));
      durations.observe(took);
    },
    countEvents(receipt) {
      accepted!.inc(receipt.accepted);
      duplicates!.inc(receipt.duplicates);
      rejected!.inc(receipt.rejected.length);
    },
    countDroppedConnection: () => dropped.inc(),
    async text() {
      const status = engine.status();
      gauges.forEach(([name, , read], i) => {
        // Before it is open nothing is known: no figure is better than a wrong one.
        if (status === unopened && name !== "liveshelf_ready") levels[i]!.remove();
        else levels[i]!.set(read(status));
      });
      const quality = status === unopened ? undefined : engine.quality().total;
      mrr.reset();
      for (const one of quality?.orders ?? []) if (one.mrr !== null) mrr.labels(one.name).set(one.mrr);
      for (const { gauge, figure } of ofChances) {
        const value = quality?.[figure] ?? null;
        if (value === null) gauge.remove();
        else gauge.set(value);
      }
      refused.reset();
      for (const [priority, count] of Object.entries(shed)) refused.labels(priority).inc(count);
      // The engine counts; here its counts are only shown.
      reasons.reset();
      for (const [reason, count] of Object.entries(status.counts)) reasons.labels(reason).inc(count);
      return register.metrics();
    },
  };
}
