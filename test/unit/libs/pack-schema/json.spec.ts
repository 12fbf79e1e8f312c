import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readJson } from '../../../../libs/pack-schema/src/json.js';
import { Places } from '../../../../libs/pack-schema/src/places.js';
import { readYaml } from '../../../../libs/pack-schema/src/yaml.js';
import { FIXTURES } from './texts.js';

/** Every value with the places of its members, as text. */
function placed(value: unknown, places: Places): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [
    places.self(value),
    ...entries.map(([step, member]) => [
      step,
      places.keyOf(value, step),
      places.find(value, [step]),
      placed(member, places),
    ]),
  ];
}

function both(text: string): { json: unknown; yaml: unknown } {
  const jsonPlaces = new Places();
  const yamlPlaces = new Places();
  const json = readJson(text, 'a.geojson', jsonPlaces);
  const yaml = readYaml(text, 'a.geojson', yamlPlaces);
  return { json: placed(json?.value, jsonPlaces), yaml: placed(yaml.value, yamlPlaces) };
}

describe('readJson', () => {
  it('reads values and places as the YAML reader does', () => {
    const { json, yaml } = both(readFileSync(join(FIXTURES, 'good/assets.geojson'), 'utf8'));
    expect(json).toEqual(yaml);
    expect(json).toBeDefined();
  });

  it('gives what JSON.parse gives, for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 1, 2), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        fc.pre(!/"(__proto__|constructor|prototype)":/.test(spaced));
        expect(readJson(spaced, 'a', new Places())?.value).toEqual(JSON.parse(spaced));
      }),
      { seed: 20260709, numRuns: 300 },
    );
  });

  it.each([
    '',
    '{',
    '{"a":1,}',
    '[1 2]',
    '{"a":1,"a":2}',
    '{"__proto__":1}',
    '{a: 1}',
    '"\\x"',
    '"open',
    '01',
    '[NaN]',
    '1 # c',
    `${'['.repeat(80)}${']'.repeat(80)}`,
  ])('leaves %j to the YAML reader', (text) => {
    expect(readJson(text, 'a', new Places())).toBeUndefined();
  });

  it('reads ten thousand assets in the time of a blink', () => {
    const feature = (index: number) =>
      `{"type":"Feature","id":"lamp/${index}","properties":{"name":"灯 ${index}","town":"桂溪街道"},"geometry":{"type":"Point","coordinates":[107.3,30.3]}}`;
    const text = `{"type":"FeatureCollection","features":[\n${Array.from({ length: 10_000 }, (_, i) => feature(i)).join(',\n')}]}`;
    const started = performance.now();
    const { value } = readJson(text, 'a', new Places()) ?? {};
    expect((value as { features: unknown[] }).features).toHaveLength(10_000);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
