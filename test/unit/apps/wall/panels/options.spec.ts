import { stateOf, type ValueRow, type ViewSpec, type ViewState } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { liveSystems, shownFigure } from '../../../../../apps/wall/src/panels/figure/option.js';
import { noticeLines } from '../../../../../apps/wall/src/panels/notices/option.js';
import { linesOf } from '../../../../../apps/wall/src/panels/occurrences/option.js';
import { barsOf, fullOf, limitMarks } from '../../../../../apps/wall/src/panels/ranking/option.js';
import { gauges, heights, METRES_BELOW, shortName } from '../../../../../apps/wall/src/panels/reservoirs/option.js';
import { namesTouch, stagesOf } from '../../../../../apps/wall/src/panels/stages/option.js';
import { offTicks, systemCells, TICKS } from '../../../../../apps/wall/src/panels/systems/option.js';
import { tableOf } from '../../../../../apps/wall/src/panels/table/option.js';
import { warningLines } from '../../../../../apps/wall/src/panels/warnings/option.js';
import type { Summary } from '../../../../../apps/wall/src/readings/summary.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const MINUTE = 60_000;
const LIVE: Summary = { state: 'live', coverage: null, oldestAt: null, newestAt: null, error: null };
const row = (key: string, value: ValueRow['value'], more: Partial<ValueRow> = {}): ValueRow => ({
  asset: `water/reservoir/${key}`,
  name: `${key}水库`,
  metric: 'level',
  value,
  at: NOW - MINUTE,
  receivedAt: NOW,
  quality: 'good',
  origin: 'simulated',
  feed: 'rt',
  staleAfter: 15 * MINUTE,
  ...more,
});
const rows = (...list: ValueRow[]) => stateOf(list.map((item) => [`${item.asset}|${item.metric}`, item]));

describe('figure', () => {
  const spec: ViewSpec = { kind: 'aggregate', of: 'water/rain/rain1h', fn: 'max' };
  const all = {
    value: 50.64,
    fresh: 63,
    total: 68,
    oldestAt: NOW - MINUTE,
    origin: 'simulated' as const,
    asset: 'water/rain/1',
    name: '桂溪站',
  };
  const shown = (
    show: Parameters<typeof shownFigure>[0],
    state: ViewState = stateOf([['all', all]]),
    of: ViewSpec = spec,
  ) => shownFigure(show, { spec: of, state }, LIVE, NOW, 'zh');

  it('shows value, unit and class, and says which reading it is', () => {
    const classes = [
      { below: 60, zh: '大', en: 'high' },
      { zh: '特大', en: 'extreme' },
    ];
    expect(shown({ show: 'value', unit: { zh: 'mm', en: 'mm' }, decimals: 1, classes })).toEqual({
      text: '50.6',
      unit: 'mm 大',
      label: '',
      attributes: {
        'data-asset': 'water/rain/1',
        'data-metric': 'rain1h',
        'data-at': '2026-07-12T06:47:20.000Z',
        'data-quality': 'good',
        'data-origin': 'simulated',
      },
    });
    expect(shown({ show: 'name' }).text).toBe('桂溪站');
  });

  it('is stale where no member is fresh', () => {
    expect(shown({ show: 'value' }, stateOf([['all', { ...all, fresh: 0 }]])).attributes?.['data-quality']).toBe(
      'stale',
    );
  });

  it('shows — and never zero where there is no answer', () => {
    expect(shown({ show: 'value' }, stateOf([['all', { ...all, value: null }]])).text).toBe('—');
    expect(shown({ show: 'count' }, stateOf([], { error: 'not-loaded' })).text).toBe('—');
    expect(shownFigure({ show: 'count' }, undefined, LIVE, NOW, 'zh').text).toBe('—');
  });

  it('counts, and says when a count is a lower bound', () => {
    const tally: ViewSpec = { kind: 'tally', system: 'urban', by: 'status' };
    expect(shown({ show: 'count' }, stateOf([], { count: 1264 }), tally).text).toBe('1,264');
    expect(shown({ show: 'count' }, stateOf([], { count: 1264, capped: true }), tally).text).toBe('≥ 1,264');
  });

  it('counts nothing of feeds that never brought anything, and zero of feeds that live', () => {
    const tally: ViewSpec = { kind: 'tally', system: 'urban', by: 'status' };
    const of = (meta: object) =>
      shown({ show: 'count' }, stateOf([], { count: 0, feedsTotal: 1, ...meta }), tally).text;
    expect(of({ feedsLive: 0, heardAt: null })).toBe('—');
    expect(of({ feedsLive: 0, heardAt: NOW - 1 })).toBe('0');
    expect(of({ feedsLive: 1 })).toBe('0');
  });

  it('sums up systems', () => {
    const systems = stateOf([
      ['a', { state: 'live', fresh: 90, total: 100 }],
      ['b', { state: 'silent', fresh: 0, total: 20 }],
    ]);
    expect(shown({ show: 'freshShare', decimals: 1 }, systems, { kind: 'systems' }).text).toBe('75.0');
    expect(shown({ show: 'systemsLive' }, systems, { kind: 'systems' }).text).toBe('1/2');
    expect(liveSystems([{ state: 'partial' }, { state: 'waiting' }] as never)).toBe(1);
  });
});

