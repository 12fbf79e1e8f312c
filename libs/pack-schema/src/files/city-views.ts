import { z } from 'zod';
import { duration, entry, entryId, words } from '../common.js';
import { aggregateForm, alarmsForm, caseloadForm, priority, systemsForm, tallyForm } from './view-parts.js';

/** Views over several systems at once, as scenes write them. */

const DAY_MS = 86_400_000;

const take = z
  .enum(['value', 'share', 'count', 'opened', 'open', 'closed', 'freshShare', 'feedsShare'])
  .exactOptional()
  .meta({
    description:
      'Which number: value (an aggregate’s; its default) · share (members that meet where, in % of the fresh ones) · count (a tally’s, or of alarms) · opened, open, closed (a caseload’s; open if absent) · freshShare, feedsShare (systems, in %; freshShare if absent).',
  });

const weight = z.number().positive();

const measure = entry({
  id: entryId,
  name: words,
  unit: words.exactOptional(),
  decimals: z.int().min(0).max(6).exactOptional(),
  view: z.discriminatedUnion('kind', [aggregateForm, tallyForm, caseloadForm, alarmsForm, systemsForm]).meta({
    description: 'What is measured: an aggregate, a tally, a caseload, alarms or systems.',
  }),
  take,
  score: z
    .array(z.tuple([z.number(), z.number().min(0).max(100)]))
    .min(2)
    .meta({
      description:
        '[[measured, points 0–100], …], rising in the first: a straight line between, level beyond the ends.',
    }),
  weight: weight.default(1).meta({ description: 'Among the measures of its part.' }),
}).meta({ description: 'One measure turned into points.' });

export const indexForm = entry({
  kind: z.literal('index'),
  atLeast: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .meta({ description: 'Share of its data below which a measure, a part and the whole have no score.' }),
  parts: z
    .array(
      entry({
        id: entryId,
        name: words,
        weight: weight.meta({
          description: 'Among the parts; a part whose systems are not connected gives its weight to the others.',
        }),
        measures: z.array(measure).min(1).max(12),
      }),
    )
    .min(1)
    .max(12),
});

export const groupsForm = entry({
  kind: z.literal('groups'),
  by: z.string().min(1).meta({
    description: 'Attribute of assets, e.g. town; an occurrence has its asset’s, else its own field of that name.',
  }),
  columns: z
    .array(
      entry({
        id: entryId,
        view: z.discriminatedUnion('kind', [aggregateForm.omit({ by: true }), caseloadForm, alarmsForm]),
        take,
      }),
    )
    .min(1)
    .max(12),
  order: z.array(z.string()).min(1).meta({ description: 'Ids of columns: by the first, the largest first, then …' }),
  limit: z.int().min(1).max(200).default(30),
  all: z.array(z.string().min(1)).exactOptional().meta({ description: 'Groups that have a row in any case.' }),
});

export const notableForm = entry({
  kind: z.literal('notable'),
  window: duration.default(DAY_MS).meta({ description: 'Back from now, at most 1d; what is not over stays.' }),
  limit: z.int().min(1).max(200).default(30),
  alarms: z.array(priority).min(1).exactOptional().meta({ description: 'Priorities of alarms; absent: no alarms.' }),
  occurrences: z
    .array(
      entry({
        type: z.string().min(1).meta({ description: 'system/type; in a system’s own pack just the type.' }),
        levels: z
          .array(z.string())
          .min(1)
          .exactOptional()
          .meta({ description: 'Levels that make it notable; default all.' }),
      }),
    )
    .exactOptional(),
  text: z.array(z.string()).exactOptional().meta({
    description: 'Fields of occurrences tried in turn for their text; the name of the type if none is there.',
  }),
  notices: z.boolean().exactOptional().meta({ description: 'Feeds that fell silent and are back.' }),
});
