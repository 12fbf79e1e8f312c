import { z } from 'zod';
import { entry, entryId, words } from '../common.js';
import { aggregateForm, caseloadForm, systemsForm, tallyForm } from './view-parts.js';

/** Views over several systems at once, as scenes write them. */

const take = z
  .enum(['value', 'share', 'count', 'opened', 'open', 'closed', 'freshShare', 'feedsShare'])
  .exactOptional()
  .meta({
    description:
      'Which number: value (an aggregate’s; its default) · share (members that meet where, in % of the fresh ones) · count (a tally’s) · opened, open, closed (a caseload’s; open if absent) · freshShare, feedsShare (systems, in %; freshShare if absent).',
  });

const weight = z.number().positive();

const measure = entry({
  id: entryId,
  name: words,
  unit: words.exactOptional(),
  decimals: z.int().min(0).max(6).exactOptional(),
  view: z.discriminatedUnion('kind', [aggregateForm, tallyForm, caseloadForm, systemsForm]).meta({
    description: 'What is measured: an aggregate, a tally, a caseload or systems.',
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
        view: z.discriminatedUnion('kind', [aggregateForm.omit({ by: true }), caseloadForm]),
        take,
      }),
    )
    .min(1)
    .max(12),
  order: z.array(z.string()).min(1).meta({ description: 'Ids of columns: by the first, the largest first, then …' }),
  limit: z.int().min(1).max(200).default(30),
  all: z.array(z.string().min(1)).exactOptional().meta({ description: 'Groups that have a row in any case.' }),
});
