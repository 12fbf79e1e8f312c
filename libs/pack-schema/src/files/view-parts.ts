import { ALARM_PRIORITIES } from '@citywall/model';
import { z } from 'zod';
import { duration, entry, memberCondition } from '../common.js';

/** Parts that several kinds of views are made of. */

/** `system/type/metric`; inside a system's own pack `type/metric`. */
export const of = z
  .string()
  .regex(/^[^/]+\/[^/]+(\/[^/]+)?$/, 'expected type/metric or system/type/metric')
  .meta({ description: 'type/metric of this system, or system/type/metric.' });

export const since = z
  .union([z.literal('today'), duration])
  .meta({ description: 'today, or a duration back from now.' });

/** What occurrences are told apart by. */
export const groupBy = z
  .string()
  .regex(/^(status|level|type|field:.+)$/, 'expected status, level, type or field:name')
  .meta({ description: 'status, level, type or field:name' });

export const priority = z.literal([...ALARM_PRIORITIES]).meta({ description: '1 red, 2 orange, 3 yellow, 4 blue.' });

export const status = z.array(z.string()).exactOptional();

export const aggregateForm = entry({
  kind: z.literal('aggregate'),
  of,
  fn: z.enum(['count', 'sum', 'avg', 'min', 'max']),
  where: memberCondition.exactOptional(),
  by: z.string().exactOptional().meta({ description: 'Attribute to group by, e.g. town.' }),
});

export const tallyForm = entry({
  kind: z.literal('tally'),
  system: z.string().exactOptional(),
  type: z.string().exactOptional(),
  by: z.union([z.enum(['time', 'began']), groupBy]).meta({
    description:
      'status, level, type, field:name; time: how many had their last stage in each step, began: how many began in it.',
  }),
  step: duration.exactOptional().meta({ description: 'Length of a slot where by is time or began; 1h if absent.' }),
  since: since.exactOptional(),
  status,
});

export const systemsForm = entry({ kind: z.literal('systems') });

export const caseloadForm = entry({
  kind: z.literal('caseload'),
  types: z
    .array(z.string().min(1))
    .min(1)
    .max(40)
    .meta({ description: 'system/type of occurrences (in a system’s own pack just the type): a row each.' }),
  since: since.default('today').meta({ description: 'Since when begun and ended ones count; open ones always do.' }),
});

export const alarmsForm = entry({
  kind: z.literal('alarms'),
  systems: z.array(z.string()).min(1).exactOptional().meta({ description: 'In a system’s pack its own, else all.' }),
  priorities: z.array(priority).min(1).exactOptional(),
  by: z
    .enum(['system', 'town'])
    .exactOptional()
    .meta({ description: 'How many there are, a row a system or town, instead of the alarms themselves.' }),
  limit: z.int().min(1).max(1000).default(20),
});
