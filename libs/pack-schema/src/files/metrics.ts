import { HISTORIES, METRIC_KINDS } from '@citywall/model';
import { z } from 'zod';
import { duration, entry, record, typeMetric, words } from '../common.js';

const bound = z.union([z.number(), z.null()]);

export const metricEntry = entry({
  id: typeMetric.meta({ description: 'type/metric' }),
  name: words,
  unit: z.string().exactOptional().meta({ description: 'As shown: m, mm, km/h; none for states and texts.' }),
  kind: z.enum(METRIC_KINDS),
  range: z
    .tuple([bound, bound])
    .exactOptional()
    .meta({ description: 'Physical range [lowest, highest]; a value outside is bad. null: no bound.' }),
  ratePerMinute: z
    .number()
    .positive()
    .exactOptional()
    .meta({ description: 'Largest plausible change a minute; a faster one is uncertain.' }),
  maxSpeed: z.number().positive().exactOptional().meta({
    description: 'For kind position: m/s between two reports; a position farther away than that is bad.',
  }),
  box: z.tuple([z.number(), z.number(), z.number(), z.number()]).exactOptional().meta({
    description: 'For kind position: west, south, east, north in degrees; a position outside is bad.',
  }),
  staleAfter: duration.exactOptional().meta({
    description: 'A value this old is stale. Absent: never (things that report only changes).',
  }),
  history: z.enum(HISTORIES).default('hour').meta({ description: 'How long its windows are kept.' }),
  decimals: z.int().min(0).max(9).exactOptional().meta({ description: 'Decimals shown.' }),
  states: record(words)
    .exactOptional()
    .meta({ description: 'For kind state: its values, in order, with their words.' }),
}).meta({ description: 'One metric of one asset type.' });

/** metrics.yaml */
export const metricsFile = entry({ metrics: z.array(metricEntry) }).meta({
  title: 'metrics.yaml',
  description: 'The catalogue: units, kinds, ranges, freshness.',
});

export type MetricEntry = z.output<typeof metricEntry>;
