import { FIGURE_KINDS, type PanelSpec } from './panel-spec.js';
import { common, decimals, entry, words, z } from './schema.js';

/** What one shown figure says; other panels that show figures take the same words. */
export const shownFigureOptions = {
  show: z
    .enum(['value', 'count', 'name', 'freshShare', 'systemsLive'])
    .describe(
      "value: the row's value · count: the tally's or list's count · name: the member that holds the extreme · freshShare: fresh ÷ expected members of all systems in % · systemsLive: `4/4`",
    ),
  label: words.optional(),
  unit: words.optional(),
  decimals: decimals.optional(),
  classes: z
    .array(entry({ ...words.shape, below: z.number().optional() }))
    .optional()
    .describe('words for ranges of the value, the last one without `below`'),
};

export const figureOptions = entry({
  ...common,
  main: entry(shownFigureOptions),
  normal: words.optional().describe('what is normal or aimed at, beside the figure: `目标 ≥95`'),
  side: entry({ ...shownFigureOptions, view: z.string().optional() })
    .optional()
    .describe('the smaller figure at the right; `view` names the role it reads, `main` if absent'),
});
export type FigureOptions = z.infer<typeof figureOptions>;

export const figureSpec: PanelSpec = {
  type: 'figure',
  about: 'One key figure with its coverage, and a smaller one beside it',
  roles: {
    main: { kinds: [...FIGURE_KINDS], required: true, about: 'the figure' },
    second: { kinds: [...FIGURE_KINDS], about: 'the smaller figure' },
  },
  main: 'main',
  options: figureOptions,
  named: ({ side }: FigureOptions) => (side?.view === undefined ? [] : [{ role: side.view, path: ['side', 'view'] }]),
};
