import { weatherOptions } from '@citywall/pack-schema/panels';
import { type OccurrenceRow, stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import {
  beaufort,
  skyOf,
  weatherHours,
  weatherNow,
  windFrom,
} from '../../../../../apps/wall/src/panels/weather/option.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const MINUTE = 60_000;
const options = weatherOptions.parse({
  metrics: { condition: 'sky', temperature: 't', wind: 'w', rain: 'rain1h' },
  conditions: { '07': { zh: '小雨', en: 'light rain', sky: 'drizzle' } },
  hours: { time: 'for', condition: 'sky', temperature: 't', rain: 'r' },
});
const value = (metric: string, reading: ValueRow['value'], at = NOW - MINUTE): [string, ValueRow] => [
  metric,
  {
    asset: 'weather/station/1',
    name: '垫江站',
    metric,
    value: reading,
    at,
    receivedAt: NOW,
    quality: 'good',
    origin: 'live',
    feed: 'w',
    staleAfter: 10 * MINUTE,
  },
];
const hour = (id: string, fields: OccurrenceRow['fields']): [string, OccurrenceRow] => [
  id,
  { id, system: 'weather', type: 'hour', at: NOW, receivedAt: NOW, status: 'forecast', fields, origin: 'live' },
];

describe('weather', () => {
  it('shows what the station tells, each value with what reading it is; zero is a value, nothing is none', () => {
    const state = stateOf([
      value('t', 25.6),
      value('rain1h', 0),
      value('sky', '07', NOW - 20 * MINUTE),
      value('w', null, 0),
    ]);
    const shown = weatherNow(state, options, NOW);
    expect(Object.entries(shown).map(([part, each]) => [part, each!.text, each!.attributes['data-quality']])).toEqual([
      ['condition', '—', 'stale'],
      ['temperature', '26', 'good'],
      ['wind', '—', 'stale'],
      ['rain', '0.0', 'good'],
    ]);
    expect(skyOf(shown.condition?.value, options, 'en')).toEqual({ sky: 'drizzle', word: 'light rain' });
    expect(skyOf('99', options, 'en')).toEqual({ sky: null, word: '99' });
    expect(skyOf(null, options, 'en')).toEqual({ sky: null, word: '—' });
    expect(weatherNow(stateOf([value('t', 1)], { error: 'not-loaded' }), options, NOW)).toEqual({});
  });

  it('shows hours to come, the next first; the past and what has no time are left out', () => {
    const state = stateOf([
      hour('b', { for: '2026-07-12T16:00:00+08:00', sky: '07', t: 24.4, r: 9.5 }),
      hour('a', { for: Date.UTC(2026, 6, 12, 7), t: null }),
      hour('old', { for: '2026-07-12T13:00:00+08:00', t: 30 }),
      hour('none', { for: 'soon', t: 30 }),
    ]);
    const shown = weatherHours(state, options, NOW, 'zh', 12);
    expect(shown.map(({ time, sky, word, temperature, rain }) => [time, sky, word, temperature, rain])).toEqual([
      ['15:00', null, '—', '—', null],
      ['16:00', 'drizzle', '小雨', '24', 9.5],
    ]);
    expect(weatherHours(state, options, NOW, 'zh', 1)).toHaveLength(1);
    expect(weatherHours(state, { ...options, hours: undefined }, NOW, 'zh', 9)).toEqual([]);
  });

  it('names winds by force and direction', () => {
    expect([0, 0.2, 0.3, 4.8, 5.4, 5.5, 32.6, 32.7, 60].map(beaufort)).toEqual([0, 0, 1, 3, 3, 4, 11, 12, 12]);
    expect([0, 22, 23, 135, 337, 338, 360, -45].map(windFrom)).toEqual([0, 0, 1, 3, 7, 0, 0, 7]);
  });
});