describe('reservoirs', () => {
  const options = { limit: 'floodLimit', metric: 'level' };
  it('stand by how far they are over their limit, those without data last', () => {
    const state = rows(
      row('双河', 459, { attributes: { floodLimit: 460 } }),
      row('红旗', null, { at: 0, attributes: { floodLimit: 460 } }),
      row('龙滩', 462.53, { attributes: { floodLimit: 462.5 } }),
      row('无限', 400),
      row('八一', 450, { at: NOW - 20 * MINUTE, attributes: { floodLimit: 451 } }),
      row('流量', 5, { metric: 'inflow' }),
    );
    const shown = gauges(state, options, NOW);
    expect(
      shown.map(({ name, above, stale }) => [name, above === null ? null : Number(above.toFixed(2)), stale]),
    ).toEqual([
      ['龙滩', 0.03, false],
      ['双河', -1, false],
      ['八一', -1, true],
      ['红旗', null, false],
      ['无限', null, false],
    ]);
  });

  it('share one line and one scale, and stay in the picture', () => {
    const { line } = heights(0);
    expect(heights(0).water).toBeCloseTo(line);
    expect(heights(0.3).water - line).toBeCloseTo(line - heights(-0.3).water);
    expect(heights(99).water).toBe(1);
    expect(heights(-99).water).toBeGreaterThan(0);
    expect(heights(null)).toEqual({ water: 0, line });
    expect(METRES_BELOW).toBeGreaterThan(1.5);
    expect(shortName('水库')).toBe('水库');
  });
});

