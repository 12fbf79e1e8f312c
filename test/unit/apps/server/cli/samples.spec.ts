import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { citywall } from './surroundings.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'citywall-samples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const MESSAGE = {
  topic: 'smartwaste/sensors/B-7',
  payload: { timestamp: '2026-07-09T06:30:00Z', fill_level: '61.5' },
  encoding: 'json',
};
const READING = { asset: 'B-7', metric: 'level', value: 61.5, unit: '%', time: '2026-07-09T06:30:00Z' };

async function family(name: string, messages: object[], expected: object[]): Promise<string> {
  const root = await mkdtemp(join(folder, 'of-'));
  await mkdir(join(root, name));
  await writeFile(join(root, name, 'messages.ndjson'), messages.map((one) => JSON.stringify(one)).join('\n'));
  await writeFile(join(root, name, 'expected.json'), JSON.stringify(expected));
  return root;
}

describe('citywall samples', () => {
  it('prints a family a line; a metric may have another name', async () => {
    const root = await family('smart-waste', [MESSAGE], [{ line: 1, readings: [READING], events: [] }]);
    const { code, out } = await citywall(['samples', root]);
    expect(out.split('\n')).toEqual([
      'family       messages  readings  events  rejected  known faults  result',
      '-----------  --------  --------  ------  --------  ------------  ------',
      'smart-waste         1         1       0         0             0  ok',
      '1 of 1 families as expected',
    ]);
    expect(code).toBe(0);
  });

  it.each<[string, object, object, RegExp]>([
    ['another value', {}, { value: 62 }, /line 1: missing: .*62/],
    ['another unit', {}, { unit: 'cm' }, /line 1: missing: .*cm/],
    ['another asset', {}, { asset: 'B-8' }, /line 1: missing: .*B-8/],
    ['another time', {}, { time: '2026-07-09T06:30:01Z' }, /line 1: missing/],
    ['a message nobody can read', { payload: 'x', encoding: 'text' }, {}, /line 1: rejected, decode/],
  ])('%s is told: exit code 1', async (_name, message, reading, said) => {
    const root = await family(
      'smart-waste',
      [{ ...MESSAGE, ...message }],
      [{ line: 1, readings: [{ ...READING, ...reading }], events: [] }],
    );
    const { code, out } = await citywall(['samples'], { CITYWALL_SAMPLES_DIR: root });
    expect(out).toMatch(said);
    expect(out).toContain('0 of 1 families as expected');
    expect(code).toBe(1);
  });

  it('a family without a recipe is told; a folder without families is not understood', async () => {
    const root = await family('unheard-of', [MESSAGE], [{ line: 1, readings: [], events: [] }]);
    expect((await citywall(['samples', root])).out).toContain('unheard-of: there is no recipe of this name');
    expect(await citywall(['samples', join(root, 'unheard-of')])).toMatchObject({ code: 2 });
    expect(await citywall(['samples'])).toMatchObject({ code: 2 });
    expect(await citywall(['samples', '/nowhere/at/all'])).toMatchObject({ code: 2 });
  });
});
