/** An event as the fold sees it → every feature, every retriever, and what else keeps something of it. */
import type { Fact } from "./core/fact.ts";
import type { Rooms } from "./rooms.ts";

export function foldFact(rooms: Rooms, fact: Fact): void {
  const { listFeatures, choiceFeatures, retrievers, suggestions, fates, quality } = rooms;
  for (const feature of listFeatures.features) feature.fold?.(fact);
  for (const feature of choiceFeatures.features) feature.fold?.(fact);
  for (const retriever of retrievers) retriever.fold(fact);
  suggestions.fold(fact);
  fates.fold(fact);
  if (fact.shown !== undefined) quality.show(fact.shown.item, fact.shown.count, fact.clockMs);
}
