import { shownFigureOptions } from './figure.js';
import { FIGURE_KINDS, type PanelRole, type PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

/** Roles of the cards of a group: the figure, its line, and an older line to compare with. */
export const CARD_SLOTS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;

export const cardOptions = entry({
  ...common,
  cards: z
    .array(
      entry({
        ...shownFigureOptions,
        name: words,
        coverageUnit: words.optional(),
        target: entry({ value: z.number(), name: words, better: z.enum(['below', 'above']) })
          .optional()
          .describe('the figure is held against it: a dashed line, and the words say over or under'),
        compare: z
          .enum(['hour', 'yesterday', 'week'])
          .optional()
          .describe('with what was measured that long ago, read from the line (or from the older one)'),
      }),
    )
    .min(1)
    .max(CARD_SLOTS.length),
});
export type CardOptions = z.infer<typeof cardOptions>;

const roles = Object.fromEntries(
  CARD_SLOTS.flatMap((slot, i): [string, PanelRole][] => [
    [
      slot,
      {
        kinds: [...FIGURE_KINDS],
        required: i === 0,
        about: `figure of card ${i + 1}`,
      },
    ],
    [
      `${slot}Series`,
      { kinds: ['series', 'tally'], about: `small line of card ${i + 1}; of a tally how many in each slot of time` },
    ],
    [`${slot}Past`, { kinds: ['series'], about: `windows that reach back to what card ${i + 1} is compared with` }],
  ]),
);

export const cardSpec: PanelSpec = {
  type: 'card',
  about: 'A group of key figures, each with its small line, its target and what it was an hour, a day or a week ago',
  roles,
  main: 'first',
  options: cardOptions,
  named: ({ cards }: CardOptions) => cards.map((_, i) => ({ role: CARD_SLOTS[i] ?? '', path: ['cards', i] })),
};
