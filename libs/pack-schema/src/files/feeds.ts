import { CRS_NAMES, PII_CLASSES, SOURCES, TIME_FORMS, VALUE_KINDS } from '@citywall/mapping';
import { z } from 'zod';
import { duration, entry, entryId, record, scalar } from '../common.js';

const path = z.string().min(1).meta({
  id: 'Path',
  description: 'a.b[0].c, a["x.y"], [-1] (last); $ the root, @ the current element, ^ its parent.',
});
const template = z.string().min(1).meta({
  id: 'Template',
  description: 'Text with {capture} {let} {key} {index} {at} {$.path} {@.path} {^.path}.',
});
const ops = z
  .array(z.union([z.string(), record(z.unknown())]))
  .meta({ id: 'Operators', description: 'Operators in order: a name, or { name: arguments }; see ops.md.' });

const readable = {
  path: path.exactOptional(),
  from: z.enum(SOURCES).exactOptional(),
  const: scalar.exactOptional(),
  text: template.exactOptional(),
  ops: ops.exactOptional(),
};

const conditionShape = {
  ...readable,
  is: z.union([scalar, z.array(scalar)]).exactOptional(),
  in: z.array(scalar).exactOptional(),
  exists: z.boolean().exactOptional(),
  type: z
    .union([z.enum(VALUE_KINDS), z.array(z.enum(VALUE_KINDS))])
    .exactOptional()
    .meta({ description: 'Of this kind, or one of these.' }),
  matches: z.string().exactOptional().meta({ description: 'Regular expression over the text of the value.' }),
  above: z.number().exactOptional(),
  below: z.number().exactOptional(),
  atLeast: z.number().exactOptional(),
  atMost: z.number().exactOptional(),
};
const _condition = z.object(conditionShape);
type ConditionForm = z.output<typeof _condition>;
export type WhenForm = ConditionForm | { all: WhenForm[] } | { any: WhenForm[] } | { not: WhenForm };

/** One map for all forms, so that a slip deep inside is told where it is; all, any and not stand alone. */
export const when: z.ZodType<WhenForm> = entry({
  ...conditionShape,
  all: z
    .lazy((): z.ZodType<WhenForm[]> => z.array(when).min(1))
    .exactOptional()
    .meta({ description: 'All of these hold.' }),
  any: z
    .lazy((): z.ZodType<WhenForm[]> => z.array(when).min(1))
    .exactOptional()
    .meta({ description: 'At least one of these holds.' }),
  not: z
    .lazy((): z.ZodType<WhenForm> => when)
    .exactOptional()
    .meta({ description: 'This does not hold.' }),
})
  .refine(
    (form) => Object.keys(form).length === 1 || !['all', 'any', 'not'].some((key) => Object.hasOwn(form, key)),
    'all, any and not stand alone: put the other condition into the list',
  )
  .meta({
    id: 'When',
    description: '{ path, is | in | exists | type | matches | above | below … } or { all | any | not }.',
  }) as unknown as z.ZodType<WhenForm>;

const timeForms = entry({
  ...readable,
  as: z.enum(TIME_FORMS),
  pattern: z.string().exactOptional().meta({ description: 'For as: pattern, e.g. yyyy-MM-dd HH:mm:ss' }),
  zone: z.string().exactOptional().meta({ description: 'For texts without offset: Asia/Shanghai or +08:00.' }),
  when: when.exactOptional(),
});
const time = z.union([timeForms, z.array(timeForms).min(1)]).meta({
  id: 'Time',
  description: 'How to read a time; a list holds alternatives, the first present one counts.',
});

const quality = entry({
  ...readable,
  good: z.array(scalar).exactOptional(),
  uncertain: z.array(scalar).exactOptional(),
  bad: z.array(scalar).exactOptional(),
  otherwise: z.enum(['good', 'uncertain', 'bad']).exactOptional(),
});

const pii = z.union([z.enum(PII_CLASSES), z.literal(false)]);

const simpleValue = {
  ...readable,
  lookup: record(scalar).exactOptional().meta({ description: 'Word for word; appended to ops.' }),
  default: scalar.exactOptional().meta({ description: 'Taken where the value is missing.' }),
  optional: z.boolean().exactOptional().meta({ description: 'Missing is no rejection.' }),
  missing: z.array(scalar).exactOptional(),
  when: when.exactOptional(),
  at: time.exactOptional(),
  quality: quality.exactOptional(),
  pii: pii.exactOptional().meta({ description: 'Personal: masked at the server.' }),
};
/** Values inside a place have no place of their own. */
const coordinate = z.union([path, entry(simpleValue)]);
const placeShape = {
  lon: coordinate,
  lat: coordinate,
  crs: z
    .union([z.enum(CRS_NAMES), entry(simpleValue)])
    .exactOptional()
    .meta({ description: 'Coordinates as the vendor has them; default WGS84. Converted on the way in.' }),
};
const valueShape = { ...simpleValue, place: entry(placeShape).exactOptional() };

