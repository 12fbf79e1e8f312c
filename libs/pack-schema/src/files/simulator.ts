import { z } from 'zod';
import { assetType, duration, entry, entryId, metricName, record, scalar } from '../common.js';
import { DRAWINGS } from './names.js';
import { simulatorHistory, simulatorPayload, simulatorSparkplug } from './simulator-payload.js';

export * from './simulator-payload.js';

/**
 * simulator.yaml: how this system's platform would speak if the city were simulated, in its own topics and payloads.
 * `@citywall/simulator` turns it into messages; the same seed and clock always give the same messages.
 */

const clockTime = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, 'expected a time of day like 07:30');
const dailyCurve = z
  .array(z.tuple([clockTime, z.number()]))
  .min(1)
  .meta({ description: 'Local time and value, in order; linear between them, around midnight too.' });

const positive = duration.refine((ms) => ms > 0, 'expected more than no time');

/** Model keys of a term; exactly one stands in each. */
export const TERM_MODELS = [
  'constant',
  'attribute',
  'byAsset',
  'spread',
  'daily',
  'noise',
  'shower',
  'counter',
  'total',
  'byCode',
  'from',
] as const;
/** When what counts up starts again at 0, local time. */
export const RESETS = ['day', 'shift', 'week', 'month', 'quarter', 'year'] as const;
export type TermModel = (typeof TERM_MODELS)[number];

export const simulatorTerm = entry({
  constant: z.number().exactOptional().meta({ description: 'A number.' }),
  attribute: z.string().min(1).exactOptional().meta({ description: 'A number among the attributes of the asset.' }),
  byAsset: record(z.number())
    .exactOptional()
    .meta({ description: 'A number an asset key; 0 for keys that are not named.' }),
  spread: z.number().positive().exactOptional().meta({
    description: 'Fixed for each asset, evenly between minus this and plus this.',
  }),
  daily: dailyCurve.exactOptional(),
  noise: z.number().positive().exactOptional().meta({
    description: 'Smooth noise around 0, never beyond plus or minus this; `over` says how slowly it wanders.',
  }),
  shower: z
    .literal(true)
    .exactOptional()
    .meta({ description: "mm of the shared weather's rain at the place of the asset during `over`, `lag` earlier." }),
  counter: z.number().positive().exactOptional().meta({
    description: 'Counts up this many an hour from local midnight, where it starts again at 0 (see `reset`).',
  }),
  reset: z.enum(RESETS).exactOptional().meta({
    description: 'counter: where it starts again at 0; `shift` at 00:00, 08:00 and 16:00. Default day.',
  }),
  total: dailyCurve.exactOptional().meta({
    description: 'Counted since local midnight where the curve says how many come an hour.',
  }),
  byCode: record(z.number())
    .exactOptional()
    .meta({ description: 'A number a code of another value (`of`); 0 for codes that are not named.' }),
  of: metricName.exactOptional().meta({ description: 'byCode: a choice or steps of the same message, named before.' }),
  from: metricName.exactOptional().meta({ description: 'Another value of the same message, before its rounding.' }),
  over: positive.exactOptional().meta({ description: 'noise: time of one swing (10m) · shower: the window (1h).' }),
  lag: duration.exactOptional().meta({ description: 'shower: how much later it arrives here.' }),
  weekend: z.number().exactOptional().meta({ description: 'daily, total: factor on Saturday and Sunday.' }),
  per: z.string().min(1).exactOptional().meta({ description: 'Divided by this attribute of the asset.' }),
  scale: z.number().exactOptional().meta({ description: 'Times this.' }),
  plus: z.number().exactOptional().meta({ description: 'And this added, after scale and per.' }),
})
  .refine((term) => TERM_MODELS.filter((model) => term[model] !== undefined).length === 1, {
    message: `expected exactly one of ${TERM_MODELS.join(', ')}`,
  })
  .refine((term) => (term.byCode === undefined) === (term.of === undefined), {
    path: ['of'],
    message: 'byCode and of go together: the numbers, and the value whose code chooses one',
  })
  .meta({ description: 'One summand of a value.' });

