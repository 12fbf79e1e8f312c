import { words } from '../common.js';
import { z } from '../zod.js';

export const decimals = z.int().min(0).max(6);
export const rampName = z.enum(['rain', 'depth', 'congestion']);

/** Options every panel type takes beside its own. */
export const common = {
  coverageUnit: words.optional().describe('what one member is called in `63/68 stations`'),
};

/** Keys of a limit: the same for every asset (`value`), or the asset's own (`attribute`). */
export const limitKeys = { attribute: z.string().optional(), value: z.number().optional(), name: words };

export { entry, memberCondition, words } from '../common.js';
export { z };
