import { FLAGS, REJECTION_REASONS } from '@citywall/model';
import { z } from 'zod';
import { rejection } from './city.js';
import { origin, paging, quality, readingValue, systemParameter, time, timeParameter, words } from './common.js';

/** Shapes of quarantine and feed inspector: what was rejected, what came, what a mapping makes of it. */

const text = (description: string, length = 300) => z.string().min(1).max(length).meta({ description });
const count = (description: string) => z.int().meta({ description });

/** Filters of everything about rejections. */
export const rejectionFilters = {
  system: systemParameter.optional(),
  feed: text('feed id, or `system/feed`').optional(),
  reason: z.enum(REJECTION_REASONS).optional(),
  since: timeParameter.optional(),
  q: text('part of topic, detail, path or (for whoever sees personal values) payload', 100).optional(),
};

export const rejectionIdParameter = z
  .string()
  .max(120)
  .regex(/^[a-z][a-z0-9-]*-\d{1,20}-\d{1,20}-\d{1,5}$/, 'must be the id of a rejection')
  .meta({ description: 'id of a rejection', examples: ['water-1783578902000-0-0'] });

export const feedParameter = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: 'feed id', examples: ['realtime'] });

const told = z.object({ reason: z.enum(REJECTION_REASONS), detail: z.string(), path: z.string().optional() });

export const wholeRejection = rejection.extend({
  system: z.string(),
  origin,
  retained: z.boolean(),
  all: z.array(told).meta({ description: 'everything that was wrong with this message in this feed' }),
});

export const rejectionCount = z.object({
  system: z.string(),
  feed: z.string(),
  reason: z.enum(REJECTION_REASONS),
  kept: count('in quarantine now'),
  ever: count('since the state began'),
});

export const rerunBody = z.strictObject({
  system: systemParameter.optional(),
  feed: text('feed id, or `system/feed`').optional(),
  reason: z.enum(REJECTION_REASONS).optional().meta({ description: 'only those rejected for this' }),
  ids: z
    .array(rejectionIdParameter)
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: 'only these rejections, 1,000 at most' }),
});

export const rerunOutcome = z.object({
  tried: count('messages that were mapped again'),
  mapped: count('of those, messages of which nothing is rejected any more: they left the quarantine'),
  stillRejected: count('of those, messages of which something is still rejected'),
  truncated: count('messages not tried: more than 64 KiB, only their beginning is kept'),
  readings: count('readings that are new in state'),
  occurrences: count('stages of occurrences that are new in state'),
});

export const contract = z.object({
  expect: z.int().nullable().meta({ description: 'ms within which a message is expected' }),
  quiet: z.string().nullable().meta({ description: 'hours in which silence is normal, `22:00-06:00`' }),
  assets: z.enum(['declared', 'discovered']),
  maxAssets: z.int(),
  retained: z.enum(['state', 'ignore']),
  journal: z.boolean(),
  decode: z.array(z.string()),
});

export const feed = z.object({
  id: z.string(),
  system: z.string(),
  name: words.meta({ description: 'name of the system' }),
  topic: z.array(z.string()),
  broker: z.string(),
  qos: z.int(),
  priority: z.enum(['normal', 'high']),
  ignored: z.boolean().meta({ description: 'takes messages and yields nothing' }),
  contract,
  state: z.enum(['live', 'silent', 'waiting']).meta({ description: 'waiting: nothing ever came' }),
  silent: z.boolean(),
  messages: z.int(),
  readings: z.int(),
  occurrences: z.int(),
  duplicates: z.int(),
  late: z.int(),
  rejections: z.object({ ever: z.int(), kept: z.int() }),
  lastAt: time.nullable(),
});

const payload = z
  .string()
  .meta({ description: 'base64; empty where the feed carries personal fields and the asker may not see them' });

export const message = z.object({
  topic: z.string(),
  payload,
  truncated: z.boolean(),
  receivedAt: time,
  retained: z.boolean(),
  origin,
});

export const packProblem = z.object({
  file: z.string(),
  line: z.int(),
  col: z.int(),
  message: z.string(),
  path: z.string(),
});

const feedsText = z
  .string()
  .max(400_000)
  .meta({ description: "text of the site's `feeds.yaml`: whole, or a patch of the built-in one (merged by id)" });