describe('ranking', () => {
  const spec = { max: 40, town: true };
  it('starts bars at zero, ends them at the full value, and keeps a stale one in its place', () => {
    const state = rows(
      row('a', 46, { attributes: { town: '桂溪街道' } }),
      row('b', 20, { at: NOW - 16 * MINUTE, attributes: { town: '沙河乡' } }),
      row('c', 10),
      row('d', -3),
    );
    const bars = barsOf(state, 'level', spec, NOW, 'zh');
    expect(bars.map(({ share, stale, town, text }) => [share, stale, town, text])).toEqual([
      [1, false, '桂溪', '46'],
      [0.5, true, '沙河', '20'],
      [0.25, false, '', '10'],
      [0, false, '', '−3'],
    ]);
    expect(bars[1]!.attributes['data-quality']).toBe('stale');
  });

  it('keeps its limits on the track, named where there is room', () => {
    const limits = [
      { value: 40, name: { zh: '封闭', en: 'close' } },
      { value: 15, name: { zh: '限行', en: 'restrict' } },
      { value: 27, name: { zh: '27', en: '27' } },
    ];
    const marks = (width: number, full = 60) =>
      limitMarks({ limits }, full, width, 14, 'zh').map(({ text, share, x }) => [
        text,
        Number(share.toFixed(2)),
        Math.round(x),
      ]);
    expect(marks(300)).toEqual([
      ['15 限行', 0.25, 75],
      ['27', 0.45, 135],
      ['40 封闭', 0.67, 200],
    ]);
    // as it was agreed: 0.14 MPa is not 0.1
    const agreed = [{ value: 0.14, name: { zh: '应达', en: 'needed' } }];
    expect(limitMarks({ limits: agreed }, 0.5, 300, 14, 'zh').map(({ text }) => text)).toEqual(['0.14 应达']);
    // too narrow for the names, then for all figures
    expect(marks(110).map(([text]) => text)).toEqual(['15', '27', '40']);
    expect(marks(60).map(([text]) => text)).toEqual(['15', '', '40']);
    // a name at the end of the track stays inside it
    expect(marks(300, 40).at(-1)).toEqual(['40 封闭', 1, 276]);
    const state = rows(row('a', 8));
    expect(fullOf(state, { limits })).toBe(40);
    expect(fullOf(state, { limits, max: 60 })).toBe(60);
    expect(fullOf(state, {})).toBe(8);
    expect(fullOf(null, {})).toBe(1);
    expect(barsOf(state, 'level', { limits }, NOW, 'zh')[0]!.share).toBeCloseTo(0.2);
  });

  it('colours by steps, the small values light where they are what matters', () => {
    const steps = { ramp: 'congestion' as const, steps: [15, 20, 25, 35, 45], invert: true, max: 60 };
    const coloured = (options: typeof steps) =>
      barsOf(rows(row('a', 9), row('b', 22), row('c', 50)), 'speed', options, NOW, 'zh').map(({ colour }) => colour);
    expect(coloured(steps)).toEqual(['#ffdcf3', '#d99fe0', '#15626e']);
    expect(coloured({ ...steps, invert: false })).toEqual(['#15626e', '#2c93a3', '#ffdcf3']);
  });

  it('says no town that the name begins with', () => {
    const named = (name: string) => row('a', 1, { name, attributes: { town: '桂溪街道' } });
    const towns = (name: string) => barsOf(rows(named(name)), 'level', spec, NOW, 'zh').map(({ town }) => town);
    expect(towns('桂溪加油站')).toEqual(['']);
    expect(towns('明月大道下穿')).toEqual(['桂溪']);
  });

  it('takes the largest as full where no full value is given, and groups of an aggregate as rows', () => {
    const state = stateOf([
      ['桂溪街道', { value: 8, fresh: 3, total: 3, oldestAt: NOW - MINUTE, origin: 'live' }],
      ['高安镇', { value: 4, fresh: 0, total: 2, oldestAt: NOW - 60 * MINUTE, origin: 'live' }],
    ]);
    const bars = barsOf(state, 'depth', {}, NOW, 'zh');
    expect(bars.map(({ name, share, stale }) => [name, share, stale])).toEqual([
      ['桂溪街道', 1, false],
      ['高安镇', 0.5, true],
    ]);
    expect(barsOf(null, 'depth', {}, NOW, 'zh')).toEqual([]);
  });
});

