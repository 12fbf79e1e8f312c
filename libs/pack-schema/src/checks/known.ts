import type { History, MetricKind, Words } from '@citywall/model';
import type { OccurrenceTypeSpec } from '../files/pack.js';
import { nearest } from '../issues.js';
import type { Pack } from '../pack.js';

/** What a pack declares, as far as it could be read. null: its file is broken, references to it are not judged. */
export interface Known {
  system: string;
  city: boolean;
  types: ReadonlySet<string> | null;
  /** `type/metric` → kind and states; undefined: the entry itself is wrong and already reported */
  metrics: ReadonlyMap<
    string,
    { kind: MetricKind; states?: Record<string, Words>; history?: History } | undefined
  > | null;
  occurrenceTypes: Readonly<Record<string, OccurrenceTypeSpec | undefined>> | null;
  /** attribute names of declared assets by type */
  attributes: ReadonlyMap<string, ReadonlySet<string>> | null;
  /** attributes of declared assets by `type/key` */
  assets: ReadonlyMap<string, Readonly<Record<string, unknown>>> | null;
  /** types of the assets that may be upstream of those of a type, also farther up */
  above: ReadonlyMap<string, ReadonlySet<string>> | null;
  /** other systems, where they are known */
  systems: ReadonlyMap<string, Pack> | undefined;
}

/** Why `type` is not an asset type of the pack; undefined where it is one. */
export function typeProblem(known: Known, type: string): string | undefined {
  if (known.types === null || known.types.has(type)) return undefined;
  return `asset type "${type}" is not declared in pack.yaml${hint(type, known.types)}`;
}

/** Why `type/metric` is not in the catalogue; undefined where it is. */
export function metricProblem(known: Known, type: string, metric: string): string | undefined {
  const id = `${type}/${metric}`;
  if (known.metrics === null || known.metrics.has(id)) return undefined;
  return `metric "${id}" is not declared in metrics.yaml${hint(id, known.metrics.keys())}`;
}

/** Why `type` is not an occurrence type; undefined where it is one. */
export function occurrenceProblem(known: Known, type: string): string | undefined {
  if (known.occurrenceTypes === null || Object.hasOwn(known.occurrenceTypes, type)) return undefined;
  return `occurrence type "${type}" is not declared in pack.yaml${hint(type, Object.keys(known.occurrenceTypes))}`;
}

export function hint(word: string, candidates: Iterable<string>): string {
  const near = nearest(word, [...candidates]);
  return near === undefined ? '' : `, did you mean ${near}?`;
}
