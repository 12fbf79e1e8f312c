import { z } from 'zod';
import { entry, entryId, words } from '../common.js';
import { viewForm } from './views.js';

export const kpiEntry = entry({
  id: entryId,
  name: words,
  unit: words.exactOptional(),
  decimals: z.int().min(0).max(9).exactOptional(),
  view: viewForm,
}).meta({ description: 'One figure with a name.' });

/** kpis.yaml */
export const kpisFile = entry({ kpis: z.array(kpiEntry) }).meta({
  title: 'kpis.yaml',
  description: 'Figures of the system, each a view.',
});

export type KpiEntry = z.output<typeof kpiEntry>;
