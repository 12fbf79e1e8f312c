import { z } from 'zod';
import { duration, entry, entryId, scalar, typeMetric, words } from '../common.js';

/** A number, or an attribute of the asset (`floodLimit`) with an offset. */
export const limit = z
  .union([z.number(), entry({ attribute: z.string().min(1), plus: z.number().exactOptional() })])
  .meta({ id: 'Limit', description: 'A number, or { attribute: floodLimit, plus: -0.3 } of the asset.' });

const rate = entry({
  above: z.number().exactOptional(),
  below: z.number().exactOptional(),
  per: duration.meta({ description: 'The change is reckoned over this time.' }),
}).meta({ description: 'Change over a time.' });

export const alarmCondition = entry({
  above: limit.exactOptional().meta({ description: 'Strictly above.' }),
  atLeast: limit.exactOptional().meta({ description: 'At or above, as standards put it (≥).' }),
  clearBelow: limit.exactOptional().meta({ description: 'Strictly below; default: no longer above (or at least).' }),
  below: limit.exactOptional().meta({ description: 'Strictly below.' }),
  atMost: limit.exactOptional().meta({ description: 'At or below (≤).' }),
  clearAbove: limit.exactOptional().meta({ description: 'Strictly above; default: no longer below (or at most).' }),
  is: z.union([scalar, z.array(scalar).min(1)]).exactOptional(),
  absent: duration.exactOptional().meta({ description: 'No value for this long; stands alone.' }),
  rate: rate.exactOptional(),
}).meta({ description: 'When the rule holds; hysteresis is part of it.' });

const day = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected a day like 05-01');

export const alarmRule = entry({
  id: entryId,
  name: words.exactOptional(),
  metric: typeMetric.exactOptional(),
  occurrence: entry({
    type: z.string(),
    status: z.union([z.string(), z.array(z.string())]).exactOptional(),
    level: z.union([z.string(), z.array(z.string())]).exactOptional(),
  }).exactOptional(),
  when: alarmCondition.exactOptional(),
  for: duration.exactOptional().meta({ description: 'It must hold this long first.' }),
  clearFor: duration.exactOptional().meta({ description: 'It must be over this long before it clears.' }),
  priority: z.literal([1, 2, 3, 4]).meta({ description: '1 red, 2 orange, 3 yellow, 4 blue.' }),
  season: entry({ from: day, to: day }).exactOptional().meta({ description: 'Days of the year it runs, MM-DD.' }),
  group: z.array(z.string()).exactOptional().meta({ description: 'Attributes that put alarms together.' }),
  suppressedBy: z.array(entryId).exactOptional().meta({ description: 'Rules whose alarm explains this one.' }),
  text: words.meta({ description: '{asset} {value} {unit} and attributes may stand in it.' }),
  guidance: words.exactOptional().meta({ description: 'What the operator should do.' }),
}).meta({ description: 'One alarm rule.' });

/** alarms.yaml */
export const alarmsFile = entry({ alarms: z.array(alarmRule) }).meta({
  title: 'alarms.yaml',
  description:
    'Alarm rules: condition, delay, priority, cause and consequence (libs/alarms/SPEC.md); proven by timelines/*.yaml.',
});

export type AlarmRule = z.output<typeof alarmRule>;
