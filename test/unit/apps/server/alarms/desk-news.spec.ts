import type { StandingAlarm } from '@citywall/model';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AlarmList } from '../../../../../apps/server/src/alarms/alarm-list.js';
import { DeskNewsWriter } from '../../../../../apps/server/src/alarms/desk-news.js';

const alarm = (id: string, more: Partial<StandingAlarm> = {}) =>
  ({ id: `water/${id}`, system: 'water', hidden: false, ...more }) as StandingAlarm;

let list: AlarmList;
let writer: DeskNewsWriter;
beforeEach(() => {
  list = new AlarmList();
  writer = new DeskNewsWriter(
    list,
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
