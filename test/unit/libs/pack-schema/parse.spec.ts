import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePack, showProblem } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { FIXTURES, readTexts } from './texts.js';

const good = readTexts(join(FIXTURES, 'good'));
const pack = () => {
  const parsed = parsePack(good, new Map(), { id: 'water' });
  expect(parsed.problems).toEqual([]);
  if (parsed.pack === undefined) throw new Error('the good fixture has no pack');
  return parsed.pack;
};

describe('a good pack', () => {
  it('comes out with durations in milliseconds and the catalogue in the words of the model', () => {
    const { maxAge, metrics, assetTypes, zone, order } = pack();
    expect({ maxAge, zone, order }).toEqual({ maxAge: 30 * 86_400_000, zone: 'Asia/Shanghai', order: 1 });
    expect(metrics[0]).toEqual({
      type: 'reservoir',
      name: 'level',
      label: { zh: '库水位', en: 'Level' },
      unit: 'm',
      kind: 'gauge',
      range: { min: 435, max: 470 },
      maxRatePerMinute: 0.1,
      staleAfter: 900_000,
      history: 'day',
      decimals: 2,
    });
    expect(metrics[1]).toMatchObject({ range: { min: 0 }, history: 'hour' });
    expect(assetTypes).toMatchObject({ reservoir: { expected: ['level'] }, pump: { expected: [] } });
  });

  it('declares assets whole: id, place, what else is said becomes attributes', () => {
    expect(pack().assets).toEqual([
      {
        id: 'water/reservoir/60711250',
        system: 'water',
        type: 'reservoir',
        key: '60711250',
        name: '龙滩水库',
        extId: 'WAT-RSV-SP-0001',
        place: { lon: 107.5, lat: 30.2 },
        placement: 'schematic',
        inService: true,
        attributes: { floodLimit: 462.5 },
        declared: true,
      },
      {
        id: 'water/pump/1',
        system: 'water',
        type: 'pump',
        key: '1',
        name: '一号泵',
        place: null,
        inService: false,
        attributes: { at: '60711250' },
        declared: true,
      },
    ]);
  });

  it('completes short views with its own system', () => {
    const [scene] = pack().scenes;
    expect(scene?.panels[0]?.views.series).toEqual({
      kind: 'series',
      asset: 'water/reservoir/60711250',
      metric: 'level',
      window: 10_800_000,
      step: 60_000,
    });
    expect(scene?.panels[1]?.views.rows).toEqual({
      kind: 'rank',
      of: 'water/reservoir/level',
      order: 'desc',
      limit: 10,
    });
    expect(scene?.panels[1]?.views.plan).toMatchObject({ system: 'water', since: 'today' });
    expect(pack().kpis[0]?.view).toMatchObject({ of: 'water/reservoir/level' });
  });

  it('collects what is personal from declarations and feeds', () => {
    expect(pack().pii).toEqual({ occurrences: { report: { caller: 'phone' } }, readings: {} });
  });

  it('a declaration that says pii: false outweighs the feed', () => {
    const texts = new Map(good).set('pack.yaml', (good.get('pack.yaml') ?? '').replace('pii: phone', 'pii: false'));
    expect(parsePack(texts).pack?.pii.occurrences.report).toEqual({});
  });

  it('parts that are not needed are not read, whatever stands in them', () => {
    const files = new Map([...good, ['simulator.yaml', 'streams: ['], ['cases/a.yaml', '- {']]);
    expect(parsePack(files, new Map(), { id: 'water' }).pack).toBeUndefined();
    const { pack: some, problems } = parsePack(files, new Map(), { id: 'water', without: ['simulator', 'cases'] });
    expect(problems).toEqual([]);
    expect(some).toMatchObject({ simulator: null, cases: [] });
    expect({ ...some, simulator: 0, cases: 0 }).toEqual({ ...pack(), simulator: 0, cases: 0 });
  });

  it('pack.yaml alone is a pack', () => {
    const { pack: small, problems } = parsePack(new Map([['pack.yaml', 'id: a\nname: { zh: 甲, en: A }\n']]));
    expect(problems).toEqual([]);
    expect(small).toMatchObject({ id: 'a', kind: 'system', short: { zh: '甲', en: 'A' }, feeds: [], simulator: null });
  });
});

describe('a bad pack', () => {
  const cases = readdirSync(join(FIXTURES, 'bad'));

  it.each(cases)('%s: every problem with its place and what to do', (name) => {
    const bad = readTexts(join(FIXTURES, 'bad', name));
    const expected = readFileSync(join(FIXTURES, 'bad', name, 'expected.txt'), 'utf8');
    bad.delete('expected.txt');
    const { pack: parsed, problems } = parsePack(new Map([...good, ...bad]), new Map(), { id: 'water' });
    expect(`${problems.map(showProblem).join('\n')}\n`).toBe(expected);
    expect(parsed).toBeUndefined();
  });

  it('a missing pack.yaml is one problem, and what the other files refer to is not judged', () => {
    const texts = new Map(good);
    texts.delete('pack.yaml');
    const { problems } = parsePack([{ root: 'packs/water', files: texts }], new Map(), { id: 'water' });
    expect(problems.map(showProblem)).toEqual([
      'packs/water/pack.yaml:1:1 pack.yaml is missing: every pack folder has one',
    ]);
  });

  it('names the path of the value beside its place', () => {
    const texts = new Map(good).set('kpis.yaml', (good.get('kpis.yaml') ?? '').replace('fn: count', 'fn: sums'));
    expect(parsePack(texts).problems[0]?.path).toBe('kpis[0].view.fn');
  });

  it('survives an alias bomb and deep nesting with a problem', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 0; i < 8; i += 1) {
      const from = String.fromCharCode(97 + i);
      const to = String.fromCharCode(98 + i);
      bomb.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`);
    }
    const bombed = parsePack(new Map(good).set('kpis.yaml', bomb.join('\n')));
    expect(bombed.problems.some((problem) => problem.message.includes('too large'))).toBe(true);
    for (const depth of [500, 50_000]) {
      const deep = parsePack(new Map(good).set('kpis.yaml', `kpis: ${'['.repeat(depth)}${']'.repeat(depth)}`));
      expect(deep.problems.some((problem) => problem.message.includes('nested too deeply'))).toBe(true);
    }
  });
});
