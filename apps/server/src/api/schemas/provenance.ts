import { FLAGS } from '@citywall/model';
import { z } from 'zod';
import { metricKind, origin, quality, readingValue, systemParameter, time, words } from './common.js';

export const sourceFeed = z.object({
  id: z.string(),
  system: z.string(),
  topic: z
    .array(z.string())
    .meta({ description: 'patterns of the topics it takes; empty: no pack has this feed any more' }),
  broker: z.string(),
});

export const readingProvenance = z.object({
  asset: z.string(),
  name: z.string(),
  metric: z.object({
    id: z.string(),
    name: words.nullable().meta({ description: 'null: not in the catalogue' }),
    kind: metricKind.nullable(),
    unit: z.string().nullable(),
    decimals: z.int().nullable().meta({ description: 'decimals shown' }),
    range: z
      .object({ min: z.number().nullable(), max: z.number().nullable() })
      .nullable()
      .meta({ description: 'physical range; a value outside is bad' }),
    staleAfter: z.int().nullable().meta({ description: 'ms; null: never stale' }),
  }),
  value: readingValue.nullable().meta({ description: 'null: personal and withheld' }),
  at: time.meta({ description: 'when it was measured' }),
  receivedAt: time,
  quality,
  stale: z.boolean(),
  origin,
  flags: z.array(z.enum(FLAGS)).meta({ description: 'why it is not plain good, or how it came' }),
  feed: sourceFeed,
});

export const viewProvenance = z.object({
  role: z.string().meta({ description: 'what the panel uses the view for' }),
  kind: z.string(),
  rule: words.meta({ description: 'how the figure is made, in words' }),
  members: z
    .object({
      fresh: z.int().meta({ description: 'expected members with a fresh value' }),
      total: z.int().meta({ description: 'expected members' }),
      oldestAt: time.nullable().meta({ description: 'measured time of the oldest newest value' }),
      newestAt: time.nullable(),
    })
    .nullable()
    .meta({ description: 'null: the view has no members to count' }),
  feeds: z.array(sourceFeed).meta({ description: 'that brought the newest values; of occurrences: those that may' }),
});

export const panelProvenance = z.object({
  scene: z.string(),
  panel: z.string(),
  title: words,
  views: z.array(viewProvenance),
});

export const sceneParameter = systemParameter.meta({ description: 'scene id', examples: ['overview'] });
export const panelParameter = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'id of a panel of the scene', examples: ['rain-max'] });
export const provenanceQuery = z.strictObject({});
