import { METRIC_KINDS, ORIGINS, QUALITIES } from '@citywall/model';
import { z } from 'zod';

/** ISO 8601 with offset, as every time in an answer. */
export const time = z.iso.datetime({ offset: true }).meta({ examples: ['2026-07-09T06:35:02.000Z'] });

export const words = z.object({ zh: z.string(), en: z.string() });

export const place = z.object({ lon: z.number(), lat: z.number() }).meta({ description: 'WGS-84, degrees' });

export const quality = z.enum(QUALITIES);
export const origin = z.enum(ORIGINS);
export const metricKind = z.enum(METRIC_KINDS);

/** Number, boolean, text or a position `[lon, lat]`. */
export const readingValue = z.union([
  z.number(),
  z.boolean(),
  z.string(),
  z.tuple([z.number(), z.number()]).meta({ description: 'position [lon, lat], WGS-84' }),
]);

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1_000;

/** Query parameters of every list. */
export const paging = {
  limit: z
    .string()
    .regex(/^\d{1,6}$/, `must be a number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= MAX_LIMIT, `must be a number from 1 to ${MAX_LIMIT}`)
    .default(DEFAULT_LIMIT)
    .meta({
      description: 'items in one answer',
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
  cursor: z.string().min(1).max(5_000).optional().meta({ description: '`next` of the answer before' }),
};

/** A list as answered. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'cursor of the next page; null at the end' }),
  });
}

/** A time in a query: ISO 8601 with offset → Unix ms. A `+` that arrived as a blank (unencoded) is taken as one. */
export const timeParameter = z
  .string()
  .transform((text) => text.replace(/ (?=\d{2}:?\d{2}$)/, '+'))
  .pipe(z.iso.datetime({ offset: true, error: 'must be ISO 8601 with offset: 2026-07-09T14:35:02+08:00' }))
  .transform((text) => Date.parse(text))
  .meta({ description: 'ISO 8601 with offset', type: 'string', format: 'date-time' });

export const systemParameter = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a system id, such as water')
  .meta({ description: 'system id', examples: ['water'] });

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `5m`, `1h`, `1d` or milliseconds → ms. */
export const durationParameter = z
  .string()
  .regex(/^\d{1,12}[smhd]?$/, 'must be a duration: 1m, 15m, 1h, or milliseconds')
  .transform((text) => {
    const unit = UNITS[text.slice(-1)];
    return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit;
  })
  .meta({ description: 'duration: `1m`, `15m`, `1h`, or milliseconds', type: 'string' });

/** Unix ms → ISO 8601. A time no Date can hold (a defect upstream) becomes the epoch rather than an exception. */
export function iso(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
