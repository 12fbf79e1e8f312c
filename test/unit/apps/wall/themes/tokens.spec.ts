import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { COLOURS, DARK_TEXT_FROM, RAMPS, type RampName } from '../../../../../apps/wall/src/themes/tokens.js';

const css = readFileSync(join(import.meta.dirname, '../../../../../apps/wall/src/themes/tokens.css'), 'utf8');
const token = (name: string) => new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1];

type Rgb = [number, number, number];
const rgb = (hex: string): Rgb => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as Rgb;
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
/** brightest ground a panel can stand on: `--surface` (70 %) over the radial ground's centre */
const PANEL: Rgb = [14 * 0.7 + 12 * 0.3, 27 * 0.7 + 29 * 0.3, 48 * 0.7 + 58 * 0.3];

describe('tokens', () => {
  it('are the same in CSS and for canvases', () => {
    const pairs = {
      text: 'text',
      text2: 'text-2',
      text3: 'text-3',
      line2: 'line-2',
      brand: 'brand',
      s1: 's1',
      s2: 's2',
      s3: 's3',
      s4: 's4',
    };
    for (const [key, name] of Object.entries(pairs)) {
      expect([name, token(name)]).toEqual([name, COLOURS[key as keyof typeof COLOURS]]);
    }
  });

  it.each(['text', 'text-2', 'text-3', 'simulated-text'])('%s can be read on a panel (4.5:1)', (name) => {
    expect(contrast(rgb(token(name)!), PANEL)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(RAMPS) as RampName[])('lightness of the ramp %s only rises', (name) => {
    const steps = RAMPS[name].map((hex) => luminance(rgb(hex)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });

  it.each(['rain', 'depth'] as RampName[])('labels can be read on every step of %s (4.5:1)', (name) => {
    RAMPS[name].forEach((hex, step) => {
      const ink = rgb(step >= DARK_TEXT_FROM[name] ? '#04202a' : '#ffffff');
      expect({ hex, ratio: contrast(ink, rgb(hex)) >= 4.5 }).toEqual({ hex, ratio: true });
    });
  });
});
