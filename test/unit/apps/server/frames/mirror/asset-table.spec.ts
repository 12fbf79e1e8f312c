import { describe, expect, it } from '@jest/globals';
import { AssetTable, SEEN_MS } from '../../../../../../apps/server/src/frames/mirror/asset-table.js';
import { Marks } from '../../../../../../apps/server/src/frames/mirror/value-store.js';
import type { Row } from '../../../../../../apps/server/src/state/index.js';
import type { Asset } from '../../../../../../libs/model/src/index.js';

const NOW = 1_800_000_000_000;

function table(expected: string[] = []): AssetTable {
  return new AssetTable({
    system: 'water',
    type: 'pump',
    metrics: new Map(),
    expected,
    piiOf: () => undefined,
    marks: new Marks(),
  });
}

const asset = (key: string, inService = true): Asset => ({
  id: `water/pump/${key}`,
  system: 'water',
  type: 'pump',
  key,
  name: `Pump ${key}`,
  place: null,
  inService,
  attributes: { town: 'a' },
  declared: true,
});
const row = (key: string, value: number, at = NOW): Row => [`pump/${key}`, 'level', value, at, at, 0, 0, [], 'feed'];

describe('AssetTable', () => {
  it('gives the pack’s object of a declared asset and makes that of a discovered one when asked', () => {
    const pumps = table();
    const declared = asset('1');
    pumps.declare(declared);
    const index = pumps.discover('pump/north/2');
    expect(pumps.asset(0)).toBe(declared);
    expect(pumps.declaredAsset(0)).toBe(declared);
    expect(pumps.declaredAsset(index)).toBeUndefined();
    expect(pumps.asset(index)).toEqual({
      id: 'water/pump/north/2',
      system: 'water',
      type: 'pump',
      key: 'north/2',
      name: 'north/2',
      place: null,
      inService: true,
      attributes: {},
      declared: false,
    });
  });

  it('finds an asset by its type/key and by its whole id, and no other', () => {
    const pumps = table();
    const index = pumps.discover('pump/a');
    expect(pumps.discover('pump/a')).toBe(index);
    expect([pumps.indexOf('pump/a'), pumps.find('water/pump/a'), pumps.id(index)]).toEqual([
      index,
      index,
      'water/pump/a',
    ]);
    for (const id of ['waste/pump/a', 'water/pump/b', 'pump/a', '']) expect(pumps.find(id)).toBeUndefined();
    expect(pumps.size).toBe(1);
  });

  it('tells watchers of assets that are new, once', () => {
    const pumps = table();
    const seen: number[] = [];
    const end = pumps.watch((index) => seen.push(index));
    pumps.discover('pump/a');
    pumps.discover('pump/b');
    pumps.discover('pump/a');
    end();
    pumps.discover('pump/c');
    expect(seen).toEqual([0, 1]);
  });

  it('expects declared assets in service, or where none is declared those seen in a day', () => {
    const declared = table();
    declared.declare(asset('1'));
    declared.declare(asset('2', false));
    declared.see(declared.discover('pump/3'), NOW);
    expect([0, 1, 2].map((index) => declared.expects(index, NOW))).toEqual([true, false, false]);
    const discovered = table();
    discovered.see(discovered.discover('pump/a'), NOW - SEEN_MS);
    discovered.see(discovered.discover('pump/b'), NOW - SEEN_MS - 1);
    expect([0, 1].map((index) => discovered.expects(index, NOW))).toEqual([true, false]);
  });

  it('counts an expected asset as fresh by its newest value of any metric', () => {
    const pumps = table();
    for (const key of ['1', '2', '3']) pumps.declare(asset(key));
    pumps.column('level').put(0, row('1', 1, NOW - 500));
    pumps.column('flow').put(0, row('1', 1, NOW - 200));
    pumps.column('level').put(1, row('2', 1, NOW - 300));
    const covered = { fresh: 0, total: 0, oldestAt: null, origin: 'live' as const };
    pumps.cover(covered, NOW);
    expect(covered).toEqual({ fresh: 2, total: 3, oldestAt: NOW - 300, origin: 'live' });
  });

  it('a column gives the same members every time, brought up to date', () => {
    const pumps = table(['level']);
    pumps.declare(asset('1'));
    pumps.declare(asset('2', false));
    const level = pumps.column('level');
    const [before] = level.current(NOW);
    expect(before).toMatchObject({ asset: 'water/pump/1', value: null, expected: true, attributes: { town: 'a' } });
    level.put(0, row('1', 4));
    const after = level.current(NOW);
    expect(after).toHaveLength(1);
    expect(after[0]).toBe(before);
    expect(after[0]).toMatchObject({ value: 4, at: NOW, quality: 'good', origin: 'live' });
  });
});
