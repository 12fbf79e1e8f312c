import { statesOptions } from '@citywall/pack-schema/panels';
import { type OccurrenceRow, stateOf, type ValueRow } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { groupLayoutOf, groupsOf, layoutOf, statesOf } from '../../../../../apps/wall/src/panels/states/option.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const MINUTE = 60_000;
const pump = (name: string, value: ValueRow['value'], more: Partial<ValueRow> = {}): [string, ValueRow] => [
  `water/pump/${name}|state`,
  {
    asset: `water/pump/${name}`,
    name: `${name}号泵`,
    metric: 'state',
    value,
    at: value === null ? 0 : NOW - MINUTE,
    receivedAt: NOW,
    quality: 'good',
    origin: 'live',
    feed: 'pumps',
    staleAfter: 3 * MINUTE,
    ...more,
  },
];
const alarm = (asset: string, level: string): [string, OccurrenceRow] => [
  `${asset}${level}`,
  {
    id: asset,
    system: 'water',
    type: 'alarm',
    at: NOW,
    receivedAt: NOW,
    status: 'raised',
    level,
    asset,
    fields: {},
    origin: 'live',
  },
];
const options = statesOptions.parse({
  states: [
    { is: 'running', zh: '运行', en: 'running', tone: 'on' },
    { is: 'stopped', zh: '停', en: 'stopped', tone: 'off' },
    { is: 'fault', zh: '故障', en: 'fault', tone: 'attention' },
  ],
  without: ['号泵'],
});
const state = stateOf([
  pump('北门10', 'running'),
  pump('北门2', 'fault'),
  pump('北门1', 'stopped'),
  pump('西山1', 'running', { at: NOW - 10 * MINUTE }),
  pump('西山2', null),
  pump('南阳1', 'jammed'),
  ['x', { ...pump('南阳1', 5)[1], metric: 'current' }],
]);
const board = (more: object = {}, alarms = stateOf<OccurrenceRow>([])) =>
  statesOf(state, alarms, { ...options, ...more }, NOW, 'zh', '未知');

describe('states', () => {
  it('keeps every cell in its place by name, numbers as numbers', () => {
    expect(board().cells.map(({ name, word, tone, stale }) => [name, word, tone, stale])).toEqual([
      ['北门1', '停', 'off', false],
      ['北门2', '故障', 'attention', false],
      ['北门10', '运行', 'on', false],
      ['南阳1', 'jammed', 'off', false],
      ['西山1', '运行', 'unknown', true],
      ['西山2', '未知', 'unknown', false],
    ]);
  });

  it('gives the shape of an alarm only where an alarm says so, the gravest of them', () => {
    expect(board().cells.every(({ alarm: shape }) => shape === null)).toBe(true);
    const alarms = stateOf([
      alarm('water/pump/北门1', 'P3'),
      alarm('water/pump/北门1', 'P2'),
      alarm('water/pump/西山2', '橙'),
    ]);
    expect(board({}, alarms).cells.map(({ alarm: shape }) => shape)).toEqual([2, null, null, null, null, null]);
  });

  it('puts what needs somebody first where asked: alarms, attention, unknown, then the rest', () => {
    const alarms = stateOf([alarm('water/pump/北门10', 'P1')]);
    expect(board({ sort: 'state' }, alarms).cells.map(({ name }) => name)).toEqual([
      '北门10',
      '北门2',
      '西山1',
      '西山2',
      '北门1',
      '南阳1',
    ]);
  });

  it('counts in the order of the options; an old state counts as unknown, never as running', () => {
    expect(board().counts.map(({ word, count }) => [word, count])).toEqual([
      ['运行', 1],
      ['停', 1],
      ['故障', 1],
      ['jammed', 1],
      ['未知', 2],
    ]);
  });

  it('says where a reading comes from', () => {
    expect(board().cells[4]!.attributes).toEqual({
      'data-asset': 'water/pump/西山1',
      'data-metric': 'state',
      'data-at': '2026-07-12T06:38:20.000Z',
      'data-quality': 'stale',
      'data-origin': 'live',
    });
    expect(statesOf(stateOf([pump('a', 'running')], { error: 'x' }), null, options, NOW, 'zh', '').cells).toEqual([]);
  });

  it('shrinks cells while they can be told apart, then counts', () => {
    const size = { width: 500, height: 110 };
    expect(layoutOf(9, size, 1, 3)).toMatchObject({ kind: 'named', columns: 9 });
    expect(layoutOf(9, size, 1, 5)).toMatchObject({ kind: 'named', columns: 5 });
    const small = layoutOf(100, size, 1, 5);
    expect(small.kind).toBe('small');
    expect(small.cell).toBeGreaterThanOrEqual(11);
    expect(layoutOf(5_000, size, 1, 5).kind).toBe('counts');
    // twice the pixels, the same picture
    expect(layoutOf(100, { width: 1000, height: 220 }, 2, 5)).toEqual({ ...small, cell: small.cell * 2 });
  });
});

describe('groups', () => {
  const plant = (name: string, of: string) => pump(name, 'running', { attributes: { plant: of } });
  const grouped = statesOf(
    stateOf([plant('B2', '东厂'), plant('A1', '南厂'), plant('B1', '东厂'), pump('C1', 'fault')]),
    stateOf<OccurrenceRow>([]),
    { ...options, group: 'plant' },
    NOW,
    'zh',
    '未知',
  );

  it('hold the cells of one attribute, in the order of the board; what has none stands together', () => {
    expect(groupsOf(grouped.cells).map(({ name, cells }) => [name, cells.map((cell) => cell.name)])).toEqual([
      ['—', ['C1']],
      ['东厂', ['B1', 'B2']],
      ['南厂', ['A1']],
    ]);
  });

  it('are as large as the room allows, in one line each', () => {
    const sizes = Array.from({ length: 24 }, (_, i) => 4 + (i % 2));
    const layout = groupLayoutOf(sizes, { width: 860, height: 400 }, 1);
    expect(layout?.kind).toBe('grouped');
    const { columns = 0, cell = 0 } = layout ?? {};
    expect(Math.ceil(24 / columns) * (22 + cell + 12) - 12).toBeLessThanOrEqual(400 - 58);
    expect(columns * (cell * 5 + 12 + 20) - 20).toBeLessThanOrEqual(860);
    expect(cell).toBeGreaterThan(20);
    expect(groupLayoutOf(sizes, { width: 1720, height: 800 }, 2)).toEqual({ ...layout, cell: cell * 2 });
  });

  it('are none where squares would be too small to be told apart', () => {
    expect(groupLayoutOf(Array(24).fill(30), { width: 300, height: 200 }, 1)).toBeNull();
  });
});
