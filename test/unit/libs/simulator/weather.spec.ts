import { describe, expect, it } from '@jest/globals';
import { createWeather } from '../../../../libs/simulator/src/weather.js';

const bbox = [107.23, 29.97, 107.67, 30.52] as const;
const day = Date.parse('2026-07-09T00:00:00+08:00');
const MINUTE = 60_000;

describe('createWeather', () => {
  const weather = createWeather({ seed: 5, bbox, rain: 1 });

  it('is the same for the same seed, in any order of questions', () => {
    const other = createWeather({ seed: 5, bbox, rain: 1 });
    other.intensity(107.4, 30.2, day + 5_000_000);
    for (let i = 0; i < 50; i += 1) {
      const at = day + ((i * 37) % 50) * 20 * MINUTE;
      expect(other.intensity(107.35, 30.3, at)).toBe(weather.intensity(107.35, 30.3, at));
    }
    expect(createWeather({ seed: 6, bbox, rain: 1 }).fallen(107.35, 30.3, day, day + 86_400_000)).not.toBe(
      weather.fallen(107.35, 30.3, day, day + 86_400_000),
    );
  });

  it('rains somewhere in the county in most hours, and is never a flood on a calm day', () => {
    let wet = 0;
    for (let hour = 0; hour < 48; hour += 1) {
      const to = day + hour * 3_600_000;
      let most = 0;
      let driest = Number.POSITIVE_INFINITY;
      for (let x = 0; x < 6; x += 1) {
        for (let y = 0; y < 8; y += 1) {
          const mm = weather.fallen(bbox[0] + x * 0.08, bbox[1] + y * 0.07, to - 3_600_000, to);
          most = Math.max(most, mm);
          driest = Math.min(driest, mm);
        }
      }
      if (most > 2) wet += 1;
      expect(most).toBeLessThan(50);
      expect(driest).toBeLessThan(most / 2 + 0.5);
    }
    expect(wet).toBeGreaterThan(36);
  });

  it('adds up: two half hours make the hour', () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const to = day + hour * 3_600_000;
      const whole = weather.fallen(107.345, 30.333, to - 60 * MINUTE, to);
      const halves =
        weather.fallen(107.345, 30.333, to - 60 * MINUTE, to - 30 * MINUTE) +
        weather.fallen(107.345, 30.333, to - 30 * MINUTE, to);
      expect(halves).toBeCloseTo(whole, 1);
    }
  });

  it('can be dry, and grows with the factor', () => {
    expect(createWeather({ seed: 5, bbox, rain: 0 }).fallen(107.345, 30.333, day, day + 86_400_000)).toBe(0);
    const once = weather.fallen(107.345, 30.333, day, day + 86_400_000);
    const thrice = createWeather({ seed: 5, bbox, rain: 3 }).fallen(107.345, 30.333, day, day + 86_400_000);
    expect(thrice).toBeCloseTo(once * 3, 6);
    expect(weather.fallen(107.345, 30.333, day, day)).toBe(0);
  });
});