export const value = z
  .union([path, entry(valueShape)])
  .meta({ id: 'Value', description: 'A path, or { path | const | text | from, ops, lookup, default, optional … }.' });

const reading = entry({ ...valueShape, metric: template, asset: template.exactOptional() });

const eachStep = entry({
  path,
  only: z.array(z.string()).exactOptional(),
  except: z.array(z.string()).exactOptional(),
  scalars: z.boolean().exactOptional(),
  columns: z.union([z.array(z.string()), path]).exactOptional(),
  step: entry({ every: duration, backwards: z.boolean().exactOptional() }).exactOptional(),
  when: when.exactOptional(),
  optional: z.boolean().exactOptional(),
});
const each = z.union([path, eachStep, z.array(z.union([path, eachStep])).min(1)]).meta({
  description: 'Fan-out: an array, or an object’s entries with .*; a list nests.',
});

const occurrence = entry({
  id: value,
  type: template,
  when: when.exactOptional(),
  asset: template.exactOptional(),
  at: time.exactOptional(),
  status: value,
  level: value.exactOptional(),
  place: entry({ ...placeShape, optional: z.boolean().exactOptional() }).exactOptional(),
  staleAfter: duration.exactOptional(),
  fields: record(value).exactOptional(),
});

const topic = z.string().min(1).max(1000);
const decodeStep = z.union([z.string(), record(z.unknown())]);

/** What a feed may say beside its id; a `use:` may override any of it. */
export const feedShape = {
  topic: z
    .union([topic, z.array(topic).min(1)])
    .meta({ description: '{name} captures one level, {name...} several; + and # as in MQTT.' }),
  exclude: z.array(topic).exactOptional(),
  broker: z.string().exactOptional(),
  qos: z.literal([0, 1]).exactOptional(),
  priority: z.enum(['normal', 'high']).exactOptional(),
  expect: duration.exactOptional().meta({ description: 'Longest normal time between messages.' }),
  quiet: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'expected a span like 22:00-06:00')
    .exactOptional()
    .meta({ description: 'Silence is normal then: 22:00-06:00.' }),
  assets: z.enum(['discovered', 'declared']).exactOptional(),
  maxAssets: z.int().min(1).max(10_000_000).exactOptional(),
  journal: z.boolean().exactOptional(),
  retained: z.enum(['state', 'ignore']).exactOptional(),
  decode: z
    .union([decodeStep, z.array(decodeStep).min(1)])
    .exactOptional()
    .meta({ description: 'Decoder, or a chain of them; default json.' }),
  missing: z.array(scalar).exactOptional().meta({ description: 'Markers that count as absent.' }),
  when: when.exactOptional(),
  otherwise: z.boolean().exactOptional().meta({ description: 'Only if no feed before took the message.' }),
  ignore: z.boolean().exactOptional().meta({ description: 'Take the message and yield nothing.' }),
  let: record(value).exactOptional().meta({ description: 'Named values, usable in templates.' }),
  each: each.exactOptional(),
  asset: template.exactOptional().meta({ description: 'type/key, a template.' }),
  at: time.exactOptional(),
  readings: z
    .union([record(value), z.array(reading).min(1)])
    .exactOptional()
    .meta({ description: 'Metric → value; or a list with the metric as a template.' }),
  occurrences: z.array(occurrence).min(1).exactOptional(),
};

export const feedEntry = entry({ id: entryId, ...feedShape }).meta({
  description: 'One feed: where it listens, how it reads.',
});

const { topic: _topic, ...optionalFeedShape } = feedShape;
/** A feed of a file: whole, or by a recipe. Used for the editor's schema; checking happens after expansion. */
export const useEntry = entry({
  id: entryId,
  use: z.string().meta({ description: 'Name of a recipe in libs/recipes.' }),
  feeds: z
    .array(z.looseObject({ id: z.string() }))
    .exactOptional()
    .meta({ description: 'Overrides of single feeds of the recipe, by their id there.' }),
  topic: feedShape.topic.exactOptional(),
  ...optionalFeedShape,
}).meta({ description: 'The feeds of a recipe, with overrides for all of them or by id.' });

/** feeds.yaml */
export const feedsFile = entry({ feeds: z.array(z.union([feedEntry, useEntry])) }).meta({
  title: 'feeds.yaml',
  description: 'Subscriptions, decoders and mappings.',
});

export type FeedEntry = z.output<typeof feedEntry>;
