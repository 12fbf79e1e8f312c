import { type CaseloadRow, type GroupsViewSpec, type IndexRow, stateOf } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { caseloadOf } from '../../../../../apps/wall/src/panels/caseload/option.js';
import { groupsOf } from '../../../../../apps/wall/src/panels/groups/option.js';
import { healthOf } from '../../../../../apps/wall/src/panels/health/option.js';

const words = (text: string) => ({ zh: text, en: text });
const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);

describe('health', () => {
  const options = {
    classes: [{ below: 55, ...words('应急') }, { below: 85, ...words('关注') }, words('平稳')],
  };
  const part = (name: string, score: number | null, more: Partial<IndexRow> = {}): IndexRow => ({
    name: words(name),
    share: 50,
    state: score === null ? 'thin' : 'shown',
    score,
    coverage: 1,
    measures: [],
    origin: 'live',
    ...more,
  });
  const of = (score: number | null, ...rows: IndexRow[]) =>
    healthOf(
      stateOf(
        rows.map((row, i) => [String(i), row]),
        { score, coverage: 0.874 },
      ),
      options,
      'zh',
    );

  it('has the word of its class, and a place on the scale', () => {
    expect(of(62.5, part('安全', 62.5))).toMatchObject({ score: '62.5', word: '关注', at: 0.625, coverage: 87 });
    expect(of(85, part('安全', 85)).word).toBe('平稳');
    expect(of(12, part('安全', 12)).steps.map(({ until, bound, holds }) => [until, bound, holds])).toEqual([
      [0.55, 55, true],
      [0.85, 85, false],
      [1, null, false],
    ]);
  });

  it('without a score has no word, and says whether it waits or lacks data', () => {
    expect(of(null, part('安全', null))).toMatchObject({ score: '—', word: '', at: null, state: 'thin' });
    expect(of(null, part('安全', null, { state: 'waiting' }))).toMatchObject({ state: 'waiting' });
    expect(healthOf(null, options, 'zh')).toMatchObject({ score: '—', parts: [], state: 'waiting' });
  });

  it('names the part with the fewest points, and those that nobody brings', () => {
    const health = of(
      80,
      part('安全', 90),
      part('交通', 60),
      part('环境', null, { state: 'unconnected', share: 0 }),
      part('服务', null),
    );
    expect(health.lowest).toBe('1');
    expect(health.leftOut).toEqual(['环境']);
    expect(health.parts.map(({ score, filled }) => [score, filled])).toEqual([
      ['90', 0.9],
      ['60', 0.6],
      ['—', null],
      ['—', null],
    ]);
  });

  it('tells of each measure what it is, where, and how much of it is missing', () => {
    const measures: IndexRow['measures'] = [
      { id: 'a', name: words('积水'), unit: words('处'), state: 'thin', value: 3, score: null, fresh: 7, total: 12 },
      {
        id: 'b',
        name: words('水位'),
        decimals: 1,
        state: 'shown',
        value: 4,
        score: 88,
        fresh: 2,
        total: 2,
        place: '桂溪',
      },
      { id: 'c', name: words('空气'), state: 'unconnected', value: null, score: null, fresh: 0, total: 1 },
    ];
    expect(of(1, part('安全', 1, { measures })).parts[0]?.measures).toMatchObject([
      { value: '3', unit: '处', points: '—', partly: '7/12' },
      { value: '4.0', points: '88', partly: '', place: '桂溪' },
      { value: '—', partly: '' },
    ]);
  });
});

describe('groups', () => {
  const spec: GroupsViewSpec = {
    kind: 'groups',
    by: 'town',
    columns: [
      { id: 'cases', view: { kind: 'caseload', types: ['a/b'], since: 'today' }, take: 'open' },
      { id: 'depth', view: { kind: 'aggregate', of: 'a/b/c', fn: 'max' }, take: 'value' },
    ],
    order: ['depth'],
    limit: 30,
  };
  const options = {
    group: words('镇'),
    columns: [
      { id: 'depth', name: words('深'), decimals: 1, max: 40, rest: 'max' as const },
      { id: 'cases', name: words('件'), rest: 'sum' as const },
    ],
  };
  const row = (cases: number, depth: number | null, fresh = 1) => ({
    values: [cases, depth],
    fresh: [0, fresh],
    total: [0, depth === null ? 0 : 1],
    origin: 'live',
  });
  const state = stateOf(
    [
      ['甲', row(1, 60)],
      ['乙', row(2, 10, 0)],
      ['丙', row(3, 4)],
      ['丁', row(4, null)],
    ],
    { count: 4 },
  );

  it('have their cells in the order of the panel, whatever the order of the view', () => {
    const { lines, rest } = groupsOf(spec, state, options, 9);
    expect(lines.map(({ rank, key, cells }) => [rank, key, ...cells.map(({ text }) => text)])).toEqual([
      [1, '甲', '60.0', '1'],
      [2, '乙', '10.0', '2'],
      [3, '丙', '4.0', '3'],
      [4, '丁', '—', '4'],
    ]);
    expect(lines[0]?.cells.map(({ share }) => share)).toEqual([1, null]);
    expect(rest).toBeNull();
  });

  it('what is old and what nobody measures are told apart', () => {
    const { lines } = groupsOf(spec, state, options, 9);
    expect(lines.map(({ cells }) => [cells[0]?.stale, cells[0]?.none])).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  it('end in one line for those without room: sums, and what none of them passes', () => {
    const { lines, rest } = groupsOf(spec, state, options, 3);
    expect(lines.map(({ key }) => key)).toEqual(['甲', '乙']);
    expect(rest?.count).toBe(2);
    expect(rest?.cells.map(({ text }) => text)).toEqual(['≤ 4.0', '7']);
  });

  it('those beyond the limit of the view are counted', () => {
    expect(groupsOf(spec, { ...state, meta: { count: 26 } }, options, 9).rest?.count).toBe(22);
    expect(groupsOf(spec, stateOf([], { error: 'x' }), options, 9)).toEqual({ lines: [], rest: null });
  });
});

describe('caseload', () => {
  const row = (system: string, state: CaseloadRow['state'], opened: number, open: number, closed: number) => ({
    system,
    type: 'case',
    state,
    opened,
    open,
    closed,
    origin: 'live',
  });
  const state = stateOf<unknown>([
    ['urban/case', row('urban', 'live', 10, 40, 5)],
    ['traffic/case', { ...row('traffic', 'silent', 2, 10, 1), heardAt: NOW, capped: true }],
    ['elderly/case', row('elderly', 'unconnected', 0, 0, 0)],
    ['citizen/case', row('citizen', 'waiting', 0, 0, 0)],
  ]);

  it('has a line a kind; what is not known is no zero', () => {
    const load = caseloadOf(
      state,
      { words: { 'elderly/case': words('SOS') } },
      { 'urban/case': { name: words('案件') } },
      'zh',
    );
    expect(
      load.lines.map(({ name, state: said, opened, open, closed, share }) => [name, said, opened, open, closed, share]),
    ).toEqual([
      ['案件', 'live', '10', '40', '5', 1],
      ['case', 'silent', '≥ 2', '≥ 10', '≥ 1', 0.25],
      ['SOS', 'unconnected', '—', '—', '—', 0],
      ['case', 'waiting', '—', '—', '—', 0],
    ]);
    expect([load.opened, load.closed]).toEqual(['≥ 12', '≥ 6']);
  });

  it('without any there is no sum', () => {
    expect(caseloadOf(stateOf([]), {}, undefined, 'zh')).toEqual({ lines: [], opened: '—', closed: '—' });
  });
});
