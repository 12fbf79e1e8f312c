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
  by: z.union([z.literal('time'), groupBy]).meta({
    description: 'status, level, type, field:name, or time: how many in each step.',
  }),
  step: duration.exactOptional().meta({ description: 'Length of a slot where by is time; 1h if absent.' }),
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
