import { describe, expect, it } from '@jest/globals';
import {
  actsOf,
  groupToAcknowledge,
  Handling,
  PATIENCE_MS,
  refusalOf,
} from '../../../../../apps/wall/src/desk/handling.js';
import { alarm, NOW } from './support.js';

const ACK = { do: 'ack' } as const;

describe('an act at the desk', () => {
  it('is shown at once, as it will be', () => {
    const handling = new Handling();
    const a = alarm('a');
    handling.begin(a, ACK, NOW);
    expect(handling.show(a, 'me')).toMatchObject({ state: 'active-acknowledged', acknowledged: { by: 'me', at: NOW } });
    expect(handling.show(alarm('b'), 'me')).toEqual(alarm('b'));
  });

  it('news of it may come before its answer: what the server says counts', () => {
    const handling = new Handling();
    handling.begin(alarm('a'), ACK, NOW);
    const told = alarm('a', { version: 2, state: 'active-acknowledged', acknowledged: { by: 'me', at: NOW - 5 } });
    expect(handling.show(told, 'me')).toBe(told);
  });

  it('is one at a time for an alarm', () => {
    const handling = new Handling();
    const first = handling.begin(alarm('a'), ACK, NOW)!;
    expect(handling.begin(alarm('a'), ACK, NOW)).toBeNull();
    handling.done(first);
    expect(handling.begin(alarm('a'), { do: 'unack' }, NOW)).not.toBeNull();
  });

  it('gives way to who was first, and says who', () => {
    const handling = new Handling();
    const flight = handling.begin(alarm('a'), ACK, NOW)!;
    const theirs = alarm('a', {
      version: 2,
      acknowledged: { by: 'seat-3', at: NOW - 1 },
      state: 'active-acknowledged',
    });
    handling.refuse(flight, 'somebody was first', theirs);
    expect(handling.flight('a')).toBeUndefined();
    expect(handling.note('a')).toEqual({ kind: 'theirs', by: 'seat-3', at: NOW - 1, did: 'acknowledged' });
    handling.forget('a');
    expect(handling.note('a')).toBeUndefined();
  });

  it('is rolled back without an answer in time; the key works again, and a late answer takes the words back', () => {
    const handling = new Handling();
    const flight = handling.begin(alarm('a'), ACK, NOW)!;
    expect(handling.expire(NOW + PATIENCE_MS - 1)).toEqual([]);
    expect(handling.expire(NOW + PATIENCE_MS)).toEqual(['a']);
    expect(handling.show(alarm('a'), 'me').state).toBe('active-unacknowledged');
    expect(handling.note('a')).toEqual({ kind: 'late' });
    handling.done(flight);
    expect(handling.note('a')).toBeUndefined();
    expect(handling.begin(alarm('a'), ACK, NOW)).not.toBeNull();
  });
});

describe('what may be done', () => {
  const may = new Set(['alarms.handle', 'alarms.shelve']);
  const of = (more: object, rows = may) => [...actsOf(alarm('a', more), rows)].sort();

  it('is what the state and the session allow; a red one is shelved by a lead alone', () => {
    expect(of({})).toEqual(['ack', 'comment']);
    expect(of({}, new Set([...may, 'alarms.shelve-critical']))).toEqual(['ack', 'comment', 'shelve']);
    expect(of({ priority: 2, state: 'active-acknowledged' })).toEqual(['comment', 'shelve', 'unack']);
    expect(of({ state: 'shelved', shelved: { by: 'x', at: 0, until: 1, reason: '' } })).toEqual([
      'comment',
      'unshelve',
    ]);
    expect(of({}, new Set(['alarms.follow']))).toEqual([]);
  });

  it('a key that does nothing says why, where there is something to say', () => {
    const shelf = { by: 'x', at: 0, until: 1, reason: '' };
    expect(refusalOf(alarm('a'), 'shelve', may)).toBe('lead');
    expect(refusalOf(alarm('a', { priority: 2 }), 'shelve', may)).toBeNull();
    expect(refusalOf(alarm('a'), 'ack', may, true)).toBe('ended');
    expect(refusalOf(alarm('a', { state: 'shelved', shelved: shelf }), 'ack', may)).toBe('shelved');
    const order = { by: 'x', countersigned: 'y', at: 0, reason: '', order: '1' };
    expect(refusalOf(alarm('a', { state: 'out-of-service', outOfService: order }), 'ack', may)).toBe('outOfService');
    expect(refusalOf(alarm('a'), 'comment', new Set(['alarms.follow']))).toBe('role');
  });

  it('one key for a group leaves out what is red, and what nobody waits for', () => {
    const group = [
      alarm('red'),
      alarm('two', { priority: 2 }),
      alarm('over', { priority: 3, state: 'cleared-unacknowledged' }),
      alarm('seen', { priority: 2, state: 'active-acknowledged' }),
    ];
    expect(groupToAcknowledge(group).map(({ id }) => id)).toEqual(['two', 'over']);
  });
});
