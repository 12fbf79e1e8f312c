import { FLAGS, NOTICE_REASONS, REJECTION_REASONS, SYSTEM_STATES } from '@citywall/model';
import { z } from 'zod';
import {
  durationParameter,
  origin,
  paging,
  place,
  quality,
  readingValue,
  systemParameter,
  time,
  timeParameter,
  words,
} from './common.js';

/** Shapes of what `/api/v1` answers and takes (design §15): a public contract, changed only by adding. */

export const system = z.object({
  id: z.string(),
  name: words,
  state: z.enum(SYSTEM_STATES).meta({
    description:
      'live: everything expected is fresh; partial: some; silent: nothing any more; waiting: nothing ever came',
  }),
  coverage: z.object({ fresh: z.int(), total: z.int() }).meta({ description: 'expected assets with a fresh metric' }),
  feeds: z.object({ live: z.int(), total: z.int() }),
  alarms: z.object({ p1: z.int(), p2: z.int(), p3: z.int(), p4: z.int(), unacknowledged: z.int() }).nullable().meta({
    description: 'standing ones that no cause explains; null: not read yet, or none stands and nobody evaluates',
  }),
});

export const assetMetric = z.object({
  name: words.nullable().meta({ description: 'as the catalogue calls it; null: no pack declares the metric' }),
  value: readingValue.nullable().meta({ description: 'null: personal and withheld' }),
  unit: z.string().nullable(),
  decimals: z.int().nullable().meta({ description: 'decimals it is shown with' }),
  states: z.record(z.string(), words).nullable().meta({ description: 'of a state: the words of its values' }),
  at: time.meta({ description: 'when it was measured' }),
  receivedAt: time,
  quality,
  stale: z.boolean().meta({ description: 'older than the metric allows, at the time of the answer' }),
  staleAfter: z.number().nullable().meta({ description: 'ms after `at`; null: never' }),
  origin,
  feed: z.string().meta({ description: 'the feed that brought it' }),
});

export const asset = z.object({
  id: z.string().meta({ examples: ['water/reservoir/longtan'] }),
  system: z.string(),
  type: z.string(),
  key: z.string(),
  name: z.string(),
  extId: z.string().optional().meta({ description: "the vendor's own id" }),
  place: place.nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  metrics: z.record(z.string(), assetMetric).meta({ description: 'newest measured value by metric' }),
});

export const series = z.object({
  asset: z.string(),
  metric: z.string(),
  unit: z.string().nullable(),
  step: z.int().meta({ description: 'ms a point' }),
  points: z
    .array(
      z.object({
        at: time.meta({ description: 'start of the window' }),
        min: z.number(),
        max: z.number(),
        avg: z.number(),
        sum: z.number(),
        count: z.int(),
        last: z.number(),
        rate: z.number().optional().meta({
          description:
            'with `as=rate`: growth of `last` since the window before, unit per second; a smaller `last` counts from zero',
        }),
      }),
    )
    .meta({ description: 'oldest first; a gap is an absent point; with `as=rate` so is one right after a gap' }),
});

export const reading = z.object({
  seq: z.number().meta({ description: 'order of receipt; `since` takes it' }),
  feed: z.string(),
  asset: z.string(),
  metric: z.string(),
  value: readingValue.nullable().meta({ description: 'null: personal and withheld' }),
  unit: z.string().nullable(),
  at: time,
  receivedAt: time,
  quality,
  origin,
  flags: z.array(z.enum(FLAGS)),
});

export const occurrence = z.object({
  id: z.string(),
  system: z.string(),
  type: z.string(),
  asset: z.string().optional(),
  at: time,
  beganAt: time.optional().meta({
    description:
      'when it began, as its source says, else its earliest stage that was told of; absent where that is the one at `at`',
  }),
  receivedAt: time,
  status: z.string(),
  level: z.string().optional(),
  place: place.optional(),
  fields: z
    .record(z.string(), readingValue.nullable())
    .meta({ description: 'personal fields are masked for whoever may not see them' }),
  origin,
});

export const notice = z.object({
  id: z.string(),
  reason: z.enum(NOTICE_REASONS),
  subject: z.string().optional(),
  system: z.string().optional(),
  since: time,
  count: z.int(),
  text: words,
});

export const rejection = z.object({
  id: z.string(),
  feed: z.string(),
  topic: z.string(),
  reason: z.enum(REJECTION_REASONS),
  detail: z.string(),
  path: z.string().optional(),
  receivedAt: time,
  payload: z.string().meta({
    description:
      'base64; empty where the feed carries personal fields and the asker may not see them, and then `truncated`',
  }),
  truncated: z.boolean(),
});

export const scene = z.object({
  id: z.string(),
  name: words,
  system: z.string().optional(),
  size: z.object({ columns: z.int(), rows: z.int() }).meta({ description: 'grid cells' }),
});

