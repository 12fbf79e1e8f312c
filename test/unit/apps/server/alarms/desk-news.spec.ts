import { Annunciator } from '@citywall/alarms';
import type { StandingAlarm } from '@citywall/model';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AlarmList } from '../../../../../apps/server/src/alarms/alarm-list.js';
import { DeskNewsWriter } from '../../../../../apps/server/src/alarms/desk-news.js';

const alarm = (id: string, more: Partial<StandingAlarm> = {}) =>
  ({
    id: `water/${id}`,
    system: 'water',
    rule: id.split('/')[0],
    hidden: false,
    priority: 3,
    state: 'active-unacknowledged',
    raisedAt: 1,
    group: {},
    town: null,
    suppressedBy: null,
    chattering: null,
    ...more,
  }) as StandingAlarm;

let list: AlarmList;
let annunciator: Annunciator;
let writer: DeskNewsWriter;
beforeEach(() => {
  list = new AlarmList();
  annunciator = new Annunciator({ now: 0 });
  list.follow(({ standing, gone }) => {
    for (const each of standing) annunciator.set(each);
    for (const id of gone) annunciator.delete(id);
  });
  writer = new DeskNewsWriter(
    list,
    annunciator,
    () => ['water'],
    () => 9,
  );
});
const change = (standing: StandingAlarm[], gone: string[] = []) =>
  list.apply('water', { standing, gone, happenings: [] });

describe('news for desks', () => {
  it('are what came, changed and went; nothing where nothing did', () => {
    list.replace('water', [alarm('a'), alarm('b')], []);
    expect(writer.news()).toMatchObject({ at: 9, set: [{ id: 'water/a' }, { id: 'water/b' }], gone: [] });
    expect(writer.news()).toBeNull();
    change([alarm('c'), alarm('a', { value: 3 })], ['water/b']);
    expect(writer.news()).toMatchObject({ set: [{ id: 'water/a', value: 3 }, { id: 'water/c' }], gone: ['water/b'] });
  });

  it('say who is not evaluated, also when no alarm changes', () => {
    expect(writer.news()).toMatchObject({ unwatched: ['water'], watchedSince: null });
    list.replace('water', [], []);
    list.setWatched(new Map([['water', 5]]));
    expect(writer.news()).toMatchObject({ set: [], unwatched: [], watchedSince: 5 });
    list.setWatched(new Map());
    expect(writer.news()).toMatchObject({ unwatched: ['water'], watchedSince: null });
  });

  it('say of each alarm which group it is in, and of each group its first-out and its line, as they change', () => {
    list.replace('water', [alarm('a', { town: '桂溪' }), alarm('b', { town: '桂溪', priority: 2, raisedAt: 2 })], []);
    expect(writer.news()).toMatchObject({
      set: [{ cause: 'town=桂溪' }, { cause: 'town=桂溪' }],
      groups: [{ id: 'town=桂溪', place: ['桂溪'], first: { id: 'water/a' }, line: 'water/b' }],
      groupsGone: [],
    });
    change([alarm('pump')]);
    change([alarm('b', { town: '桂溪', priority: 2, raisedAt: 2, suppressedBy: 'water/pump' })]);
    expect(writer.news()).toMatchObject({
      set: [{ id: 'water/b', cause: 'water/pump' }, { id: 'water/pump' }],
      groups: [
        { id: 'town=桂溪', line: 'water/a' },
        { id: 'water/pump', place: [], line: 'water/pump' },
      ],
    });
    // another cause, the alarm itself is as it was
    const cause = alarm('pump', { town: '新民' });
    change([cause]);
    expect(writer.news()?.set.map(({ id, cause: group }) => [id, group])).toEqual([
      ['water/b', 'town=新民'],
      ['water/pump', 'town=新民'],
    ]);
    change([], ['water/a', 'water/b', 'water/pump']);
    expect(writer.news()?.groupsGone.sort()).toEqual(['town=新民', 'town=桂溪'].sort());
  });

  it('say what is announced, and of the flood, also when no alarm changes', () => {
    list.replace('water', [alarm('a')], []);
    expect(writer.news()?.flood).toEqual({ since: null, raw: 0, announced: 0, due: 0, minutes: [], seats: 1 });
    writer.announce(['water/a']);
    expect(writer.news()).toMatchObject({ set: [], announced: ['water/a'] });
    expect(writer.news()).toBeNull();
    annunciator.follow(7, 8);
    expect(writer.news()).toMatchObject({ set: [], groups: [], flood: { since: 7 } });
    expect([...writer.all()]).toMatchObject([{ first: true, announced: [], groups: [{}], flood: { since: 7 } }]);
  });

  it('begin with everything, in parts, exactly as it was told last; nothing of what is hidden from visitors', () => {
    list.replace(
      'water',
      Array.from({ length: 1_201 }, (_, i) => alarm(`r/${i}`)),
      [],
    );
    writer.news();
    change([alarm('late')]);
    const parts = [...writer.all()];
    expect(parts.map(({ first, more, set }) => [first, more, set.length])).toEqual([
      [true, true, 500],
      [undefined, true, 500],
      [undefined, undefined, 201],
    ]);
    expect(parts[0]?.set[0]).not.toHaveProperty('hidden');
    expect(writer.news()?.set).toEqual([expect.objectContaining({ id: 'water/late' })]);
    list.replace('water', [], []);
    writer.news();
    expect([...writer.all()]).toEqual([expect.objectContaining({ first: true, set: [] })]);
  });
});
