import { z } from 'zod';

// before any schema: zod's compiled parsers need `new Function`, which the content security policy forbids
z.config({ jitless: true });

export const words = z.object({ zh: z.string(), en: z.string() });
export const decimals = z.number().int().min(0).max(6);
export const rampName = z.enum(['rain', 'depth', 'congestion']);

/** Options every panel type takes beside its own. */
export const common = {
  /** what one member is called in `63/68 站` */
  coverageUnit: words.optional(),
};

export { z };