describe('stages', () => {
  const options = { order: ['受理', '立案', '结案'], words: { 立案: { zh: '立案', en: 'filed' } } };
  it('stand in the order of a case’s life, one without cases as zero', () => {
    const stages = stagesOf(
      stateOf([
        ['结案', { count: 5 }],
        ['受理', { count: 10 }],
        ['作废', { count: 99 }],
      ]),
      stateOf([['受理', { count: 4 }]]),
      options,
      { 立案: { zh: '立案', en: 'Case opened' }, 结案: { zh: '结案', en: 'Closed' } },
      'en',
    );
    expect(stages.map(({ name, count, share, overdueShare }) => [name, count, share, overdueShare])).toEqual([
      ['受理', 10, 0.6, 0.4],
      ['filed', 0, 0, 0],
      ['Closed', 5, 0.5, 0],
    ]);
  });

  it('know when the names of neighbours would touch', () => {
    const zh = ['受理', '立案', '派遣', '处置'];
    const en = ['Accepted', 'Filed', 'Assigned', 'Handling'];
    expect([40, 60, 90].map((slot) => namesTouch(zh, slot, 14))).toEqual([false, false, false]);
    expect([40, 60, 90].map((slot) => namesTouch(en, slot, 14))).toEqual([true, true, false]);
    expect(namesTouch(['Accepted'], 10, 14)).toBe(false);
  });
});

describe('occurrences', () => {
  const occurrence = {
    id: '1',
    system: 'urban',
    type: 'case',
    at: NOW,
    receivedAt: NOW,
    status: '立案',
    origin: 'live',
    name: '明月大道',
  };
  const options = { text: ['headline', 'description'], maxRows: 1, statuses: { 立案: { zh: '立案', en: 'filed' } } };
  const types = {
    'urban/case': {
      name: { zh: '城管案件', en: 'Case' },
      statuses: { 立案: { zh: '立案', en: 'Opened' }, 结案: { zh: '结案', en: 'Closed' } },
      levels: { P2: { zh: '紧急', en: 'Urgent' } },
    },
  };
  it('show the first field that says something, else the asset, else the type in the words of its pack', () => {
    const text = (fields: object, more: object = {}) =>
      linesOf(stateOf([['k', { ...occurrence, fields, ...more }]]), options, types, 'en').lines[0]!.text;
    expect(text({ headline: null, description: '井盖移位' })).toBe('井盖移位');
    expect(text({ headline: ' ', description: 5 })).toBe('明月大道');
    expect(text({}, { name: undefined })).toBe('Case');
    expect(text({}, { name: undefined, system: 'water' })).toBe('case');
  });
  it('put what stands in a field into words where the panel has some, and leave the rest as it came', () => {
    const words = { 违停: { zh: '违停', en: 'Parking' } };
    const text = (description: string, lang: 'zh' | 'en') =>
      linesOf(stateOf([['k', { ...occurrence, fields: { description } }]]), { ...options, words }, types, lang)
        .lines[0]!.text;
    expect([text('违停', 'en'), text('违停', 'zh'), text('其他', 'en')]).toEqual(['Parking', '违停', '其他']);
  });
  it('name the asset beside the text, once', () => {
    const place = (description: string, name: string | undefined = '明月大道') =>
      linesOf(stateOf([['k', { ...occurrence, name, fields: { description } }]]), options, types, 'zh').lines[0]!.place;
    expect(place('井盖移位')).toBe('明月大道');
    expect(place('明月大道井盖移位')).toBe('');
    expect(place('')).toBe('');
    expect(
      linesOf(stateOf([['k', { ...occurrence, name: undefined, fields: {} }]]), options, types, 'zh').lines[0]!.place,
    ).toBe('');
  });
  it('say the level in the words its pack declares, where it is asked for', () => {
    const level = (level: string | undefined, more: object = { level: true }) =>
      linesOf(stateOf([['k', { ...occurrence, level, fields: {} }]]), { ...options, ...more }, types, 'zh').lines[0]!
        .level;
    expect([level('P2'), level('P9'), level(undefined), level('P2', {})]).toEqual(['紧急', 'P9', '', '']);
  });
  it('say the status in the panel’s words, else in those its pack declares, else as it came', () => {
    const status = (status: string, system = 'urban') =>
      linesOf(stateOf([['k', { ...occurrence, system, status, fields: {} }]]), options, types, 'en').lines[0]!.status;
    expect(status('立案')).toBe('filed');
    expect(status('结案')).toBe('Closed');
    expect(status('结案', 'water')).toBe('结案');
    expect(status('挂账')).toBe('挂账');
  });
  it('say how many more there are', () => {
    const state = stateOf(
      [
        ['a', { ...occurrence, fields: {} }],
        ['b', { ...occurrence, fields: {} }],
      ],
      { count: 9 },
    );
    expect(linesOf(state, options, types, 'en')).toMatchObject({
      lines: [{ time: '14:48', status: 'filed' }],
      more: 8,
    });
  });
});