const terms = z.array(simulatorTerm).min(1);

const gap = entry({
  chance: z.number().min(0).max(1).exactOptional().meta({ description: 'Share of messages without this value.' }),
  while: entry({ value: metricName, below: z.number() })
    .exactOptional()
    .meta({ description: 'Without it as long as another value of the message, named before it, is below this.' }),
  as: scalar.default(null).meta({ description: 'What stands in the message instead.' }),
}).refine(({ chance, while: closed }) => chance !== undefined || closed !== undefined, {
  message: 'expected chance or while',
});

const numberValue = entry({
  sum: terms,
  times: terms.exactOptional().meta({ description: 'The sum is multiplied by the sum of these.' }),
  min: z.number().exactOptional(),
  max: z.union([z.number(), entry({ attribute: z.string().min(1) })]).exactOptional(),
  decimals: z.int().min(0).max(9).default(1),
  missing: gap.exactOptional(),
});

const choiceValue = entry({
  choice: record(z.number().min(0)).meta({ description: 'Codes with their weights.' }),
  dwell: positive.meta({ description: 'About how long one code holds.' }),
});

const switchValue = entry({
  sum: terms,
  steps: z
    .array(z.tuple([z.number(), scalar]))
    .min(1)
    .meta({ description: 'Rising thresholds of the sum and the code at and above each.' }),
  otherwise: scalar.meta({ description: 'The code below the first threshold.' }),
});

/** A list of terms is a sum with one decimal. */
export const simulatorValue = z
  .union([
    terms.transform((sum): z.output<typeof numberValue> => ({ sum, decimals: 1 })),
    numberValue,
    choiceValue,
    switchValue,
  ])
  .meta({ description: 'A value model: a sum of terms, a choice among codes, or codes switched by a sum.' });

const crs = z.enum(['WGS84', 'GCJ02', 'BD09']).default('WGS84').meta({ description: 'Datum of {lon} and {lat}.' });

const waypoint = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

export const simulatorMoves = entry({
  by: z.string().min(1).meta({ description: 'Attribute of the asset that names its line.' }),
  lines: record(z.array(waypoint).min(2)).meta({
    description: 'Points in WGS-84 by name of the line: there and back, straight from one to the next.',
  }),
  speed: z
    .tuple([z.number().positive(), z.number().positive()])
    .meta({ description: 'km/h on the way, from–to: each asset has its own.' }),
  halt: duration.default(20_000).meta({ description: 'At every point.' }),
  turn: z
    .union([duration, z.tuple([duration, duration])])
    .default(120_000)
    .meta({ description: 'At both ends, or [at the first point, at the last].' }),
  states: entry({ home: scalar, out: scalar, there: scalar, back: scalar }).exactOptional().meta({
    description: 'Codes for {move.state}: at the first point, on the way out, at the last point, on the way back.',
  }),
  hours: z.tuple([clockTime, clockTime]).exactOptional().meta({
    description:
      'Round trips begin between these times of day; one that has begun is driven to its end. Else it stands at the first point.',
  }),
  allNight: z.array(z.string()).default([]).meta({ description: 'Lines that keep no hours.' }),
  crs,
})
  .superRefine(({ lines, allNight }, context) => {
    for (const [i, name] of allNight.entries())
      if (lines[name] === undefined)
        context.addIssue({ code: 'custom', path: ['allNight', i], message: `no line is called "${name}"` });
    for (const [name, points] of Object.entries(lines)) {
      const still = points.findIndex(
        (point, i) => i > 0 && point.every((degree, axis) => degree === points[i - 1]![axis]),
      );
      if (still < 0) continue;
      context.addIssue({ code: 'custom', path: ['lines', name, still], message: 'this point is the one before' });
    }
  })
  .meta({
    description:
      'The assets move: {lon} {lat} tell where they are, {move.speed} km/h, {move.heading} degrees from north, {move.state} a code.',
  });

