import { ALARM_EVENTS } from '@citywall/model';
import { z } from 'zod';
import { duration, entry } from '../common.js';
import { groupsForm, indexForm, notableForm } from './city-views.js';
import {
  aggregateForm,
  alarmsForm,
  caseloadForm,
  groupBy,
  of,
  priority,
  since,
  status,
  systemsForm,
  tallyForm,
} from './view-parts.js';

const DAY_MS = 86_400_000;

/**
 * Views as scenes and KPIs write them: `of` may leave out the own system, windows are durations. `resolveView` makes a
 * `ViewSpec` of `@citywall/protocol` of it; a type test keeps both in step.
 */
export const viewForm = z
  .discriminatedUnion('kind', [
    entry({
      kind: z.literal('latest'),
      assets: z.array(z.string()).exactOptional().meta({ description: 'type/key or system/type/key.' }),
      type: z.string().exactOptional().meta({ description: 'type or system/type: all its assets.' }),
      metrics: z.array(z.string()).min(1),
    }),
    entry({
      kind: z.literal('series'),
      asset: z.string(),
      metric: z.string(),
      window: duration.default(DAY_MS),
      step: duration.default(60_000),
      since: z
        .literal('today')
        .exactOptional()
        .meta({ description: 'today: from local midnight on, whatever the window; the axis shows the whole day.' }),
      shift: duration
        .exactOptional()
        .meta({ description: 'The same time that much earlier: 1d yesterday, 7d last week.' }),
      ahead: duration
        .exactOptional()
        .meta({ description: 'With shift: how much of what came then is shown beyond now.' }),
    }),
    entry({
      kind: z.literal('matrix'),
      assets: z.array(z.string()).exactOptional().meta({ description: 'type/key or system/type/key.' }),
      type: z.string().exactOptional().meta({ description: 'type or system/type: all its assets.' }),
      metric: z.string(),
      window: duration,
      step: duration.default(300_000),
    }),
    entry({
      kind: z.literal('normal'),
      asset: z.string(),
      metric: z.string(),
      window: duration.default(DAY_MS),
      step: duration.default(3_600_000),
      days: z.int().min(3).max(90).default(28).meta({ description: 'Days before today that say what is usual.' }),
      ahead: duration.exactOptional(),
      since: z.literal('today').exactOptional().meta({ description: 'today: the whole day, whatever the window.' }),
    }),
    entry({
      kind: z.literal('rank'),
      of,
      order: z.enum(['asc', 'desc']).default('desc'),
      limit: z.int().min(1).max(1000).default(10),
    }),
    aggregateForm,
    tallyForm,
    entry({
      kind: z.literal('flow'),
      system: z.string().exactOptional(),
      type: z.string().exactOptional(),
      stages: z.array(groupBy).min(2).max(5).meta({ description: 'From left to right.' }),
      since: since.exactOptional(),
      status,
    }),
    entry({
      kind: z.literal('coverage'),
      types: z.array(z.string()).min(1).meta({ description: 'type or system/type: a row each.' }),
    }),
    entry({
      kind: z.literal('list'),
      systems: z.array(z.string()).min(1).exactOptional(),
      types: z.array(z.string()).exactOptional(),
      status,
      limit: z.int().min(1).max(1000).default(20),
    }),
    entry({
      kind: z.literal('layer'),
      of,
      heading: z
        .string()
        .exactOptional()
        .meta({ description: 'Metric of the type: where a moving asset heads, degrees clockwise from north.' }),
    }),
    caseloadForm,
    indexForm,
    groupsForm,
    notableForm,
    systemsForm,
    entry({ kind: z.literal('notices') }),
    alarmsForm,
    entry({
      kind: z.literal('alarm-events'),
      systems: z
        .array(z.string())
        .min(1)
        .exactOptional()
        .meta({ description: 'In a system’s pack its own, else all.' }),
      priorities: z.array(priority).min(1).exactOptional(),
      events: z
        .array(z.enum(ALARM_EVENTS))
        .min(1)
        .exactOptional()
        .meta({ description: 'Default raised, cleared, acknowledged, ended.' }),
      window: duration.default(DAY_MS).meta({ description: 'Back from now, at most 1d.' }),
      limit: z.int().min(1).max(200).default(50),
    }),
  ])
  .meta({ id: 'View', description: 'One live query.' });

export type ViewForm = z.output<typeof viewForm>;
