import { describe, expect, it } from '@jest/globals';
import { alarmOf } from '../../../../../apps/wall/src/desk/answer.js';
import { AlarmBook } from '../../../../../apps/wall/src/desk/book.js';
import { countdown, figuresOf, lasted, timeLeft } from '../../../../../apps/wall/src/desk/figures.js';
import { ownHistory } from '../../../../../apps/wall/src/desk/history.js';
import { limitText, valueWithUnit } from '../../../../../apps/wall/src/desk/measures.js';
import { nearby } from '../../../../../apps/wall/src/desk/nearby.js';
import { UNDO_MS, Undo } from '../../../../../apps/wall/src/desk/undo.js';
import { countsOf } from '../../../../../apps/wall/src/desk/view.js';
import { alarm, NOW, news } from './support.js';

const watch = news();

describe('the book of alarms', () => {
  it('is whole with the first part that has no more; until then what was known stays', () => {
    const book = new AlarmBook();
    expect(book.take({ ...watch, first: true, set: [alarm('a')] })).toMatchObject({ whole: true });
    expect(book.take({ ...watch, first: true, more: true, set: [alarm('b')] })).toBeNull();
    expect([...book.values()].map(({ id }) => id)).toEqual(['a']);
    expect(book.take({ ...watch, set: [alarm('c')] })).toMatchObject({ whole: true, gone: ['a'] });
    expect([...book.values()].map(({ id }) => id)).toEqual(['b', 'c']);
    book.take({ ...watch, set: [], gone: ['b'] });
    expect(book.size).toBe(1);
  });

  it('an answer to a command never overwrites newer news', () => {
    const book = new AlarmBook();
    book.take({ ...watch, first: true, set: [alarm('a', { version: 3, town: '桂溪街道' })] });
    expect(book.answer(alarm('a', { version: 3 }))).toBe(false);
    expect(book.answer(alarm('a', { version: 4 }))).toBe(true);
    expect(book.get('a')).toMatchObject({ version: 4, town: '桂溪街道' });
    expect(book.answer(alarm('gone', { version: 9 }))).toBe(false);
  });
});

describe('news of groups and of a flood', () => {
  it('are kept with the alarms, and forgotten with them', () => {
    const book = new AlarmBook();
    const group = { id: 'g', place: ['桂溪街道'], system: null, first: alarm('a'), line: 'a' };
    const flood = { ...watch.flood, since: NOW, due: 12 };
    book.take({ ...watch, first: true, set: [alarm('a', { cause: 'g' })], groups: [group], flood });
    expect([book.groups.get('g'), book.flood.since]).toEqual([group, NOW]);
    book.answer(alarm('a', { version: 4 }));
    expect(book.get('a')?.cause).toBe('g');
    book.take({ ...watch, groups: [{ ...group, line: null }] });
    expect([book.groups.get('g')?.line, book.flood.since]).toEqual([null, null]);
    book.take({ ...watch, groupsGone: ['g'] });
    expect(book.groups.size).toBe(0);
    book.take({ ...watch, groups: [group] });
    book.take({ ...watch, first: true });
    expect(book.groups.size).toBe(0);
  });
});

describe('an answer of /api/v1', () => {
  it('tells times as Unix ms', () => {
    const iso = new Date(NOW).toISOString();
    const answer = {
      id: 'a',
      version: 2,
      raisedAt: iso,
      changedAt: iso,
      clearedAt: null,
      acknowledged: { by: 'x', at: iso },
    };
    expect(alarmOf(answer)).toMatchObject({
      raisedAt: NOW,
      clearedAt: null,
      acknowledged: { by: 'x', at: NOW },
      shelved: null,
    });
    for (const junk of [null, 'x', {}, { id: 'a' }]) expect(alarmOf(junk)).toBeNull();
  });
});

describe('figures', () => {
  it('count what waits by priority, what is aside, what stands for more than a day', () => {
    const day = 86_400_000;
    const figures = figuresOf(
      [
        alarm('a'),
        alarm('b', { priority: 3, raisedAt: NOW - 2 * day }),
        alarm('c', { suppressedBy: 'a' }),
        alarm('d', { state: 'shelved', shelved: { by: 'x', at: 0, until: 1, reason: '' } }),
        alarm('e', { state: 'active-acknowledged', unknown: true }),
      ],
      NOW,
    );
    expect(figures).toMatchObject({
      unacknowledged: 2,
      open: { 1: 1, 2: 0, 3: 1, 4: 0 },
      suppressed: 1,
      shelved: 1,
      unknown: 1,
      standing: 1,
    });
  });

  it('of the filters add up: all + suppressed = raw', () => {
    const alarms = [alarm('a'), alarm('b', { suppressedBy: 'a' }), alarm('c', { acknowledged: { by: 'me', at: 1 } })];
    const counts = countsOf(alarms, 'me');
    expect(counts.all + counts.suppressed).toBe(alarms.length);
    expect(counts.mine).toBe(1);
  });

  it('time left until it should be acknowledged; a blue one has the shift', () => {
    expect(timeLeft(alarm('a'), NOW)).toBe(30_000);
    expect(timeLeft(alarm('a', { state: 'active-acknowledged' }), NOW)).toBeNull();
    expect(timeLeft(alarm('a', { priority: 4 }), NOW)).toBeNull();
    expect([countdown(38_000), countdown(-125_000), countdown(-7_200_000)]).toEqual(['0:38', '−2:05', '−2 h']);
    expect([lasted(302_000), lasted(3_902_000), lasted(97_200_000)]).toEqual(['05:02', '1:05:02', '1 d 03 h']);
  });
});

describe('what stands beside an alarm', () => {
  it('value and limit as they are written', () => {
    expect(valueWithUnit(alarm('a', { value: 422.4, unit: 'm' }))).toBe('422.4 m');
    expect(valueWithUnit(alarm('a', { value: null }))).toBe('');
    expect(limitText(alarm('a', { limit: { side: 'below', value: 15 } }))).toBe('≤ 15');
    expect(limitText(alarm('a'))).toBe('');
  });

  it('near things, the nearest first, in metres east and north', () => {
    const here = { lon: 107.35, lat: 30.33 };
    const things = [
      { place: { lon: 107.36, lat: 30.33 } },
      { place: { lon: 107.35, lat: 30.331 } },
      { place: null },
      { place: { lon: 108, lat: 30.33 } },
    ];
    const near = nearby(things, here, 3_000);
    expect(near.map(({ distance }) => Math.round(distance))).toEqual([111, 961]);
    expect(near[1]!.east).toBeCloseTo(961, -1);
  });

  it('its own life in order', () => {
    const one = alarm('a', {
      acknowledged: { by: 'x', at: NOW },
      comments: [{ by: 'y', at: NOW - 1, text: 'gone there' }],
    });
    expect(ownHistory(one).map(({ kind }) => kind)).toEqual(['raised', 'commented', 'acknowledged']);
  });
});

describe('undo', () => {
  it('takes the last thing back within ten seconds; then, or with the next one, it is final', () => {
    const undo = new Undo();
    const log: string[] = [];
    const offer = (says: string) =>
      undo.offer({
        says,
        what: '',
        at: NOW,
        back: () => log.push(`back ${says}`),
        keep: () => log.push(`keep ${says}`),
      });
    offer('a');
    expect(undo.take()).toBe(true);
    expect(undo.take()).toBe(false);
    offer('b');
    offer('c');
    expect(undo.expire(NOW + UNDO_MS - 1)).toBe(false);
    expect(undo.expire(NOW + UNDO_MS)).toBe(true);
    expect(log).toEqual(['back a', 'keep b', 'keep c']);
  });
});
