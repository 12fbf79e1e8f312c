import { FLAGS, ORIGINS, QUALITIES } from '@citywall/model';
import { z } from 'zod';
import { assetType, duration, entry, entryId, metricName, record, scalar } from '../common.js';

const time = z
  .string()
  .refine((text) => /(Z|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(Date.parse(text)), {
    message: 'expected a time with offset, like 2026-07-09T14:00:00+08:00',
  })
  .meta({ description: 'When it begins, ISO 8601 with offset: the day decides whether a season runs.' });

const asset = z.string().meta({ description: 'type/key of a declared asset.' });
const feed = entryId
  .exactOptional()
  .meta({ description: 'The feed that brings it; needed where a feed falls silent.' });
const value = z.union([z.number(), z.boolean(), z.string(), z.tuple([z.number(), z.number()])]);

const timelineSeries = entry({
  asset: asset.exactOptional(),
  type: assetType.exactOptional().meta({ description: 'Instead of asset: all declared assets of the type.' }),
  but: z.array(z.string()).exactOptional().meta({ description: 'With type: not these, type/key.' }),
  metric: metricName,
  from: duration.default(0).meta({ description: 'Time of the first value after the start.' }),
  every: duration.meta({ description: 'Distance of the values.' }),
  values: z
    .array(z.union([value, z.null()]))
    .min(1)
    .meta({ description: 'null: no reading came.' }),
  feed,
})
  .refine(({ asset, type }) => (asset === undefined) !== (type === undefined), 'give "asset" or "type"')
  .meta({ id: 'TimelineSeries', description: 'Readings of one series at equal distances.' });

const timelineEvent = entry({
  at: duration.meta({ description: 'After the start.' }),
  reading: entry({
    asset,
    metric: metricName,
    value,
    measured: duration.exactOptional().meta({ description: 'Measured then, after the start; default at.' }),
    quality: z.enum(QUALITIES).exactOptional().meta({ description: 'Default good.' }),
    flags: z.array(z.enum(FLAGS)).exactOptional(),
    feed,
  })
    .exactOptional()
    .meta({ description: 'One reading, also a late, bad or doubtful one (flags: [rate]).' }),
  occurrence: entry({
    id: z.string().min(1),
    type: z.string().min(1),
    status: z.string(),
    level: z.string().exactOptional(),
    asset: asset.exactOptional(),
    fields: record(scalar).default({}),
    feed,
  })
    .exactOptional()
    .meta({ description: 'A stage of an occurrence.' }),
  silent: entryId.exactOptional().meta({ description: 'This feed falls silent.' }),
  heard: entryId.exactOptional().meta({ description: 'This feed speaks again.' }),
  hears: z
    .boolean()
    .exactOptional()
    .meta({ description: 'false: nothing can reach us (broker or Redis gone); true: again.' }),
  acknowledge: entry({ rule: entryId, asset: asset.exactOptional(), occurrence: z.string().exactOptional() })
    .exactOptional()
    .meta({ description: 'An operator acknowledges the alarm.' }),
  command: entry({
    rule: entryId,
    asset: asset.exactOptional(),
    occurrence: z.string().exactOptional(),
    do: z.enum(['unacknowledge', 'shelve', 'unshelve', 'disable', 'enable']),
    time: duration.exactOptional().meta({ description: 'On the shelf; default and longest 8 h.' }),
  })
    .exactOptional()
    .meta({ description: 'An operator (with the second person, the grant) does something else to the alarm.' }),
  restart: z.literal(true).exactOptional().meta({ description: 'The server is killed and started again.' }),
})
  .refine(
    (event) => Object.keys(event).length === 2,
    'give "at" and one of reading, occurrence, silent, heard, hears, acknowledge, command, restart',
  )
  .meta({ id: 'TimelineEvent', description: 'What happens beside the series.' });

/** What may be expected of an alarm: its state, or `active` for either active one. */
export const EXPECTED_STATES = [
  'normal',
  'pending',
  'active',
  'active-unacknowledged',
  'active-acknowledged',
  'cleared-unacknowledged',
  'shelved',
  'out-of-service',
] as const;

const timelineExpectation = entry({
  at: z
    .union([duration, z.array(duration).min(1)])
    .meta({ description: 'After the start; after all that happens at that time.' }),
  rule: entryId.exactOptional(),
  asset: asset.exactOptional(),
  occurrence: z.string().exactOptional().meta({ description: 'Id of the occurrence.' }),
  state: z.enum(EXPECTED_STATES).exactOptional(),
  unknown: z.boolean().exactOptional().meta({ description: 'Whether its input is silent, stale or bad.' }),
  suppressedBy: z
    .union([entryId, z.null()])
    .exactOptional()
    .meta({ description: 'The rule that explains it; null: none.' }),
  value: value.exactOptional(),
  standing: z
    .array(entryId)
    .exactOptional()
    .meta({ description: 'Exactly these rules have an alarm that is active or waits to be acknowledged; [] none.' }),
})
  .refine(
    ({ rule, standing, state, unknown, suppressedBy, value, occurrence }) =>
      standing === undefined
        ? rule !== undefined && [state, unknown, suppressedBy, value].some((wanted) => wanted !== undefined)
        : [rule, state, unknown, suppressedBy, value, occurrence].every((other) => other === undefined),
    'give rule with state, unknown, suppressedBy or value; or standing (with asset: of that asset)',
  )
  .meta({ id: 'TimelineExpectation', description: 'What must be so at a time.' });

/** timelines/<name>.yaml */
export const timelineFile = entry({
  name: z.string().min(1),
  start: time.default('2026-07-09T14:00:00+08:00'),
  origin: z.enum(ORIGINS).default('live'),
  pace: z
    .number()
    .positive()
    .default(1)
    .meta({ description: 'How many times faster the simulator runs; needs origin: simulated.' }),
  lastWeek: z
    .array(
      entry({
        asset,
        metric: metricName,
        values: z
          .array(z.union([z.number(), z.null()]))
          .min(1)
          .meta({
            description: 'Means of the hours a week before, from the hour of the start on; null: none is known.',
          }),
      }),
    )
    .exactOptional()
    .meta({ description: 'What was a week ago, for rules of deviation.' }),
  series: z.array(timelineSeries).default([]),
  events: z.array(timelineEvent).default([]),
  expect: z.array(timelineExpectation).min(1),
}).meta({
  title: 'timelines/*.yaml',
  description:
    'An alarm timeline: readings, occurrences, gaps and silences in time, and what alarms must come of them.',
});

export type TimelineSpec = z.output<typeof timelineFile>;
export type TimelineEvent = TimelineSpec['events'][number];
export type TimelineExpectation = TimelineSpec['expect'][number];
