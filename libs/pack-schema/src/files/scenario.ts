import { z } from 'zod';
import { entry, entryId, metricName, record, scalar, words } from '../common.js';
import { faultSpec } from './fault.js';

/**
 * scenarios/*.yaml of the city's pack: something that happens to several simulated systems together. All times are minutes
 * before or after T0, the moment everything in it is told from.
 */

const minute = z.number().min(-1440).max(2880).meta({ description: 'Minutes after T0.' });

const point = z.tuple([minute, z.number()]);

const curve = z
  .array(point)
  .min(1)
  .superRefine((points, context) => {
    points.forEach(([at], index) => {
      if (index === 0 || at > (points[index - 1]?.[0] ?? Number.NEGATIVE_INFINITY)) return;
      context.addIssue({
        code: 'custom',
        path: [index, 0],
        message: 'expected a later minute than of the point before',
      });
    });
  })
  .meta({ description: '[minute, value] in order; straight lines between them.' });

const streamRef = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/, 'expected system/stream, like water/river')
  .meta({ description: "A stream or a life of a system's simulator.yaml: water/river." });

const keys = z.array(z.string().min(1)).min(1).meta({ description: 'Keys of assets.' });

const range = z.tuple([z.number(), z.number()]).refine(([from, to]) => from <= to, 'expected the smaller number first');

const spread = entry({
  assets: keys.exactOptional().meta({ description: 'Which others; default all others of the stream.' }),
  lag: range.default([2, 9]).meta({ description: 'Minutes later, from–to: each asset has its own.' }),
  scale: range.default([0.4, 1.1]).meta({ description: 'How much of the change reaches it, from–to.' }),
}).meta({ description: 'Other assets of the stream change too, later and by less or more.' });

export const scenarioDrive = entry({
  of: streamRef,
  value: metricName.meta({ description: 'A number among the values of the stream.' }),
  assets: keys.exactOptional().meta({ description: 'Keys of the assets that follow the curve itself; default all.' }),
  mode: z.enum(['set', 'add', 'scale']).default('set').meta({
    description: 'set: the value is what the curve says · add: so much more · scale: so many times as much.',
  }),
  curve,
  ease: z.number().min(0).default(5).meta({ description: 'Minutes it blends in before the curve and out after it.' }),
  noise: z.number().min(0).max(1).default(0.01).meta({ description: 'Share of the change that wanders.' }),
  spread: spread.exactOptional(),
}).meta({
  description: 'A value follows a curve. Where it does, rain of the scenario does not move it by itself.',
});

export const scenarioStates = entry({
  of: streamRef,
  value: metricName.meta({ description: 'A coded value of the stream (a choice or steps).' }),
  assets: keys.exactOptional(),
  codes: z
    .array(z.tuple([minute, scalar]))
    .min(1)
    .meta({ description: '[minute, code] in order: each holds until the next.' }),
  until: minute.meta({ description: 'From here on the asset speaks for itself again.' }),
}).meta({ description: 'States of assets.' });

const choiceOf = record(record(scalar));

const stageAt = entry({
  id: z.string().min(1).meta({ description: 'A stage of the life.' }),
  at: minute,
  set: record(scalar).default({}).meta({ description: 'Over what the stage itself sets.' }),
}).meta({ description: 'A stage at its minute, instead of the drawn ones.' });

export const scenarioLife = entry({
  of: streamRef,
  at: z.array(minute).min(1).exactOptional().meta({ description: 'One begins at each of these minutes.' }),
  rate: curve.exactOptional().meta({ description: 'So many begin a minute.' }),
  assets: keys.exactOptional().meta({ description: 'Happens at one of these; default as the life says.' }),
  pick: choiceOf.default({}).meta({ description: 'list → fields: drawn from the entries of the list that agree.' }),
  fields: choiceOf.default({}).meta({ description: 'list → fields that stand instead of those of the entry.' }),
  mix: z
    .array(
      entry({ weight: z.number().positive().default(1), pick: choiceOf.default({}), fields: choiceOf.default({}) }),
    )
    .min(1)
    .exactOptional()
    .meta({ description: 'rate: one of these each, by weight, over `pick` and `fields`.' }),
  stages: z.array(stageAt).min(1).exactOptional().meta({ description: 'at: its stages with their minutes, in order.' }),
})
  .refine(({ at, rate }) => (at === undefined) !== (rate === undefined), {
    message: 'expected exactly one of at, rate',
  })
  .superRefine(({ at, stages }, context) => {
    if (stages === undefined) return;
    if (at?.length !== 1) {
      context.addIssue({ code: 'custom', path: ['stages'], message: 'stages are of one life: give `at` one minute' });
      return;
    }
    stages.forEach((stage, index) => {
      if (stage.at >= (stages[index - 1]?.at ?? at[0] ?? 0)) return;
      context.addIssue({
        code: 'custom',
        path: ['stages', index, 'at'],
        message: 'expected no earlier minute than before',
      });
    });
  })
  .meta({ description: 'Occurrences that begin because of it, beside those of every day.' });

export const scenarioRain = entry({
  place: z
    .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
    .meta({ description: '[lon, lat], WGS-84.' }),
  radius: z.number().positive().meta({ description: 'km: so far away three fifths of it fall.' }),
  floor: z.number().min(0).max(1).default(0).meta({ description: 'Share that falls everywhere.' }),
  speed: z.number().positive().default(60).meta({ description: 'km/h at which it comes from there.' }),
  curve: curve.meta({ description: '[minute, mm a minute] at the place itself.' }),
}).meta({ description: 'Rain over a place; everyday showers give way to it.' });

export const scenarioFault = entry({ from: minute, until: minute, fault: faultSpec })
  .refine(({ from, until }) => from < until, { path: ['until'], message: 'expected a later minute than `from`' })
  .meta({ description: 'Something that goes wrong with the platforms meanwhile.' });

export const scenarioMark = entry({ at: minute, zh: z.string().min(1), en: z.string().min(1) }).meta({
  description: 'A milestone of the story, told on the control page.',
});

/** scenarios/*.yaml */
export const scenarioFile = entry({
  id: entryId.meta({ description: 'The file has the same name.' }),
  name: words,
  story: words.meta({ description: 'What happens, in a sentence or two.' }),
  from: minute.meta({ description: 'Where it begins.' }),
  until: minute.meta({ description: 'Where everything is calm again.' }),
  weather: entry({ rain: z.array(scenarioRain).default([]) }).exactOptional(),
  drive: z.array(scenarioDrive).default([]),
  states: z.array(scenarioStates).default([]),
  lives: z.array(scenarioLife).default([]),
  faults: z.array(scenarioFault).default([]),
  marks: z.array(scenarioMark).default([]),
})
  .refine(({ from, until }) => from < until, { path: ['until'], message: 'expected a later minute than `from`' })
  .meta({ title: 'scenarios/*.yaml', description: 'Something that happens to several simulated systems together.' });

export type ScenarioSpec = z.output<typeof scenarioFile>;
export type ScenarioDrive = z.output<typeof scenarioDrive>;
export type ScenarioStates = z.output<typeof scenarioStates>;
export type ScenarioLife = z.output<typeof scenarioLife>;
export type ScenarioFault = z.output<typeof scenarioFault>;
export type ScenarioRain = z.output<typeof scenarioRain>;
