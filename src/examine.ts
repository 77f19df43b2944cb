/** Would these events teach anything? The doctor with the engine's own rules against robots. */
import { type Clock, systemClock } from "./core/clock.ts";
import type { EventInput } from "./core/public.ts";
import { type DoctorReport, Examination } from "./doctor/examination.ts";
import { Behaviour, behaviourRules } from "./trust/behaviour.ts";
import { trustLimits } from "./trust/limits.ts";

export interface ExamineOptions {
  /** The shop's time zone, as IANA names it: whether nights are nights is asked of local hours. */
  readonly zone?: string | undefined;
  /** Settings of these names. */
  readonly trustLimits?: Readonly<Record<string, number>>;
  readonly dedupeHorizonMs?: number;
  readonly clock?: Clock;
  /** The events are those of a log. */
  readonly isLog?: boolean;
  /** Users, sessions and items each that are followed. */
  readonly idsMax?: number;
}

/** To be given events one by one, in bounded memory; see {@link examine}. */
export function examination(options: ExamineOptions = {}): Examination {
  const { clock = systemClock, trustLimits: given = {}, ...rest } = options;
  const behaviour = new Behaviour(trustLimits(given));
  return new Examination({
    ...rest,
    nowMs: clock.nowMs(),
    judge: (choice) => behaviourRules[behaviour.note(choice).broken],
  });
}

/** What is good and what is wrong with these events, in their order; nothing is recorded. An example's place is the event's number, from 0. */
export async function examine(
  events: Iterable<EventInput> | AsyncIterable<EventInput>,
  options: ExamineOptions = {},
): Promise<DoctorReport> {
  const examined = examination(options);
  let number = 0;
  for await (const event of events) examined.take(event, `event ${number++}`);
  return examined.report();
}
