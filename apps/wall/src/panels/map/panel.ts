import type { PanelType } from '../panel.types.js';
import { common, condition, decimals, rampName, words, z } from '../schema.js';

export const SYMBOLS = ['ring', 'dot', 'square', 'hexagon', 'cross', 'arrow', 'boat'] as const;
export type SymbolName = (typeof SYMBOLS)[number];

const layerHead = {
  id: z.string().min(1),
  name: words,
  unit: words.optional(),
  decimals: decimals.optional(),
  /** heading in the legend, usually the system's name */
  group: words.optional(),
  /** shown from the beginning; absent: yes */
  on: z.boolean().optional(),
};
const ofView = {
  ...layerHead,
  /** role of the panel's view that holds the assets */
  view: z.string().min(1),
};
const valueWords = z.record(z.string(), words).optional();

/** Every kind of layer above the cells, in the order they are drawn in: heat first, moving assets last. */
export const mapLayer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('symbols'),
    ...ofView,
    /** what the figure is called on the card */
    metric: words.optional(),
    symbol: z.enum(SYMBOLS).optional(),
    attention: condition.optional(),
    /** words of a state's values, for the card */
    words: valueWords,
  }),
  z.object({
    kind: z.literal('moving'),
    ...ofView,
    metric: words.optional(),
    symbol: z.enum(SYMBOLS).optional(),
    attention: condition.optional(),
    words: valueWords,
    /** the way of the last minutes behind each; absent: yes */
    tracks: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal('heat'),
    ...ofView,
    ramp: rampName.optional(),
    /** km within which a point counts; absent: 2 */
    radius: z.number().positive().max(20).optional(),
    /** what a point counts: its value, or one; absent: its value, one for occurrences */
    weight: z.enum(['value', 'count']).optional(),
  }),
  z.object({
    kind: z.literal('arcs'),
    ...ofView,
    /** town all arcs come from, where the view is an aggregate by town; else the assets' attributes from and to say it */
    hub: z.string().optional(),
    /** most arcs drawn, the largest; absent: 12 */
    limit: z.number().int().min(1).max(60).optional(),
  }),
  z.object({
    kind: z.literal('imported'),
    ...layerHead,
    name: words.optional(),
    /** `system/id` of an operator's layer in map.yaml of a pack */
    layer: z.string().regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/),
  }),
]);
export type MapLayer = z.infer<typeof mapLayer>;

export const mapOptions = z.object({
  ...common,
  /** colour of the schematic cells by the view `cells`, grouped or counted by the town's name */
  cells: z
    .object({
      ramp: rampName,
      /** lower ends of the ramp's steps */
      steps: z.array(z.number()).min(1),
      name: words,
      unit: words.optional(),
      decimals: decimals.optional(),
    })
    .optional(),
  /** symbols at the assets of the view `points`, their area by the value; `showAbove` hides what is of no matter */
  points: z
    .object({ name: words, unit: words.optional(), decimals: decimals.optional(), showAbove: z.number().optional() })
    .optional(),
  layers: z.array(mapLayer).max(12).optional(),
  /** occurrences of the view `callouts` that are named beside the map and pulse, by the words of their scale */
  callouts: z
    .object({
      /** name of the scale, said with each: `预警` */
      scale: words,
      /** levels that are called out, the gravest first, with their words */
      levels: z.array(z.object({ level: z.string(), ...words.shape })).min(1),
      /** fields that may hold the text, the first that says something */
      text: z.array(z.string()).min(1),
      /** field with the name of a town, for occurrences that have no place */
      town: z.string().optional(),
      /** statuses that are over */
      over: z.array(z.string()).optional(),
      limit: z.number().int().min(1).max(6).optional(),
    })
    .optional(),
});
export type MapOptions = z.infer<typeof mapOptions>;

export const mapPanel: PanelType = {
  type: 'map',
  about:
    'The county: outline, schematic town cells coloured by a figure, layers of assets that stand or move, heat, arcs, imported lines',
  roles: {
    cells: { kinds: ['aggregate', 'tally'], about: 'one figure a town' },
    points: { kinds: ['layer'], about: 'assets with places, symbols sized by value' },
    occurrences: { kinds: ['list'], about: 'occurrences with places' },
    callouts: { kinds: ['list'], about: 'occurrences that may be called out beside the map' },
  },
  others: { kinds: ['layer', 'list', 'aggregate', 'rank'], about: 'a view that one of `layers` names' },
  main: 'cells',
  options: mapOptions,
  frame: 'panel',
  minimum: { width: 420, height: 480 },
  load: () => import('./MapPanel.vue'),
};
