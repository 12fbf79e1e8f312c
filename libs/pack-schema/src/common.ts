import { isAssetType, isMetricName, isOccurrenceType, isSystemId } from '@citywall/model';
import { z } from './zod.js';

/** Marks the message of an unknown key; `issues.ts` turns it into one problem a key, with a suggestion. */
export const KNOWN_KEYS = 'known keys: ';

/** A map that knows all its keys; any other is an error that names the nearest known one. */
export function entry<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = KNOWN_KEYS + Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `30s` `5m` `2h` `1d` `500ms` in milliseconds; null where the text is none. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  if (match === null) return null;
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
}

/** Milliseconds, written as a number or as `30s` `5m` `2h` `1d`. */
export const duration = z
  .union([z.number().min(0), z.string().regex(DURATION, 'expected a duration like 30s, 5m, 2h or 1d')])
  .transform((value) => (typeof value === 'number' ? value : (parseDuration(value) ?? 0)))
  .meta({ id: 'Duration', description: '30s, 5m, 2h, 1d, or a number of milliseconds.' });

/** Text in both languages of the wall. */
export const words = entry({ zh: z.string(), en: z.string() }).meta({
  id: 'Words',
  description: 'Text in both languages: { zh: …, en: … }.',
});

export const scalar = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .meta({ id: 'Scalar', description: 'Text, a number, true, false or null.' });

const checked = (test: (text: string) => boolean, message: string) => z.string().refine(test, message);

export const systemId = checked(isSystemId, 'expected a system id: lower-case letters, digits and "-", letter first');
export const assetType = checked(
  isAssetType,
  'expected an asset type: lower-case letters, digits and "-", letter first',
);
export const metricName = checked(
  isMetricName,
  'expected a metric name: letters, digits and ". _ : -", at most 100, letter or digit first',
);
/** Whatever the source calls what happens; also beyond the catalogue's own words. */
export const occurrenceType = checked(
  isOccurrenceType,
  'expected an occurrence type: at most 100 characters, no control characters, no blanks at the ends',
);
/** Id of a feed, rule, KPI, scene or panel. */
export const entryId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'expected an id: lower-case letters, digits and "-", at most 80');
/** `type/metric` */
export const typeMetric = checked((text) => {
  const slash = text.indexOf('/');
  return slash > 0 && isAssetType(text.slice(0, slash)) && isMetricName(text.slice(slash + 1));
}, 'expected type/metric, like reservoir/level');

/** `{ path, ops … }` keys keep their maps as written. */
export const record = <T extends z.core.SomeType>(value: T) => z.record(z.string(), value);

const comparison = z.union([z.number(), entry({ attribute: z.string().min(1) })]).meta({
  id: 'Comparison',
  description: 'A number, or { attribute: floodLimit } of the asset.',
});

export const memberCondition = entry({
  above: comparison.exactOptional(),
  below: comparison.exactOptional(),
  atLeast: comparison.exactOptional(),
  atMost: comparison.exactOptional(),
  is: z.array(z.union([z.number(), z.boolean(), z.string()])).exactOptional(),
}).meta({ id: 'Members', description: 'Which members count.' });
