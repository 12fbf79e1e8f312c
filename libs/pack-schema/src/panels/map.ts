import type { PanelSpec } from './panel-spec.js';
import { common, decimals, entry, memberCondition, rampName, words, z } from './schema.js';

export const SYMBOLS = ['ring', 'dot', 'square', 'hexagon', 'cross', 'arrow', 'boat'] as const;
export type SymbolName = (typeof SYMBOLS)[number];

const layerHead = {
  id: z.string().min(1),
  name: words,
  unit: words.optional(),
  decimals: decimals.optional(),
  group: words.optional().describe("heading in the legend, usually the system's name"),
  on: z.boolean().optional().describe('shown from the beginning; default: yes'),
};
const ofView = {
  ...layerHead,
  view: z.string().min(1).describe("role of the panel's view that holds the assets"),
};
const valueWords = z.record(z.string(), words).optional();

/** Every kind of layer above the cells, in the order they are drawn in: heat first, moving assets last. */
export const mapLayer = z.discriminatedUnion('kind', [
  entry({
    kind: z.literal('symbols'),
    ...ofView,
    metric: words.optional().describe('what the figure is called on the card'),
    symbol: z.enum(SYMBOLS).optional(),
    attention: memberCondition
      .optional()
      .describe('which values ask for attention; the same words as `where` of an aggregate'),
    words: valueWords.describe("words of a state's values, for the card"),
  }),
  entry({
    kind: z.literal('moving'),
    ...ofView,
    metric: words.optional(),
    symbol: z.enum(SYMBOLS).optional(),
    attention: memberCondition.optional(),
    words: valueWords,
    tracks: z.boolean().optional().describe('the way of the last minutes behind each; default: yes'),
  }),
  entry({
    kind: z.literal('heat'),
    ...ofView,
    ramp: rampName.optional(),
    radius: z.number().positive().max(20).optional().describe('km within which a point counts; default: 2'),
    weight: z
      .enum(['value', 'count'])
      .optional()
      .describe('what a point counts: its value, or one; default: its value, one for occurrences'),
  }),
  entry({
    kind: z.literal('arcs'),
    ...ofView,
    hub: z
      .string()
      .optional()
      .describe(
        "town all arcs come from, where the view is an aggregate by town; else the assets' attributes from and to say it",
      ),
    limit: z.number().int().min(1).max(60).optional().describe('most arcs drawn, the largest; default: 12'),
  }),
  entry({
    kind: z.literal('imported'),
    ...layerHead,
    name: words.optional(),
    layer: z
      .string()
      .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/)
      .describe("`system/id` of an operator's layer in map.yaml of a pack"),
  }),
]);
export type MapLayer = z.infer<typeof mapLayer>;

export const mapOptions = entry({
  ...common,
  cells: entry({
    ramp: rampName,
    steps: z.array(z.number()).min(1).describe("lower ends of the ramp's steps"),
    name: words,
    unit: words.optional(),
    decimals: decimals.optional(),
    quietZero: z
      .boolean()
      .optional()
      .describe("a true zero has no figure: where nearly all is zero, what isn't is seen"),
  })
    .optional()
    .describe('colour of the schematic cells by the view `cells`, grouped or counted by the town’s name'),
  points: entry({
    name: words,
    unit: words.optional(),
    decimals: decimals.optional(),
    showAbove: z.number().optional(),
  })
    .optional()
    .describe(
      'symbols at the assets of the view `points`, their area by the value; `showAbove` hides what is of no matter',
    ),
  alarms: entry({
    at: z
      .enum(['asset', 'town'])
      .optional()
      .describe(
        "where shapes stand: at the alarm's asset, or one a town; default: asset in a system's scene, else town",
      ),
    callouts: z
      .number()
      .int()
      .min(0)
      .max(4)
      .optional()
      .describe('how many places with a P1 or P2 are named beside the map; default: none'),
  })
    .optional()
    .describe('shapes of standing alarms, of the view `alarms` or, without one, of the header'),
  layers: z.array(mapLayer).max(12).optional(),
  callouts: entry({
    scale: words.describe('name of the scale, said with each: `预警`'),
    levels: z
      .array(entry({ level: z.string(), ...words.shape }))
      .min(1)
      .describe('levels that are called out, the gravest first, with their words'),
    text: z.array(z.string()).min(1).describe('fields that may hold the text, the first that says something'),
    town: z.string().optional().describe('field with the name of a town, for occurrences that have no place'),
    over: z.array(z.string()).optional().describe('statuses that are over'),
    limit: z.number().int().min(1).max(6).optional(),
  })
    .optional()
    .describe(
      'occurrences of the view `callouts` that are named beside the map and pulse, by the words of their scale',
    ),
});
export type MapOptions = z.infer<typeof mapOptions>;

export const mapSpec: PanelSpec = {
  type: 'map',
  about:
    'The county: outline, schematic town cells coloured by a figure, layers of assets that stand or move, heat, arcs, imported lines',
  roles: {
    cells: { kinds: ['aggregate', 'tally'], about: 'one figure a town' },
    points: { kinds: ['layer'], about: 'assets with places, symbols sized by value' },
    occurrences: { kinds: ['list'], about: 'occurrences with places' },
    alarms: { kinds: ['alarms'], about: 'alarms whose shapes stand on the map; those of the header if absent' },
    callouts: { kinds: ['list'], about: 'occurrences that may be called out beside the map' },
  },
  others: { kinds: ['layer', 'list', 'aggregate', 'rank'], about: 'a view that one of `layers` names' },
  main: 'cells',
  options: mapOptions,
  named: ({ layers = [], ...parts }: MapOptions) => [
    ...(['cells', 'points', 'callouts'] as const)
      .filter((part) => parts[part] !== undefined)
      .map((part) => ({ role: part, path: [part] })),
    ...layers.flatMap((layer, i) => ('view' in layer ? [{ role: layer.view, path: ['layers', i, 'view'] }] : [])),
  ],
};
