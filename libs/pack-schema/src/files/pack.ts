import { PII_CLASSES } from '@citywall/mapping';
import { z } from 'zod';
import { assetType, duration, entry, metricName, occurrenceType, record, systemId, words } from '../common.js';

const upstream = z
  .union([
    entry({
      type: assetType,
      by: z
        .string()
        .min(1)
        .meta({ description: 'Attribute that holds its key, or type/key; without it there is none.' }),
    }),
    entry({
      asset: z.string().min(1).meta({ description: 'type/key of the one asset that is above all of this type.' }),
    }),
  ])
  .meta({
    id: 'Upstream',
    description: 'An asset on which another depends: { type: gateway, by: edge } or { asset: network/county }.',
  });

export const assetTypeSpec = entry({
  name: words,
  expected: z.array(metricName).exactOptional().meta({
    description: 'Metrics a healthy asset keeps fresh; coverage counts them.',
  }),
  upstream: z.array(upstream).min(1).exactOptional().meta({
    description: 'What its assets depend on, the nearest first: an alarm there may explain theirs (`suppressedBy`).',
  }),
}).meta({ description: 'A kind of asset of this system.' });

export const occurrenceField = entry({
  name: words,
  pii: z
    .union([z.enum(PII_CLASSES), z.literal(false)])
    .exactOptional()
    .meta({ description: 'Personal: masked at the server for everyone without the right to see it.' }),
});

export const occurrenceTypeSpec = entry({
  name: words,
  statuses: record(words)
    .exactOptional()
    .meta({ description: 'The statuses of its life, in order, with their words.' }),
  closed: z.array(z.string()).exactOptional().meta({ description: 'Statuses that end it.' }),
  levels: record(words)
    .exactOptional()
    .meta({ description: 'Levels of its own scale, highest first, with their words.' }),
  staleAfter: duration.exactOptional().meta({ description: 'A retained message older than this makes no occurrence.' }),
  fields: record(occurrenceField).exactOptional(),
}).meta({ description: 'Something that happens, or a case with a life.' });

/** pack.yaml */
export const packFile = entry({
  id: systemId.meta({ description: 'System id; the folder has the same name.' }),
  kind: z
    .enum(['system', 'city'])
    .default('system')
    .meta({ description: 'system: one connected platform; city: scenes over all of them.' }),
  name: words,
  short: words.exactOptional().meta({ description: 'Two to four characters for narrow places; default the name.' }),
  order: z.number().default(1000).meta({ description: 'Place among the systems; lower first.' }),
  time: entry({
    zone: z
      .string()
      .regex(/^([A-Za-z_]+(\/[A-Za-z_+-]+)*|[+-]\d{2}:\d{2})$/, 'expected a zone like Asia/Shanghai or +08:00')
      .exactOptional()
      .meta({ description: 'For times that say no zone; default Asia/Shanghai.' }),
    maxAge: duration.exactOptional().meta({ description: 'Measured times older than this count as a wrong clock.' }),
  }).exactOptional(),
  assetTypes: z.record(assetType, assetTypeSpec).exactOptional(),
  occurrenceTypes: z.record(occurrenceType, occurrenceTypeSpec).exactOptional(),
}).meta({ title: 'pack.yaml', description: 'What the system is: names, asset types, occurrence types.' });

export type PackFile = z.output<typeof packFile>;
export type Upstream = z.output<typeof upstream>;
export type AssetTypeSpec = z.output<typeof assetTypeSpec>;
export type OccurrenceTypeSpec = z.output<typeof occurrenceTypeSpec>;
