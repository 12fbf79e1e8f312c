import {
  CRS_NAMES,
  PII_CLASSES,
  POINT_ORDERS,
  SOURCES,
  safeRegex,
  TIME_FORMS,
  VALUE_KINDS,
  type ValueSpec,
} from '@citywall/mapping';
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

const decodeStep = z.union([z.string(), record(z.unknown())]);

/** What `first` lists; its own type, because it holds itself. */
type ValueForm = ValueSpec;

const readable = {
  path: path.exactOptional(),
  from: z.enum(SOURCES).exactOptional(),
  const: scalar.exactOptional(),
  text: template.exactOptional(),
  first: z
    .lazy((): z.ZodType<ValueForm[]> => z.array(value).min(1).max(20))
    .exactOptional()
    .meta({ description: 'Alternatives in order: the first that is present, and whose when holds, counts.' }),
  decode: z
    .union([decodeStep, z.array(decodeStep).min(1)])
    .exactOptional()
    .meta({ description: 'Decoders for what was read (base64, JSON in a text, a struct), before ops.' }),
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
  pattern: z.string().exactOptional().meta({
    description:
      'For as: pattern, e.g. yyyy-MM-dd HH:mm:ss; without a year, or without a date, what is nearest to the receipt.',
  }),
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
  otherwise: z
    .enum(['good', 'uncertain', 'bad'])
    .exactOptional()
    .meta({ description: 'For values in none of the lists.' }),
}).meta({
  id: 'Quality',
  description: 'What the vendor says of the value; anything but good carries the flag vendor.',
});

const pii = z
  .union([z.enum(PII_CLASSES), z.literal(false)])
  .meta({ id: 'Personal', description: 'Masked at the server for everyone without the right to see it.' });

const simpleValue = {
  ...readable,
  lookup: z
    .union([record(scalar), z.string()])
    .exactOptional()
    .meta({ description: 'Word for word, or the name of a dictionary; appended to ops.' }),
  unit: entry({
    ...readable,
    to: z.string().meta({ description: 'The unit of the catalogue.' }),
    default: z.string().exactOptional().meta({ description: 'Where the message names none.' }),
  })
    .exactOptional()
    .meta({ description: 'The unit the number comes in stands in the message: converted after ops.' }),
  default: scalar.exactOptional().meta({ description: 'Taken where the value is missing.' }),
  optional: z.boolean().exactOptional().meta({ description: 'Missing is no rejection.' }),
  missing: z.array(scalar).exactOptional(),
  when: when.exactOptional(),
  at: time.exactOptional(),
  quality: quality.exactOptional(),
  pii: pii.exactOptional(),
};
/** Values inside a place have no place of their own. */
const coordinate = z
  .union([path, entry(simpleValue)])
  .meta({ id: 'Coordinate', description: 'A path, or how to read the number; like Value, without a place.' });
const placeShape = {
  lon: coordinate.exactOptional(),
  lat: coordinate.exactOptional(),
  point: coordinate.exactOptional().meta({
    description: 'Instead of lon and lat: GeoJSON, a list of two numbers, or text that begins with them.',
  }),
  order: z
    .enum(POINT_ORDERS)
    .exactOptional()
    .meta({ description: 'Of a point that is a list or text; default lonlat.' }),
  crs: z
    .union([z.enum(CRS_NAMES), entry(simpleValue)])
    .exactOptional()
    .meta({ description: 'Coordinates as the vendor has them; default WGS84. Converted on the way in.' }),
};
const place = entry(placeShape).meta({ id: 'Place', description: 'A position, converted to WGS-84 on the way in.' });
const valueShape = { ...simpleValue, place: place.exactOptional() };

export const value = z
  .union([path, entry(valueShape)])
  .meta({ id: 'Value', description: 'A path, or { path | const | text | from, ops, lookup, default, optional … }.' });

const reading = entry({ metric: template, asset: template.exactOptional(), ...valueShape }).meta({
  id: 'Reading',
  description: 'A value whose metric is a template; asset: another than the feed’s.',
});

const eachStep = entry({
  path,
  from: z.literal('let').exactOptional().meta({ description: 'let: the path begins with the name of a named value.' }),
  only: z
    .array(z.string())
    .exactOptional()
    .meta({ description: 'Entry keys to take; * at the beginning or end stands for anything.' }),
  except: z.array(z.string()).exactOptional().meta({ description: 'Entry keys to leave.' }),
  scalars: z.boolean().exactOptional().meta({ description: 'Only text, numbers, true and false.' }),
  leaves: z
    .boolean()
    .exactOptional()
    .meta({ description: 'Down to every text, number and boolean; the key is their way, a.b.0.' }),
  zip: z
    .array(z.string())
    .min(1)
    .exactOptional()
    .meta({ description: 'Lists of the object that run side by side: elements { name: list[i] }.' }),
  columns: z
    .union([z.array(z.string()), path])
    .exactOptional()
    .meta({ description: 'Rows of a table: the names of its columns, or the path to them.' }),
  step: entry({ every: duration, backwards: z.boolean().exactOptional(), newestFirst: z.boolean().exactOptional() })
    .exactOptional()
    .meta({ description: 'Elements without own times follow each other so far apart.' }),
  when: when.exactOptional(),
  optional: z.boolean().exactOptional().meta({ description: 'Absent or null is no rejection.' }),
}).meta({ id: 'Fanout', description: 'One level of fan-out.' });
const each = z.union([path, eachStep, z.array(z.union([path, eachStep])).min(1)]).meta({
  description: 'Fan-out: an array, or an object’s entries with .*; a list nests.',
});

