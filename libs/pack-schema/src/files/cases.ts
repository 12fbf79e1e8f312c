import { FLAGS, QUALITIES, REJECTION_REASONS } from '@citywall/model';
import { z } from 'zod';
import { entry, record, scalar } from '../common.js';

const time = z.union([z.string(), z.number()]).meta({ description: 'ISO 8601 with offset, or Unix ms.' });
const readingValue = z.union([z.number(), z.boolean(), z.string(), z.tuple([z.number(), z.number()])]);

const payload = entry({
  json: z.unknown().optional().meta({ description: 'Published as compact JSON.' }),
  text: z.string().exactOptional().meta({ description: 'Published as UTF-8.' }),
  hex: z
    .string()
    .regex(/^[\s0-9a-fA-F]*$/, 'expected pairs of hex digits')
    .exactOptional(),
  base64: z
    .string()
    .regex(/^[\sA-Za-z0-9+/=_-]*$/, 'expected base64')
    .exactOptional(),
}).refine((form) => Object.keys(form).length === 1, 'give one of json, text, hex, base64');

const expectedReading = entry({
  feed: z.string().exactOptional(),
  asset: z.string().meta({ description: 'type/key' }),
  metric: z.string(),
  value: readingValue,
  at: time,
  quality: z.enum(QUALITIES).exactOptional().meta({ description: 'Default good.' }),
  flags: z.array(z.enum(FLAGS)).exactOptional().meta({ description: 'Default none.' }),
});

const expectedOccurrence = entry({
  feed: z.string().exactOptional(),
  id: z.string(),
  type: z.string(),
  status: z.string(),
  at: time,
  began: time.exactOptional(),
  level: z.string().exactOptional(),
  asset: z.string().exactOptional(),
  place: entry({ lon: z.number(), lat: z.number() }).exactOptional(),
  fields: record(z.union([scalar, z.tuple([z.number(), z.number()])])).exactOptional(),
  flags: z.array(z.enum(FLAGS)).exactOptional(),
});

const expectedRejection = entry({
  feed: z.string().exactOptional(),
  reason: z.enum(REJECTION_REASONS),
  path: z.string().exactOptional(),
});

/** cases/<name>.yaml: one message and exactly what must come of it. */
export const caseFile = entry({
  name: z.string().exactOptional(),
  topic: z.string().min(1),
  payload,
  receivedAt: time,
  retained: z.boolean().default(false),
  before: z
    .array(entry({ topic: z.string().min(1), payload }))
    .exactOptional()
    .meta({
      description:
        'Messages received just before it, for a decoder that remembers (births of Sparkplug B); nothing is expected of them.',
    }),
  expect: entry({
    readings: z.array(expectedReading).default([]),
    occurrences: z.array(expectedOccurrence).default([]),
    rejections: z.array(expectedRejection).default([]),
  }),
}).meta({ title: 'cases/*.yaml', description: 'A golden case: one message and exactly what must come of it.' });

export type CaseSpec = z.output<typeof caseFile>;
