import { shownFigureOptions } from '../figure/panel.js';
import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

const FIGURES = ['aggregate', 'tally', 'latest', 'systems', 'list'] as const;
const role = (about: string) => ({ kinds: [...FIGURES], about });

export const textOptions = z.object({
  ...common,
  /** plain text with `{name}` where a value stands; a blank line begins a paragraph */
  text: words,
  /** values by the name in the text; `view` names the role they are read from, `main` if absent */
  values: z.record(z.string(), z.object({ ...shownFigureOptions, view: z.string().optional() })).optional(),
  /** narration: one large sentence without a head, for tours · explanation: a panel of reading text */
  look: z.enum(['narration', 'explanation']).optional(),
  /** small words at the edge of a narration: what is schematic, what is not shown */
  note: words.optional(),
});
export type TextOptions = z.infer<typeof textOptions>;

export const textPanel: PanelType = {
  type: 'text',
  about: 'A sentence for visitors or an explanation, with live values in it',
  roles: {
    main: role('values of the text'),
    second: role('more values'),
    third: role('more values'),
    fourth: role('more values'),
  },
  main: 'main',
  options: textOptions,
  frame: 'bare',
  minimum: { width: 400, height: 60 },
  load: () => import('./TextPanel.vue'),
};