export const mapLayer = z.object({
  id: z.string().meta({ description: 'system/id' }),
  name: words,
  style: z.enum(['river', 'road', 'railway', 'boundary', 'area', 'places']),
  imported: z.boolean().meta({ description: 'false: the operator supplied nothing yet, nothing is drawn' }),
  source: z.string().optional(),
  licence: z.string().optional(),
  version: z.string().optional().meta({ description: 'changes with the geometry' }),
});

export const mapGeometry = z
  .object({
    type: z.literal('FeatureCollection'),
    features: z.array(
      z.object({
        type: z.literal('Feature'),
        properties: z.null(),
        geometry: z.object({ type: z.string(), coordinates: z.array(z.unknown()) }),
      }),
    ),
  })
  .meta({ description: 'GeoJSON, WGS-84' });

export const mapLayerParameter = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, 'must be system/id, percent-encoded: water%2Frivers')
  .meta({ description: 'system/id as one percent-encoded segment' });

export const pack = z.object({
  id: z.string(),
  kind: z.enum(['system', 'city']),
  name: words,
  order: z.number(),
  assets: z.int().meta({ description: 'declared assets' }),
  metrics: z.int(),
  scenes: z.array(z.string()),
  refused: z.boolean().meta({ description: 'a newer version of its files is invalid; this is the last good one' }),
  feeds: z.array(
    z.object({
      id: z.string(),
      topics: z.array(z.string()),
      messages: z.int(),
      readings: z.int(),
      occurrences: z.int(),
      rejections: z.int(),
      duplicates: z.int(),
      lastAt: time.nullable(),
      live: z.boolean(),
    }),
  ),
});

/** `minLon,minLat,maxLon,maxLat` in WGS-84 degrees. */
export const bboxParameter = z
  .string()
  .max(200)
  .transform((text, context): [number, number, number, number] => {
    const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    const [west, south, east, north] = numbers as [number, number, number, number];
    const valid =
      numbers.length === 4 &&
      numbers.every(Number.isFinite) &&
      west <= east &&
      south <= north &&
      west >= -180 &&
      east <= 180 &&
      south >= -90 &&
      north <= 90;
    if (!valid) context.addIssue({ code: 'custom', message: 'must be minLon,minLat,maxLon,maxLat in degrees' });
    return [west, south, east, north];
  })
  .meta({ description: '`minLon,minLat,maxLon,maxLat`, WGS-84', type: 'string', examples: ['107.2,30.1,107.6,30.5'] });

const text = (description: string, length = 300) => z.string().min(1).max(length).meta({ description });

/** ISO time, or the `seq` of a reading. */
export const sinceParameter = z
  .union(
    [
      z
        .string()
        .regex(/^\d{1,16}$/)
        .transform((digits) => ({ seq: Number(digits) })),
      timeParameter.transform((at) => ({ at })),
    ],
    {
      error: 'must be ISO 8601 with offset, or the seq of a reading',
    },
  )
  .meta({ description: 'later than this reading (`seq`), or received at or after this time', type: 'string' });

export const assetIdParameter = z
  .string()
  .min(1)
  .max(300)
  .meta({ description: 'asset id as one percent-encoded segment', examples: ['water/reservoir/longtan'] });
export const metricParameter = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'metric name', examples: ['level'] });

export const queries = {
  systems: z.strictObject({ ...paging }),
  mapLayers: z.strictObject({ ...paging }),
  mapLayer: z.strictObject({}),
  assets: z.strictObject({
    system: systemParameter.optional(),
    bbox: bboxParameter.optional(),
    q: text('part of id, name or vendor id', 100).optional(),
    ...paging,
  }),
  asset: z.strictObject({}),
  series: z.strictObject({
    from: timeParameter.optional(),
    to: timeParameter.optional(),
    step: durationParameter.optional().meta({
      description:
        'duration (`10s`, `1m`, `1h`, or milliseconds): a multiple of a minute; below it of ten seconds, for the last hour',
    }),
    as: z.enum(['windows', 'rate']).optional().meta({
      description: '`rate`: for metrics of kind counter, points also tell their rate a second; default `windows`',
    }),
  }),
  readings: z.strictObject({
    feed: text('feed id, or `system/feed`').optional(),
    asset: text('asset id').optional(),
    metric: text('metric name', 100).optional(),
    since: sinceParameter.optional(),
    ...paging,
  }),
  occurrences: z.strictObject({
    system: systemParameter.optional(),
    type: text('occurrence type', 100).optional(),
    status: text('status', 100).optional(),
    ...paging,
  }),
  notices: z.strictObject({ ...paging }),
  rejections: z.strictObject({
    system: systemParameter.optional(),
    feed: text('feed id, or `system/feed`').optional(),
    reason: z.enum(REJECTION_REASONS).optional(),
    since: timeParameter.optional(),
    q: text('part of topic, detail, path or (for whoever sees personal values) payload', 100).optional(),
    ...paging,
  }),
  scenes: z.strictObject({ ...paging }),
  packs: z.strictObject({ ...paging }),
};
export type Queries = { [Name in keyof typeof queries]: z.output<(typeof queries)[Name]> };
