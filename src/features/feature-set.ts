/** Several features side by side: their columns make the rows that a model sees. */
import type { List } from "../core/list.ts";
import type { Request } from "../core/request.ts";
import type { ColumnSpec, Rows } from "../core/rows.ts";
import type { Feature } from "./feature.ts";

export interface FeatureSet<Candidates extends List> {
  readonly features: readonly Feature<Candidates>[];
  readonly columns: readonly ColumnSpec[];
  /** [column] name of the feature that writes it. */
  readonly featureOf: readonly string[];
  /** Fills `rows` with all columns of all candidates. */
  assemble(request: Request, list: Candidates, rows: Rows): void;
}

export function featureSet<Candidates extends List>(features: readonly Feature<Candidates>[]): FeatureSet<Candidates> {
  const columns = features.flatMap((feature) => feature.columns);
  const starts: number[] = [];
  let next = 0;
  for (const feature of features) {
    starts.push(next);
    next += feature.columns.length;
  }
  return {
    features,
    columns,
    featureOf: features.flatMap((feature) => feature.columns.map(() => feature.name)),
    assemble(request, list, rows) {
      rows.resize(list.count);
      for (let f = 0; f < features.length; f++) features[f]!.read(request, list, rows, starts[f]!);
    },
  };
}
