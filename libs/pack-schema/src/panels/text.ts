import { shownFigureOptions } from './figure.js';
import { FIGURE_KINDS, type PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

const role = (about: string) => ({ kinds: [...FIGURE_KINDS], about });

export const textOptions = entry({
  ...common,
  text: words.describe('plain text with `{name}` where a value stands; a blank line begins a paragraph'),
  values: z
    .record(z.string(), entry({ ...shownFigureOptions, view: z.string().optional() }))
    .optional()
    .describe('values by the name in the text; `view` names the role they are read from, `main` if absent'),
  look: z
    .enum(['narration', 'explanation'])
    .optional()
    .describe('narration: one large sentence without a head, for tours · explanation: a panel of reading text'),
  note: words.optional().describe('small words at the edge of a narration: what is schematic, what is not shown'),
});
export type TextOptions = z.infer<typeof textOptions>;

export const textSpec: PanelSpec = {
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
  named: ({ values = {} }: TextOptions) =>
    Object.entries(values).map(([name, { view }]) =>
      view === undefined ? { role: 'main', path: ['values', name] } : { role: view, path: ['values', name, 'view'] },
    ),
};
