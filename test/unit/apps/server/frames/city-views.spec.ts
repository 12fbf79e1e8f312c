import type { Pack } from '@citywall/pack-schema';
import type { CaseloadRow, GroupRow, IndexRow, IndexViewSpec, ViewSpec } from '@citywall/protocol';
import { afterEach, describe, expect, it } from '@jest/globals';
import { words } from '../../../../support/pack.js';
import { asset, City, MINUTE, NOW, occurrence, pack, row, type Screen, scene, water } from './fakes.js';

const HOUR = 60 * MINUTE;
const LEVELS = { kind: 'aggregate', of: 'water/reservoir/level', fn: 'max' } as const;

describe('views over several systems', () => {
  let city: City;
  afterEach(() => city?.frames.stop());

  const urban = (): Pack =>
    pack('urban', {
      occurrenceTypes: { case: { name: words('case'), closed: ['结案'] } },
      assets: [asset('urban/cover/1', { attributes: { town: '高安镇' } })],
    });

  async function show(
    view: ViewSpec,
    fill: (city: City) => void = () => {},
    more: Pack[] = [urban()],
  ): Promise<Screen> {
    city = new City([water([scene('s', [view])]), ...more]);
    fill(city);
    await city.start();
    return city.show('s');
  }
  const cases = () => [
    occurrence('1', { asset: 'urban/cover/1' }),
    occurrence('2', { beganAt: NOW - 24 * HOUR, fields: { town: '桂溪街道' } }),
    occurrence('3', { status: '结案', fields: { town: '桂溪街道' } }),
    occurrence('4', { type: 'other' }),
  ];

  describe('caseload', () => {
    const view: ViewSpec = { kind: 'caseload', types: ['urban/case', 'elderly/sos'], since: 'today' };
    const rows = (screen: Screen) => screen.rows(0) as unknown as CaseloadRow[];

    it('counts begun, open and ended ones; a system without a pack says so', async () => {
      const screen = await show(view, ({ state }) => state.write('urban', [], cases()));
      expect(rows(screen)[0]).toMatchObject({ state: 'live', opened: 2, open: 2, closed: 1 });
      expect(rows(screen)[1]).toMatchObject({ state: 'unconnected', opened: 0 });
      expect(screen.meta(0)).toMatchObject({ count: 2, feedsTotal: 1, feedsLive: 1 });
    });

    it('nothing ever is waiting, not zero; and what comes is told', async () => {
      const screen = await show(view);
      expect(rows(screen)[0]).toMatchObject({ state: 'waiting' });
      city.state.write('urban', [], [occurrence('9')]);
      await city.clock.advance(1_100);
      expect(rows(screen)[0]).toMatchObject({ state: 'live', opened: 1, open: 1 });
    });

    it('starts anew at midnight, and what is open stays', async () => {
      const screen = await show(view, ({ state }) => state.write('urban', [], cases()));
      await city.clock.advance(10 * HOUR);
      expect(rows(screen)[0]).toMatchObject({ opened: 0, open: 2, closed: 0 });
    });

    it('a pack that comes connects its system', async () => {
      const screen = await show(view, undefined, []);
      expect(rows(screen)[0]).toMatchObject({ state: 'unconnected' });
      city.packs.replace([...city.packs.all(), urban()], ['urban']);
      await city.clock.advance(0);
      city.state.write('urban', [], cases());
      await city.clock.advance(2_100);
      expect(rows(screen)[0]).toMatchObject({ state: 'live', open: 2 });
    });
  });

  describe('groups', () => {
    const view: ViewSpec = {
      kind: 'groups',
      by: 'town',
      columns: [
        { id: 'level', view: LEVELS, take: 'value' },
        { id: 'cases', view: { kind: 'caseload', types: ['urban/case'], since: 'today' }, take: 'open' },
      ],
      order: ['cases', 'level'],
      limit: 3,
      all: ['沙坪镇'],
    };
    const table = (screen: Screen) => {
      const state = screen.views[0]!;
      return state.order.map((key) => [key, ...(state.rows[key] as GroupRow).values]);
    };

    it('puts figures of systems side by side, in order, with the groups nobody tells of', async () => {
      const screen = await show(view, ({ state }) => {
        state.write('water', [row('reservoir/a', 441.234), row('reservoir/c', 3)]);
        state.write('urban', [], cases());
      });
      expect(table(screen)).toEqual([
        ['桂溪街道', 441.23, 1],
        ['高安镇', 3, 1],
        ['沙坪镇', null, 0],
      ]);
      expect(screen.meta(0)).toMatchObject({ count: 3, fresh: 2, total: 3 });
      expect(screen.rows(0)[0]).toMatchObject({ fresh: [1, 0], total: [2, 0] });
    });

    it('is bounded, and counts them all', async () => {
      const screen = await show({ ...view, limit: 1 } as ViewSpec, ({ state }) => {
        state.write('urban', [], cases());
      });
      expect(table(screen)).toHaveLength(1);
      expect(screen.meta(0)).toMatchObject({ count: 3 });
    });

    it('a count over systems that are not there is not zero', async () => {
      expect(table(await show(view, undefined, []))).toContainEqual(['沙坪镇', null, null]);
    });
  });

  describe('index', () => {
    const measure = (view: IndexViewSpec['parts'][0]['measures'][0]['view'], more: object = {}) => ({
      id: 'm',
      name: words('measure'),
      view,
      take: 'value' as const,
      score: [
        [0, 100],
        [100, 0],
      ] as [number, number][],
      weight: 1,
      ...more,
    });
    const part = (id: string, weight: number, ...measures: ReturnType<typeof measure>[]) => ({
      id,
      name: words(id),
      weight,
      measures,
    });
    const levels = measure(LEVELS);
    const open = measure({ kind: 'caseload', types: ['urban/case'], since: 'today' }, { take: 'open' });
    const nowhere = measure({ kind: 'aggregate', of: 'environment/air/aqi', fn: 'max' });
    const index = (...parts: IndexViewSpec['parts']): IndexViewSpec => ({ kind: 'index', atLeast: 0.8, parts });
    const rows = (screen: Screen) => screen.rows(0) as unknown as IndexRow[];

    const full = ({ state }: City) => {
      state.write(
        'water',
        ['a', 'b', 'c'].map((key, i) => row(`reservoir/${key}`, 20 + i)),
      );
      state.write('urban', [], cases());
    };

    it('is the mean of parts by weight; what is not connected gives its weight away', async () => {
      const view = index(part('safety', 25, levels), part('service', 75, open), part('air', 50, nowhere));
      const screen = await show(view, full);
      expect(rows(screen).map(({ state, score, share }) => [state, score, share])).toEqual([
        ['shown', 78, 25],
        ['shown', 98, 75],
        ['unconnected', null, 0],
      ]);
      expect(screen.meta(0)).toMatchObject({ score: 93, coverage: 1, fresh: 2, total: 2 });
      expect(rows(screen)[0]?.measures[0]).toMatchObject({ value: 22, score: 78, fresh: 3, total: 3, place: '名c' });
    });

    it('shows no score while too little of the data is there, and why', async () => {
      const screen = await show(index(part('safety', 1, levels), part('service', 1, open)), ({ state }) => {
        state.write('water', [row('reservoir/a', 20)]);
        state.write('urban', [], cases());
      });
      expect(rows(screen)[0]).toMatchObject({ state: 'thin', score: null, coverage: 0.33 });
      expect(rows(screen)[0]?.measures[0]).toMatchObject({ state: 'thin', value: 20, score: null, fresh: 1, total: 3 });
      expect(screen.meta(0)).toMatchObject({ score: null, coverage: 0.67 });
    });

    it('loses its score when its data grow old, and gets it back', async () => {
      const screen = await show(index(part('safety', 1, levels)), full);
      expect(screen.meta(0)).toMatchObject({ score: 78 });
      await city.clock.advance(6 * MINUTE);
      expect(screen.meta(0)).toMatchObject({ score: null, coverage: 0 });
      city.state.write(
        'water',
        ['a', 'b', 'c'].map((key) => row(`reservoir/${key}`, 10, { at: NOW + 6 * MINUTE })),
      );
      await city.clock.advance(2_000);
      expect(screen.meta(0)).toMatchObject({ score: 90 });
    });

    it('measures shares, tallies and the systems themselves', async () => {
      const where = { ...LEVELS, fn: 'count', where: { atLeast: 22 } } as const;
      const screen = await show(
        index(
          part('share', 1, measure(where, { take: 'share' })),
          part('tally', 1, measure({ kind: 'tally', system: 'urban', type: 'case', by: 'status' }, { take: 'count' })),
          part('systems', 1, measure({ kind: 'systems' }, { take: 'freshShare' })),
        ),
        full,
      );
      expect(rows(screen).map(({ measures }) => measures[0]?.value)).toEqual([33, 3, 75]);
    });

    it('before anything came it waits', async () => {
      const screen = await show(index(part('safety', 1, levels)));
      expect(rows(screen)[0]).toMatchObject({ state: 'waiting', score: null });
      expect(rows(screen)[0]?.measures[0]?.value).toBeNull();
    });
  });
});
