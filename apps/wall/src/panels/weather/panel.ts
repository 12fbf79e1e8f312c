import type { PanelType } from '../panel.types.js';
import { common, words, z } from '../schema.js';

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

export const weatherOptions = z.object({
  ...common,
  /** metrics of the station by what they tell; what is not named is not shown */
  metrics: z.object({
    condition: z.string().optional(),
    temperature: z.string(),
    wind: z.string().optional(),
    /** degrees from which the wind comes */
    direction: z.string().optional(),
    rain: z.string().optional(),
    humidity: z.string().optional(),
  }),
  /** the source's own words or codes for the sky: how each is drawn and called */
  conditions: z.record(z.string(), words.extend({ sky: z.enum(SKIES) })).optional(),
  /** fields of the forecast's occurrences, one an hour */
  hours: z
    .object({
      time: z.string(),
      condition: z.string().optional(),
      temperature: z.string().optional(),
      rain: z.string().optional(),
    })
    .optional(),
  /** an hour of rain from which it is more than usual, mm */
  heavyRain: z.number().positive().optional(),
});
export type WeatherOptions = z.infer<typeof weatherOptions>;

export const weatherPanel: PanelType = {
  type: 'weather',
  about: 'The weather now at one station, and the next hours where a forecast has them',
  roles: {
    now: { kinds: ['latest'], required: true, about: 'values of the station' },
    hours: { kinds: ['list'], about: 'the forecast, one occurrence an hour' },
  },
  main: 'now',
  options: weatherOptions,
  frame: 'panel',
  minimum: { width: 320, height: 130 },
  load: () => import('./WeatherPanel.vue'),
};