const occurrence = entry({
  id: value,
  type: template,
  when: when.exactOptional(),
  asset: template.exactOptional(),
  at: time.exactOptional(),
  began: time.exactOptional().meta({
    description:
      'When the whole of it began, where the message says so; without it, the earliest stage that was heard of counts.',
  }),
  beganWithin: duration.exactOptional().meta({
    description:
      '`began` tells the beginning of a span this long, as the date in a number does (24h): what was heard of before its end counts.',
  }),
  status: value,
  level: value.exactOptional(),
  place: entry({ ...placeShape, optional: z.boolean().exactOptional() }).exactOptional(),
  staleAfter: duration
    .exactOptional()
    .meta({ description: 'A retained message older than this makes none. Default 24h.' }),
  fields: record(value).exactOptional(),
  rest: z
    .union([
      path,
      entry({ path, only: z.array(z.string()).exactOptional(), except: z.array(z.string()).exactOptional() }),
    ])
    .exactOptional()
    .meta({ description: 'Fields whose names only the message knows: the plain entries of an object.' }),
}).meta({ id: 'Occurrence', description: 'Something that happened, or a stage of a case; upserted by id.' });

/** Tables of words by code, by name. */
export const dicts = record(record(scalar)).meta({
  id: 'Dictionaries',
  description: 'Tables by name: { factors: { a34004: pm25 } }; used as lookup: factors.',
});

const idScheme = z
  .string()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    try {
      safeRegex(`^(?:${text})$`);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
    }
  });
const messages = z.int().min(1).max(1_000_000_000);
const contract = entry({
  rate: entry({
    per: duration.refine((ms) => ms >= 1_000, 'expected at least 1s'),
    min: messages.exactOptional(),
    max: messages.exactOptional(),
  })
    .refine(({ min, max }) => min !== undefined || max !== undefined, 'expected min, max or both')
    .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'min is greater than max')
    .exactOptional()
    .meta({ description: 'Messages of the whole feed in every span of per. Default: one every expect.' }),
  maxAge: duration
    .exactOptional()
    .meta({ description: 'Longest normal time between measuring and receiving; later is not timely.' }),
  idScheme: idScheme
    .exactOptional()
    .meta({ description: 'Regular expression of asset keys, whole; a reading of another key is rejected.' }),
}).meta({
  id: 'Contract',
  description: 'What the feed promises beside expect and quiet; the scorecard holds it against what comes.',
});

const topic = z.string().min(1).max(1000);

/** What a feed may say beside its id; a `use:` may override any of it. */
export const feedShape = {
  topic: z
    .union([topic, z.array(topic).min(1)])
    .meta({ description: '{name} captures one level, {name...} several; + and # as in MQTT.' }),
  exclude: z.array(topic).exactOptional().meta({ description: 'Topics not to take.' }),
  broker: z
    .string()
    .exactOptional()
    .meta({ description: 'Name in brokers.yaml of the site; default the broker of CITYWALL_MQTT_URL.' }),
  share: z
    .string()
    .regex(/^[^/+#\s]{1,60}$/, 'expected the name of a group, without / + #')
    .exactOptional()
    .meta({ description: 'Subscribe as $share/<group>/…: ingest processes share the messages.' }),
  qos: z.literal([0, 1]).exactOptional().meta({ description: 'Default 1: acknowledged when it is durable.' }),
  priority: z.enum(['normal', 'high']).exactOptional().meta({ description: 'high: own connection and queue.' }),
  expect: duration.exactOptional().meta({ description: 'Longest normal time between messages.' }),
  quiet: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'expected a span like 22:00-06:00')
    .exactOptional()
    .meta({ description: 'Silence is normal then: 22:00-06:00.' }),
  contract: contract.exactOptional(),
  assets: z
    .enum(['discovered', 'declared'])
    .exactOptional()
    .meta({ description: 'discovered (default): unknown assets appear by themselves; declared: they are rejected.' }),
  maxAssets: z
    .int()
    .min(1)
    .max(10_000_000)
    .exactOptional()
    .meta({ description: 'More assets than this are rejected; default 100000.' }),
  journal: z
    .boolean()
    .exactOptional()
    .meta({ description: 'false: its readings stay out of the journal of recent readings.' }),
  retained: z
    .enum(['state', 'ignore'])
    .exactOptional()
    .meta({ description: 'state (default): retained messages update state; ignore: they are dropped.' }),
  decode: z
    .union([decodeStep, z.array(decodeStep).min(1)])
    .exactOptional()
    .meta({ description: 'Decoder, or a chain of them; default json.' }),
  missing: z.array(scalar).exactOptional().meta({ description: 'Markers that count as absent.' }),
  when: when.exactOptional(),
  otherwise: z.boolean().exactOptional().meta({ description: 'Only if no feed before took the message.' }),
  ignore: z.boolean().exactOptional().meta({ description: 'Take the message and yield nothing.' }),
  dicts: dicts.exactOptional().meta({ description: 'Dictionaries of this feed; those of the file come along.' }),
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
  id: 'Feed',
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
}).meta({ id: 'Use', description: 'The feeds of a recipe, with overrides for all of them or by id.' });

/** feeds.yaml */
export const feedsFile = entry({
  dicts: dicts.exactOptional().meta({ description: 'Dictionaries of all feeds of the file.' }),
  feeds: z.array(z.union([feedEntry, useEntry])),
}).meta({
  title: 'feeds.yaml',
  description: 'Subscriptions, decoders and mappings.',
});

export type FeedEntry = z.output<typeof feedEntry>;
