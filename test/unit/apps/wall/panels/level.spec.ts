import { levelOptions } from '@citywall/pack-schema/panels';
import { stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import {
  freeBand,
  levelAssets,
  limitsFromNormal,
  scaleOf,
  spread,
} from '../../../../../apps/wall/src/panels/level/option.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const MINUTE = 60_000;
const row = (key: string, value: number | null, more: Partial<ValueRow> = {}): [string, ValueRow] => [
  `${key}|${more.metric ?? 'level'}`,
  {
    asset: `water/reservoir/${key}`,
    name: `${key}水库`,
    metric: 'level',
    value,
    at: value === null ? 0 : NOW - MINUTE,
    receivedAt: NOW,
    quality: 'good',
    origin: 'live',
    feed: 'rt',
    staleAfter: 3 * MINUTE,
    attributes: { floodLimit: 460, damCrest: 466 },
    ...more,
  },
];
const options = levelOptions.parse({
  metric: 'level',
  limits: [
    { attribute: 'floodLimit', name: { zh: '汛限', en: 'limit' }, normal: true },
    { attribute: 'damCrest', name: { zh: '坝顶', en: 'crest' } },
    { attribute: 'nowhere', name: { zh: '校核', en: 'check' } },
  ],
  beside: [
    { metric: 'inflow', name: { zh: '入', en: 'in' } },
    { metric: 'outflow', name: { zh: '出', en: 'out' } },
  ],
});
const state = stateOf([
  row('甲', 459),
  row('乙', null),
  row('丙', 460.5, { at: NOW - 10 * MINUTE }),
  row('甲', 154, { metric: 'inflow' }),
  row('丁', 300, { attributes: {} }),
]);
const assets = (more: object = {}) => levelAssets(state, { ...options, ...more }, NOW, 'zh');

describe('level', () => {
  it('draws the one farthest over its limit large, or the one that is named', () => {
    expect(assets().map(({ name, above, stale }) => [name, above, stale])).toEqual([
      ['丙水库', 0.5, true],
      ['甲水库', -1, false],
      ['乙水库', null, false],
      ['丁水库', null, false],
    ]);
    expect(assets({ asset: 'water/reservoir/乙' })[0]!.name).toBe('乙水库');
    expect(assets({ asset: 'water/reservoir/nobody' })[0]!.name).toBe('丙水库');
    expect(levelAssets(stateOf([row('甲', 1)], { error: 'not-loaded' }), options, NOW, 'zh')).toEqual([]);
  });

  it('takes limits from attributes, from the top down, and leaves out those that nobody gave', () => {
    expect(assets()[1]!.limits).toEqual([
      { name: '坝顶', value: 466, normal: false },
      { name: '汛限', value: 460, normal: true },
    ]);
    expect(assets()[1]!.beside.map((each) => each?.value)).toEqual([154, undefined]);
    expect(assets()[3]!.limits).toEqual([]);
  });

  it('tells where the other limits stand from the normal one', () => {
    expect(assets().map(limitsFromNormal)).toEqual([[6], [6], [6], []]);
  });

  it('has one straight scale for all, with everything in it', () => {
    const scale = scaleOf(assets(), options);
    expect(scale.at(0) - scale.at(1)).toBeCloseTo(scale.at(-1) - scale.at(0));
    expect(scale.at(6)).toBeGreaterThan(0.05);
    expect(scale.at(-99)).toBe(1);
    expect(scale.at(99)).toBe(0);
    const tank = scaleOf(assets(), { ...options, range: [440, 470] });
    expect([tank.at(10), tank.at(-20), tank.at(-5)]).toEqual([0, 1, 0.5]);
    expect(Number.isFinite(scaleOf([], options).at(0))).toBe(true);
  });

  it('moves names off each other and keeps their order', () => {
    expect(spread([100, 105, 200], 20, 20)).toEqual([85, 105, 200]);
    expect(spread([10, 12, 14], 20, 20)).toEqual([20, 40, 60]);
    expect(spread([], 20, 20)).toEqual([]);
  });

  it('finds room for the figure where nothing is written', () => {
    expect(freeBand([[10, 30]], 60, 50, 200)).toBe(50);
    expect(
      freeBand(
        [
          [10, 30],
          [90, 110],
        ],
        60,
        50,
        200,
      ),
    ).toBe(110);
    expect(
      freeBand(
        [
          [10, 30],
          [150, 170],
        ],
        60,
        120,
        200,
      ),
    ).toBe(30);
    expect(freeBand([], 60, 500, 200)).toBe(0);
  });
});