const qos = z.literal([0, 1, 2]).default(0);

export const simulatorStream = entry({
  id: entryId,
  of: assetType.meta({ description: 'The asset type that speaks.' }),
  by: z.string().min(1).exactOptional().meta({
    description: 'One message a value of this attribute, or `all` of them in one; default one message an asset.',
  }),
  topic: z.string().min(1),
  qos,
  retain: z.boolean().default(false),
  every: positive,
  moves: simulatorMoves.exactOptional(),
  values: z.record(metricName, simulatorValue).default({}),
  payload: z.union([simulatorPayload, entry({ sparkplug: simulatorSparkplug })]),
  history: simulatorHistory.exactOptional(),
  backfill: entry({
    assets: z.array(z.string()).min(1).exactOptional().meta({ description: 'Asset keys; default all.' }),
    over: positive,
    every: positive,
    together: z.boolean().exactOptional().meta({ description: 'All of it as rows of one message.' }),
  })
    .exactOptional()
    .meta({ description: 'Past readings sent at the start, with their true times, so that curves are not empty.' }),
})
  .superRefine((stream, context) => {
    if ('sparkplug' in stream.payload) {
      const never = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
      if (stream.by === undefined) never('payload', 'sparkplug needs `by`: the attribute that names the edge node');
      if (stream.retain) never('retain', 'messages of Sparkplug are never retained');
      if (stream.history ?? stream.backfill) never('payload', 'sparkplug tells no past: no history, no backfill');
    }
    const known = new Set(Object.keys(stream.values));
    for (const name of valuesNamed([stream.topic, stream.payload])) {
      if (known.has(name)) continue;
      context.addIssue({ code: 'custom', path: ['payload'], message: `nothing under values is called "${name}"` });
    }
    const before = new Set<string>();
    for (const [name, value] of Object.entries(stream.values)) {
      for (const [part, terms] of [['sum', sumOf(value)] as const, ['times', timesOf(value)] as const]) {
        terms.forEach((term, index) => {
          for (const key of ['from', 'of'] as const) {
            const other = term[key];
            if (other === undefined || before.has(other)) continue;
            const path = ['values', name, part, index, key];
            context.addIssue({ code: 'custom', path, message: `no value before this one is called "${other}"` });
          }
        });
      }
      before.add(name);
    }
  })
  .meta({ description: 'Messages of one kind, at a steady pace.' });

function sumOf(value: z.output<typeof simulatorValue>): z.output<typeof terms> {
  return 'sum' in value ? value.sum : [];
}

function timesOf(value: z.output<typeof simulatorValue>): z.output<typeof terms> {
  return 'times' in value ? (value.times ?? []) : [];
}

/** Names after `value.` in every text of a tree: `{value.level}` and `value.level`. */
function valuesNamed(tree: unknown): Set<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node === 'string') {
      for (const match of node.matchAll(/(?:^|\{)value\.([\w.:-]+?)(?=[}:]|$)/g)) names.add(match[1] ?? '');
    } else if (typeof node === 'object' && node !== null) Object.values(node).forEach(walk);
  };
  walk(tree);
  return names;
}

const stage = entry({
  id: z.string().min(1),
  after: z
    .union([duration, z.tuple([duration, duration])])
    .default(0)
    .meta({ description: 'Time since the stage before, or from–to.' }),
  chance: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .meta({ description: 'Share of lives that pass through it; the others skip it.' }),
  last: z.boolean().default(false).meta({ description: 'A life that comes here ends here.' }),
  set: record(scalar).default({}).meta({ description: 'Values of this stage for the payload: {set.name}.' }),
  topic: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Where this stage is told, if not where the others are.' }),
  payload: simulatorPayload
    .exactOptional()
    .meta({ description: 'How this stage is told, if not as the others: a button pressed, then a ticket.' }),
});

