import { z } from 'zod';

// before any schema: zod's compiled parsers need `new Function`, which the content security policy forbids
z.config({ jitless: true });

export const words = z.object({ zh: z.string(), en: z.string() });
export const decimals = z.number().int().min(0).max(6);
export const rampName = z.enum(['rain', 'depth', 'congestion']);

const bound = z.union([z.number(), z.object({ attribute: z.string().min(1) })]);
/** Which values ask for attention; the same words as `where` of an aggregate. */
export const condition = z.object({
  above: bound.exactOptional(),
  below: bound.exactOptional(),
  atLeast: bound.exactOptional(),
  atMost: bound.exactOptional(),
  is: z.array(z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
});

/** Options every panel type takes beside its own. */
export const common = {
  /** what one member is called in `63/68 站` */
  coverageUnit: words.optional(),
};

export { z };
