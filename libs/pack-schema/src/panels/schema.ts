import { words } from '../common.js';
import { z } from '../zod.js';

export const decimals = z.int().min(0).max(6);
export const rampName = z.enum(['rain', 'depth', 'congestion']);

/** Options every panel type takes beside its own. */
export const common = {
  coverageUnit: words.optional().describe('what one member is called in `63/68 stations`'),
};

export { entry, memberCondition, words } from '../common.js';
export { z };