export const simulatorLife = entry({
  id: entryId,
  topic: z.string().min(1),
  qos,
  retain: z.boolean().default(false),
  every: positive.meta({ description: 'Mean time between two beginnings where `daily` is 1.' }),
  daily: dailyCurve.exactOptional().meta({ description: 'Share of beginnings that happen, 0 to 1, by time of day.' }),
  clearAfter: duration.exactOptional().meta({
    description: 'retain: this long after its end the broker is told to forget its messages.',
  }),
  past: duration
    .default(0)
    .meta({ description: 'At the start, lives begun up to this long ago are told as they stand.' }),
  code: z.string().min(1).meta({ description: 'Id of the life; {n} counts within a day.' }),
  message: z.string().exactOptional().meta({ description: 'Id of one message, where each has its own.' }),
  earlier: entry({ each: z.string(), join: z.string().default(' ') })
    .exactOptional()
    .meta({ description: 'How an earlier message of the life is referred to: {earlier} in the payload.' }),
  near: assetType
    .exactOptional()
    .meta({ description: 'Happens at an asset of this type: {key}, {name}, {lon}, {lat}.' }),
  weight: z.string().min(1).exactOptional().meta({
    description: 'near: a number among the attributes of the assets; one of twice as much has twice as many.',
  }),
  within: z.number().positive().default(200).meta({ description: 'Metres around that asset.' }),
  crs,
  pick: record(z.array(entry({ weight: z.number().positive().default(1), fields: record(scalar) })).min(1))
    .default({})
    .meta({ description: 'One entry of each list is drawn a life: {pick.list.field}.' }),
  draw: record(z.union([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number(), z.int().min(0).max(9)])]))
    .exactOptional()
    .meta({ description: 'A number a life, evenly from–to, with so many decimals (0): {draw.name}.' }),
  stages: z.array(stage).min(1),
  payload: simulatorPayload,
}).meta({ description: 'Occurrences that begin, move through stages and end.' });

const assetKeys = z.array(z.string().min(1)).default([]);

export const simulatorVideo = entry({
  of: assetType.meta({ description: 'The asset type that has pictures.' }),
  subject: z
    .string()
    .min(1)
    .default('subject')
    .meta({ description: `Attribute that says what it looks at: ${DRAWINGS.join(', ')}; others look at a junction.` }),
  still: assetKeys.meta({ description: 'The stream goes on and its picture never changes.' }),
  stalled: assetKeys.meta({ description: 'The playlist stays what it was: no new part ever comes.' }),
  gone: assetKeys.meta({ description: 'There is no stream.' }),
}).meta({
  description:
    'Moving pictures at /video/{key}/{main|sub}.m3u8, drawn for the simulation; small ones where ffmpeg is not installed.',
});

export const simulatorCrowd = entry({
  type: assetType,
  count: z.int().min(1).max(1_000_000),
  key: z
    .string()
    .regex(/\{n(:\d+)?\}/, 'expected a text with {n}, like M{n:6}')
    .meta({ description: '{n} counts from 1.' }),
  lots: z.int().min(1).default(50).meta({
    description: 'So many follow each other in one lot: `by: lot` puts them into one message.',
  }),
}).meta({ description: 'Assets of one type that nobody declared, for tests of scale: {key}, {attribute.lot}.' });

/** simulator.yaml */
export const simulatorFile = entry({
  crowd: z.array(simulatorCrowd).exactOptional(),
  streams: z.array(simulatorStream).default([]),
  lives: z.array(simulatorLife).default([]),
  video: simulatorVideo.exactOptional(),
}).meta({ title: 'simulator.yaml', description: "The simulated city, in this platform's own topics and payloads." });

export type SimulatorSpec = z.output<typeof simulatorFile>;
export type SimulatorStream = z.output<typeof simulatorStream>;
export type SimulatorCrowd = z.output<typeof simulatorCrowd>;
export type SimulatorMoves = z.output<typeof simulatorMoves>;
export type SimulatorLife = z.output<typeof simulatorLife>;
export type SimulatorTerm = z.output<typeof simulatorTerm>;
export type SimulatorValue = z.output<typeof simulatorValue>;
export type SimulatorVideo = z.output<typeof simulatorVideo>;
