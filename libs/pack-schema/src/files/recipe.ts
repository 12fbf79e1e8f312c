import { z } from 'zod';
import { entry, entryId, words } from '../common.js';
import { dicts, feedEntry } from './feeds.js';
import { metricEntry } from './metrics.js';

/** libs/recipes/<name>/recipe.yaml */
export const recipeFile = entry({
  id: entryId.meta({ description: 'Name of the recipe; its folder has the same name.' }),
  name: words,
  source: z.string().meta({ description: 'The published format, in words, with its address.' }),
  metrics: z
    .array(metricEntry)
    .exactOptional()
    .meta({ description: 'Units and kinds of what the feeds bring, for a pack to take over.' }),
  dicts: dicts.exactOptional().meta({ description: 'Dictionaries of all its feeds.' }),
  feeds: z.array(feedEntry).min(1),
}).meta({ title: 'recipe.yaml', description: 'Ready feeds for a published format; a pack takes them with use:.' });