describe('table', () => {
  const options = {
    columns: [
      { metric: 'people', name: { zh: '人数', en: 'people' } },
      { attribute: 'town', name: { zh: '驻地', en: 'base' } },
      { metric: 'state', name: { zh: '状态', en: 'state' }, words: { standby: { zh: '待命', en: 'standby' } } },
    ],
    sort: { metric: 'state', order: ['working', 'standby'] },
    maxRows: 2,
  };
  const team = (key: string, state: string, age = MINUTE) => [
    row(key, state, { metric: 'state', at: NOW - age, attributes: { town: '沙坪镇' } }),
    row(key, 12, { metric: 'people', at: NOW - age, attributes: { town: '沙坪镇' } }),
  ];
  it('has a row an asset, those at work first, cells with their own reading', () => {
    const { rows: shown, more } = tableOf(
      rows(...team('a', 'standby', 20 * MINUTE), ...team('b', 'unheard'), ...team('c', 'working')),
      options,
      NOW,
      'zh',
    );
    expect(shown.map(({ name, stale, cells }) => [name, stale, cells.map((cell) => cell.text)])).toEqual([
      ['c水库', false, ['12', '沙坪镇', 'working']],
      ['a水库', true, ['12', '沙坪镇', '待命']],
    ]);
    expect(more).toBe(1);
    expect(shown[1]!.cells.map((cell) => cell.attributes?.['data-quality'])).toEqual(['stale', undefined, 'stale']);
    expect(shown[0]!.cells[0]!.attributes).toMatchObject({ 'data-metric': 'people' });
  });

  it('sorts by a figure, who has none last; boxes what asks for attention, unless it is old', () => {
    const stock = (key: string, value: number | null, age = MINUTE) =>
      row(key, value, { metric: 'sandbag', at: NOW - age, attributes: { least: 500, stores: 3 } });
    const table = (order: 'asc' | 'desc') =>
      tableOf(
        rows(stock('a', 700), stock('b', null), stock('c', 420), stock('d', 90, 60 * MINUTE), stock('e', null)),
        {
          columns: [
            {
              metric: 'sandbag',
              name: { zh: '沙袋', en: 'sandbags' },
              attention: { below: { attribute: 'least' } },
            },
            { attribute: 'stores', name: { zh: '库', en: 'stores' } },
          ],
          sort: { metric: 'sandbag', order },
          without: ['水库'],
        },
        NOW,
        'zh',
      ).rows;
    expect(table('asc').map(({ name, cells }) => [name, cells[0]!.text, cells[0]!.attention])).toEqual([
      ['d', '90', false],
      ['c', '420', true],
      ['a', '700', false],
      ['b', '—', false],
      ['e', '—', false],
    ]);
    expect(table('desc').map(({ name }) => name)).toEqual(['a', 'c', 'd', 'b', 'e']);
    expect(table('asc')[0]!.cells[1]).toMatchObject({ text: '3', numeric: true, attributes: undefined });
  });

  it('figures of an asset stand as figures, with decimals and to the right', () => {
    const columns = [{ attribute: 'limit', name: { zh: '汛限', en: 'limit' }, decimals: 2 }];
    const { rows: shown } = tableOf(rows(row('a', 1, { attributes: { limit: 462.5 } })), { columns }, NOW, 'zh');
    expect(shown[0]!.cells[0]).toMatchObject({ text: '462.50', numeric: true });
  });
});

