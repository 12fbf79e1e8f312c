import { z } from 'zod';
import { assetType, duration, entry, entryId, metricName, record, scalar, typeMetric, words } from '../common.js';

/** A number, or an attribute of the asset (`floodLimit`) with an offset. */
export const limit = z
  .union([
    z.number(),
    entry({ attribute: z.string().min(1), factor: z.number().exactOptional(), plus: z.number().exactOptional() }),
  ])
  .meta({ id: 'Limit', description: 'A number, or { attribute: floodLimit, factor: 0.9, plus: -0.3 } of the asset.' });

const band = entry({
  low: limit,
  high: limit,
  margin: z.number().min(0).exactOptional().meta({ description: 'Hysteresis: it clears so far past either limit.' }),
});

const rate = entry({
  above: z.number().exactOptional(),
  below: z.number().exactOptional(),
  per: duration.meta({ description: 'The change is reckoned over this time.' }),
}).meta({ description: 'Change over a time.' });

const excess = z
  .union([
    z.number().positive(),
    z
      .string()
      .regex(/^\d+(\.\d+)?%$/, 'expected a number or a share like 30%')
      .transform((text) => ({ percent: Number(text.slice(0, -1)) })),
  ])
  .meta({ id: 'Excess', description: 'A number in the unit of the metric, or a share of what is usual: 30%.' });

const deviation = entry({
  above: excess.exactOptional().meta({ description: 'So much more than usual.' }),
  below: excess.exactOptional().meta({ description: 'So much less than usual.' }),
  of: z.literal('week').meta({ description: 'The mean of the same hour a week ago.' }),
}).meta({
  description: 'Unlike the same hour of last week; needs a metric with history: quarter. Unknown while there is none.',
});

const oneOf = z.union([scalar, z.array(scalar).min(1)]);

/** Of one value. */
const sizes = {
  above: limit.exactOptional().meta({ description: 'Strictly above.' }),
  atLeast: limit.exactOptional().meta({ description: 'At or above, as standards put it (≥).' }),
  clearBelow: limit.exactOptional().meta({ description: 'Strictly below; default: no longer above (or at least).' }),
  below: limit.exactOptional().meta({ description: 'Strictly below.' }),
  atMost: limit.exactOptional().meta({ description: 'At or below (≤).' }),
  clearAbove: limit.exactOptional().meta({ description: 'Strictly above; default: no longer below (or at most).' }),
  is: oneOf.exactOptional(),
  between: band.exactOptional().meta({ description: 'From low to high, both included.' }),
  outside: band.exactOptional().meta({ description: 'Below low or above high.' }),
};

const part = entry({
  metric: z
    .union([metricName, typeMetric])
    .meta({ description: 'Of the asset itself; or type/metric of the asset that `of` names.' }),
  of: z.string().min(1).exactOptional().meta({ description: 'Attribute that holds type/key of another asset.' }),
  ...sizes,
}).meta({ id: 'ConditionPart', description: 'One of several conditions, each of a metric of its own.' });

const parts = z.array(part).min(2);
const term = z
  .union([part, entry({ all: parts }), entry({ any: parts })])
  .meta({ id: 'ConditionTerm', description: 'One condition, or several of which all, or any, hold.' });

export const alarmCondition = entry({
  ...sizes,
  all: z.array(term).min(2).exactOptional().meta({ description: 'All of these hold; stands alone.' }),
  any: z.array(term).min(2).exactOptional().meta({ description: 'One of these holds; stands alone.' }),
  absent: duration.exactOptional().meta({ description: 'No value for this long; stands alone.' }),
  rate: rate.exactOptional(),
  deviation: deviation.exactOptional(),
}).meta({ description: 'When the rule holds; hysteresis is part of it.' });

const day = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected a day like 05-01');

const outage = entry({
  share: z
    .number()
    .gt(0)
    .max(100)
    .default(20)
    .meta({ description: 'Of the assets that should speak, %; and always where all that ever spoke are silent.' }),
  within: duration.default(10 * 60_000).meta({ description: 'They fall silent within this time; default 10m.' }),
  types: z.array(assetType).min(1).exactOptional().meta({ description: 'Only assets of these types; default all.' }),
}).meta({
  description:
    'Many assets fall silent together: the platform. It explains rules of absence. Without one of its own every system has the rule platform-outage.',
});

export const alarmRule = entry({
  id: entryId,
  name: words.exactOptional(),
  metric: typeMetric.exactOptional(),
  occurrence: entry({
    type: z.string(),
    status: z.union([z.string(), z.array(z.string())]).exactOptional(),
    level: z.union([z.string(), z.array(z.string())]).exactOptional(),
    unless: record(oneOf)
      .exactOptional()
      .meta({ description: 'Not where a field has one of these values: { exercise: true }.' }),
  }).exactOptional(),
  outage: outage.exactOptional(),
  when: alarmCondition.exactOptional(),
  for: duration.exactOptional().meta({ description: 'It must hold this long first.' }),
  clearFor: duration.exactOptional().meta({ description: 'It must be over this long before it clears.' }),
  worse: z
    .number()
    .positive()
    .exactOptional()
    .meta({ description: 'So much worse than when it was acknowledged, and it is unacknowledged again.' }),
  priority: z.literal([1, 2, 3, 4]).meta({ description: '1 red, 2 orange, 3 yellow, 4 blue.' }),
  season: entry({ from: day, to: day }).exactOptional().meta({ description: 'Days of the year it runs, MM-DD.' }),
  group: z.array(z.string()).exactOptional().meta({ description: 'Attributes that put alarms together.' }),
  suppressedBy: z
    .array(entryId)
    .exactOptional()
    .meta({ description: 'Rules whose alarm explains this one: at the same asset or occurrence, or upstream of it.' }),
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
