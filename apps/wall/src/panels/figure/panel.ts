import type { PanelType } from '../panel.types.js';
import { common, decimals, words, z } from '../schema.js';

/** What one shown figure says; other panels that show figures take the same words. */
export const shownFigureOptions = {
  /** value: the row's value · count: the tally's or list's count · name: the member that holds the extreme · freshShare: fresh ÷ expected members of all systems in % · systemsLive: `4/4` */
  show: z.enum(['value', 'count', 'name', 'freshShare', 'systemsLive']),
  label: words.optional(),
  unit: words.optional(),
  decimals: decimals.optional(),
  /** words for ranges of the value, the last one without `below` */
  classes: z.array(words.extend({ below: z.number().optional() })).optional(),
};

export const figureOptions = z.object({
  ...common,
  main: z.object(shownFigureOptions),
  /** what is normal or aimed at, beside the figure: `目标 ≥95` */
  normal: words.optional(),
  /** the smaller figure at the right; `view` names the role it reads, `main` if absent */
  side: z.object({ ...shownFigureOptions, view: z.string().optional() }).optional(),
});
export type FigureOptions = z.infer<typeof figureOptions>;

export const figurePanel: PanelType = {
  type: 'figure',
  about: 'One key figure with its coverage, and a smaller one beside it',
  roles: {
    main: { kinds: ['aggregate', 'tally', 'latest', 'systems', 'list'], required: true, about: 'the figure' },
    second: { kinds: ['aggregate', 'tally', 'latest', 'systems', 'list'], about: 'the smaller figure' },
  },
  main: 'main',
  options: figureOptions,
  frame: 'bare',
  minimum: { width: 240, height: 80 },
  load: () => import('./FigurePanel.vue'),
};