describe('systems', () => {
  const options = {
    order: [
      { id: 'water', zh: '水利', en: 'Water' },
      { id: 'video', zh: '视频', en: 'Video' },
    ],
  };
  const water = { id: 'water', short: { zh: '水', en: 'W' }, order: 1, state: 'partial', fresh: 101, total: 111 };
  it('stand in the county’s order, then any the county did not list', () => {
    const state = stateOf([
      ['x', { ...water, id: 'x', short: { zh: '新', en: 'New' }, order: 9 }],
      ['water', water],
    ]);
    expect(systemCells(state, options, 'zh').map(({ name, state, off }) => [name, state, off])).toEqual([
      ['水利', 'partial', 2],
      ['视频', 'unconnected', 0],
      ['新', 'partial', 2],
    ]);
    // a server that was not heard for a while: connected systems are silent, the others still not connected
    for (const cell of systemCells(state, options, 'zh', true)) {
      expect([cell.state, cell.off]).toEqual(cell.row ? ['silent', TICKS] : ['unconnected', 0]);
    }
  });
  it('are unknown, not unconnected, where the server gave no answer', () => {
    expect(systemCells(null, options, 'zh').map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    expect(systemCells(stateOf([], { error: 'internal' }), options, 'zh')[0]!.state).toBe('unknown');
  });
  it.each([
    [111, 111, 0],
    [110, 111, 1],
    [1, 1000, TICKS - 1],
    [0, 64, TICKS],
    [0, 0, TICKS],
  ])('%d of %d: %d ticks off', (fresh, total, off) => {
    expect(offTicks(fresh, total)).toBe(off);
  });
});

describe('warnings', () => {
  const options = {
    levels: { orange: { zh: '橙', en: 'Orange' }, red: { zh: '红', en: 'Red' } },
    fields: { event: 'event', headline: 'headline', expires: 'expires', exercise: 'exercise' },
  };
  const warning = (level: string, minutes: number, fields: object = {}) => ({
    id: level,
    system: 'emergency',
    type: 'warning',
    at: NOW - minutes * MINUTE,
    receivedAt: NOW,
    status: '发布',
    level,
    origin: 'live',
    fields: {
      event: '暴雨',
      headline: level,
      expires: new Date(NOW + 60 * MINUTE).toISOString(),
      exercise: false,
      ...fields,
    },
  });
  it('highest colour first, expired ones last and without their colour’s force', () => {
    const state = stateOf([
      ['a', warning('orange', 3)],
      ['b', warning('red', 9, { expires: new Date(NOW - 1).toISOString() })],
      ['c', warning('orange', 1, { exercise: true })],
      ['d', warning('purple', 0)],
    ]);
    expect(
      warningLines(state, options, NOW, 'zh').map(({ key, colour, sign, expired, exercise }) => [
        key,
        colour,
        sign,
        expired,
        exercise,
      ]),
    ).toEqual([
      ['c', 'orange', '暴雨 橙', false, true],
      ['a', 'orange', '暴雨 橙', false, false],
      ['d', 'none', '暴雨 purple', false, false],
      ['b', 'red', '暴雨 红', true, false],
    ]);
  });
});

describe('notices', () => {
  it('newest first, the rest counted', () => {
    const notice = (id: string, since: number) => ({
      id,
      reason: 'feed-silent',
      since,
      count: 1,
      text: { zh: id, en: id },
    });
    const state = stateOf([
      ['a', notice('a', NOW - MINUTE)],
      ['b', notice('b', NOW)],
      ['c', notice('c', 5)],
    ]);
    expect(noticeLines(state, { maxRows: 2 }, 'zh')).toMatchObject({
      lines: [{ text: 'b', since: '14:48' }, { text: 'a' }],
      more: 1,
    });
  });
});
