import type { AlarmHappening, Occurrence, StandingAlarm } from '@citywall/model';
import type { Pack } from '@citywall/pack-schema';
import { describe, expect, it } from '@jest/globals';
import { AlarmList } from '../../../../../apps/server/src/alarms/alarm-list.js';
import { HandoverDraft } from '../../../../../apps/server/src/handover/draft.service.js';
import type { ShiftNote } from '../../../../../apps/server/src/handover/handover.types.js';
import { ShiftLoad } from '../../../../../apps/server/src/handover/load.js';
import { happening } from '../../../../support/happening.js';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-07-09T12:00:00+08:00');

describe('the load of a shift', () => {
  it('is counted in tens of minutes, by rule, with the time to be seen', () => {
    const load = new ShiftLoad(NOON, NOON + HOUR);
    const raised = (key: string, minute: number, rule = 'high') =>
      load.add(happening(key, 'raised', { id: `water/${rule}/${key}`, rule }, NOON + minute * 60_000));
    raised('before', -1);
    // it happened while the draft was drawn up: the next shift's
    raised('after', 60);
    for (const minute of [1, 31, 32, 33]) raised(`a${minute}`, minute);
    raised('b', 45, 'rate');
    load.add(happening('c', 'raised', { suppressedBy: 'water/cause' }, NOON + 46 * 60_000));
    load.add(happening('b', 'acknowledged', { id: 'water/rate/b' }, NOON + 47 * 60_000));
    const facts = load.facts(false);
    expect(facts).toMatchObject({
      raised: 5,
      perTenMinutes: 0.8,
      peak: { at: '2026-07-09T04:30:00.000Z', count: 3 },
      acknowledgedWithin: 120,
      capped: false,
    });
    expect(facts.top.map(({ rule, count }) => [rule, count])).toEqual([
      ['high', 4],
      ['rate', 1],
    ]);
  });

  it('of a calm shift is nothing', () => {
    expect(new ShiftLoad(NOON, NOON + HOUR).facts(false)).toEqual({
      raised: 0,
      perTenMinutes: 0,
      peak: null,
      acknowledgedWithin: null,
      top: [],
      capped: false,
    });
  });
});

describe('the draft', () => {
  const pack = {
    id: 'urban',
    kind: 'system',
    order: 1,
    name: { zh: '城管', en: 'Urban' },
    occurrenceTypes: {
      case: { name: { zh: '案件', en: 'Case' }, closed: ['结案'] },
      news: { name: { zh: '消息', en: 'News' } },
    },
  } as unknown as Pack;
  const occurrence = (id: string, status: string, at: number): Occurrence =>
    ({ id, system: 'urban', type: 'case', at, receivedAt: at, status, fields: {}, origin: 'simulated' }) as Occurrence;
  const list = new AlarmList();
  const draft = (cases: Occurrence[], happenings: AlarmHappening[] = [], notes: ShiftNote[] = []) =>
    new HandoverDraft(
      { all: () => [pack], get: () => pack, metric: () => undefined, asset: () => undefined },
      list,
      { all: () => [] },
      { occurrences: async ({ type }) => ({ items: type === 'case' ? cases : [], next: null }) },
      {
        async *happenings() {
          yield* happenings;
        },
        notes: async (from, to) => notes.filter(({ at }) => Date.parse(at) > from && Date.parse(at) <= to),
      },
    );

  it('is not drawn up while alarms were not read', async () => {
    await expect(draft([]).facts(NOON, NOON + HOUR)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('takes over a note that came in while the handover before was made, and none of that one twice', async () => {
    list.replace('urban', [], []);
    const note = (id: string, at: number): ShiftNote => ({
      id,
      at: new Date(at).toISOString(),
      by: 'a',
      text: id,
      alarm: null,
    });
    const notes = [
      note('long before', NOON - HOUR),
      note('told', NOON - 30),
      note('late', NOON - 10),
      note('new', NOON + 10),
    ];
    const facts = await draft([], [], notes).facts(NOON, NOON + HOUR, new Set(['told']));
    expect(facts.notes.map(({ id }) => id)).toEqual(['late', 'new']);
    const first = await draft([], [], notes).facts(NOON, NOON + HOUR);
    expect(first.notes.map(({ id }) => id)).toEqual(['new']);
  });

  it('counts cases of types that can end, and says that something is simulated', async () => {
    list.replace('urban', [], []);
    const cases = [
      occurrence('old', '受理', NOON - HOUR),
      occurrence('new', '受理', NOON + 1),
      occurrence('done', '结案', NOON + 2),
    ];
    const facts = await draft(cases).facts(NOON, NOON + HOUR);
    expect(facts.cases).toEqual([
      { system: 'urban', type: 'case', name: { zh: '案件', en: 'Case' }, opened: 2, open: 2, closed: 1, capped: false },
    ]);
    expect(facts.simulated).toBe(true);
  });

  it('writes out two hundred open alarms, the red first, and counts the rest', async () => {
    const open = Array.from({ length: 230 }, (_, n) => ({
      ...happening(`a${n}`, 'raised', { priority: n === 229 ? 1 : 3 }).alarm,
      state: 'active-unacknowledged',
    })) as StandingAlarm[];
    list.replace('urban', open, []);
    const { alarms } = await draft([]).facts(NOON, NOON + HOUR);
    expect([alarms.open.length, alarms.more, alarms.open[0]?.priority]).toEqual([200, 30, 1]);
  });
});