export const explainBody = z.strictObject({
  system: systemParameter,
  topic: text('topic of the message', 1_000),
  payload: z
    .string()
    .max(900_000)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')
    .meta({ description: 'payload of the message in base64, 900,000 characters at most' }),
  receivedAt: timeParameter.optional().meta({ description: 'ISO 8601 with offset: when it came; now if absent' }),
  retained: z.boolean().optional().meta({ description: 'did it come with the retain flag? no if absent' }),
  feeds: feedsText.optional(),
});

export const mappedReading = z.object({
  feed: z.string(),
  asset: z.string(),
  metric: z.string(),
  value: readingValue,
  at: time,
  quality,
  flags: z.array(z.enum(FLAGS)),
});

export const explanation = z.object({
  problems: z.array(packProblem).meta({ description: 'of the given text; then nothing was mapped' }),
  steps: z.array(z.object({ feed: z.string().optional(), depth: z.int(), text: z.string(), failed: z.boolean() })),
  readings: z.array(mappedReading),
  occurrences: z.array(z.object({ feed: z.string(), id: z.string(), type: z.string(), status: z.string(), at: time })),
  rejections: z.array(told.extend({ feed: z.string() })),
});

export const tryBody = z.strictObject({
  system: systemParameter,
  feeds: feedsText,
  source: z.enum(['recent', 'rejections']).meta({
    description: 'which kept messages: recent: the sample of what the feeds heard · rejections: those in quarantine',
  }),
  feed: feedParameter.optional().meta({ description: 'only messages of this feed' }),
  limit: z.int().min(1).max(200).default(100).meta({ description: 'messages, 1 to 200' }),
});

const tally = z.object({
  mapped: count('messages of which nothing is rejected'),
  readings: z.int(),
  occurrences: z.int(),
  rejected: count('messages of which something is rejected'),
});

export const trial = z.object({
  problems: z.array(packProblem).meta({ description: 'of the given text; then nothing was mapped' }),
  messages: count('messages that were mapped both ways'),
  truncated: count('messages left out because only their beginning is kept'),
  before: tally,
  after: tally,
  changed: count('readings that come, go or change'),
  changes: z
    .array(
      z.object({
        topic: z.string(),
        asset: z.string(),
        metric: z.string(),
        before: readingValue.nullable(),
        after: readingValue.nullable(),
        atBefore: time.nullable(),
        atAfter: time.nullable(),
      }),
    )
    .meta({ description: 'the first 50 of them' }),
  rejections: z
    .array(told.extend({ feed: z.string(), topic: z.string() }))
    .meta({ description: 'the first 20 of the changed mapping' }),
});

export const feedsTexts = z.object({
  id: z.string(),
  builtin: z.string().nullable().meta({ description: 'what comes with the program; null: this pack is of the site' }),
  site: z.string().nullable().meta({ description: "the site's own, whole or a patch; null: none yet" }),
  version: z.string().meta({ description: "of the site's text, to be sent back with `PUT`" }),
  writable: z.boolean().meta({ description: 'a site directory is set (`CITYWALL_PACKS_DIR`)' }),
});

export const saveBody = z.strictObject({
  feeds: feedsText,
  version: z.string().max(100).optional().meta({ description: 'of the text it was made from; another one now: 409' }),
});

export const savedFeeds = z.object({ id: z.string(), file: z.string(), version: z.string() });

export const inspectorQueries = {
  rejectionsExport: z.strictObject(rejectionFilters),
  rejectionCounts: z.strictObject({ system: systemParameter.optional(), ...paging }),
  feeds: z.strictObject({ system: systemParameter.optional(), ...paging }),
  messages: z.strictObject({
    limit: z
      .string()
      .regex(/^([1-9]|1\d|20)$/, 'must be a number from 1 to 20')
      .transform(Number)
      .default(20)
      .meta({ description: 'messages in the answer', type: 'integer', minimum: 1, maximum: 20, default: 20 }),
  }),
  none: z.strictObject({}),
};
export type InspectorQueries = { [Name in keyof typeof inspectorQueries]: z.output<(typeof inspectorQueries)[Name]> };
