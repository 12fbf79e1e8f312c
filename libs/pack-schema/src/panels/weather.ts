import type { PanelSpec } from './panel-spec.js';
import { common, entry, words, z } from './schema.js';

/** What a sky can be drawn as. */
export const SKIES = [
  'clear',
  'partly',
  'cloudy',
  'overcast',
  'fog',
  'drizzle',
  'rain',
  'storm',
  'thunder',
  'snow',
  'wind',
] as const;
export type Sky = (typeof SKIES)[number];

export const weatherOptions = entry({
  ...common,
  metrics: entry({
    condition: z.string().optional(),
    temperature: z.string(),
    wind: z.string().optional(),
    direction: z.string().optional().describe('degrees from which the wind comes'),
    rain: z.string().optional(),
    humidity: z.string().optional(),
  }).describe('metrics of the station by what they tell; what is not named is not shown'),
  conditions: z
    .record(z.string(), entry({ ...words.shape, sky: z.enum(SKIES) }))
    .optional()
    .describe("the source's own words or codes for the sky: how each is drawn and called"),
  hours: entry({
    time: z.string(),
    condition: z.string().optional(),
    temperature: z.string().optional(),
    rain: z.string().optional(),
  })
    .optional()
    .describe("fields of the forecast's occurrences, one an hour"),
  heavyRain: z.number().positive().optional().describe('an hour of rain from which it is more than usual, mm'),
});
export type WeatherOptions = z.infer<typeof weatherOptions>;

export const weatherSpec: PanelSpec = {
  type: 'weather',
  about: 'The weather now at one station, and the next hours where a forecast has them',
  roles: {
    now: { kinds: ['latest'], required: true, about: 'values of the station' },
    hours: { kinds: ['list'], about: 'the forecast, one occurrence an hour' },
  },
  main: 'now',
  options: weatherOptions,
};
