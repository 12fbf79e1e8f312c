import { ALARM_STATES, STANDING_STATES } from '@citywall/model';
import { z } from 'zod';
import { origin, paging, place, readingValue, systemParameter, time, words } from './common.js';

const PRIORITIES = ['1', '2', '3', '4'] as const;

const limit = z.object({
  side: z.enum(['above', 'below']).meta({ description: '`above`: reached from below' }),
  value: z.number().meta({ description: 'in the unit of the metric' }),
});

export const assetLimit = limit.extend({
  rule: z.string(),
  metric: z.string(),
  priority: z.int().min(1).max(4),
});
export const limitsQuery = z.strictObject(paging);

export const alarm = z.object({
  id: z.string().meta({ examples: ['water/river-over-warning/river/60711201'] }),
  system: z.string(),
  rule: z.string().meta({ description: "id of the rule in the pack's alarms.yaml" }),
  asset: z.string().nullable(),
  occurrence: z.string().nullable().meta({ description: 'id of the occurrence that it was born of' }),
  name: z.string().nullable().meta({ description: 'of the asset' }),
  priority: z.int().min(1).max(4).meta({ description: '1 red 紧急, 2 orange 重要, 3 yellow 一般, 4 blue 提示' }),
  state: z.enum(ALARM_STATES).meta({ description: '`normal` only in the answer to a command that ended it' }),
  unknown: z.boolean().meta({
    description: 'its input is silent, stale or bad: nobody knows whether it still holds; never resolved by it',
  }),
  raisedAt: time,
  changedAt: time.meta({ description: 'last change of state' }),
  clearedAt: time.nullable(),
  value: readingValue.nullable().meta({ description: 'newest value; null: an occurrence or an absence' }),
  unit: z.string().nullable(),
  metric: z.string().optional().meta({ description: 'name of the metric that is judged; absent: an occurrence' }),
  limit: limit.optional().meta({ description: 'what the value is held against' }),
  text: words.meta({ description: 'personal fields in it are masked' }),
  guidance: words.nullable().meta({ description: 'what the operator should do' }),
  group: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .meta({ description: 'values of the attributes that put alarms together' }),
  suppressedBy: z.string().nullable().meta({ description: 'id of the alarm that explains this one' }),
  place: place.nullable(),
  origin,
  acknowledged: z.object({ by: z.string(), at: time }).nullable(),
  version: z.int().meta({
    description: 'grows with every change but that of the value alone; give it with a command, as it was seen',
  }),
  active: z.boolean().meta({ description: 'the condition holds, also of what is shelved' }),
  shelved: z
    .object({ by: z.string(), at: time, until: time, reason: z.string() })
    .nullable()
    .meta({ description: 'set aside for a time; at its end unacknowledged, if it still holds' }),
  outOfService: z
    .object({ by: z.string(), countersigned: z.string(), at: time, reason: z.string(), order: z.string() })
    .nullable()
    .meta({ description: 'not judged until somebody puts it back in service' }),
  comments: z
    .array(z.object({ by: z.string(), at: time, text: z.string() }))
    .meta({ description: 'the newest 20, oldest first' }),
});

export const alarmQuery = z.strictObject({
  system: systemParameter.optional(),
  priority: z
    .enum(PRIORITIES)
    .transform(Number)
    .optional()
    .meta({ description: '1 to 4', type: 'string', enum: [...PRIORITIES] }),
  state: z.enum(STANDING_STATES).optional(),
  asset: z.string().min(1).max(300).optional().meta({ description: 'asset id' }),
  ...paging,
});
export type AlarmQuery = z.output<typeof alarmQuery>;

export const alarmIdParameter = z
  .string()
  .min(3)
  .max(400)
  .meta({
    description: 'id of the alarm as one percent-encoded segment',
    examples: ['water/river-over-warning/river/60711201'],
  });
