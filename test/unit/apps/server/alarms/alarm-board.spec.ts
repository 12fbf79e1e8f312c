import type { StandingAlarm } from '@citywall/model';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { AlarmBoard } from '../../../../../apps/server/src/alarms/alarm-board.service.js';
import { AlarmList } from '../../../../../apps/server/src/alarms/alarm-list.js';
import type { AlarmsChange } from '../../../../../apps/server/src/alarms/alarms.types.js';
import { pack } from '../../../../support/pack.js';

const alarm = (id: string) => ({ id: `water/${id}`, system: 'water' }) as StandingAlarm;
const change = (n: number, more: Partial<AlarmsChange> = {}): AlarmsChange => ({
  system: 'water',
  n,
  standing: [],
  gone: [],
  happenings: [],
  settled: [],
  ...more,
});

function open() {
  const channel = new Subject<AlarmsChange>();
  const packs = new Subject<{ changed: string[]; removed: string[] }>();
  const systems = ['water'];
  const list = new AlarmList();
  const kept = { n: 3, standing: [alarm('a')] };
  let reads = 0;
  let release: () => void = () => {};
  const evaluated: { answer: () => Promise<Map<string, number>> } = { answer: async () => new Map([['water', 7]]) };
  const clock = { now: 0 };
  const settled: string[] = [];
  const ids = () => [...list.standing()].map(({ id }) => id);
  const board = new AlarmBoard(
    list,
    {
      changes: () => channel,
      told: () => {
        reads++;
        return new Promise((resolve) => {
          release = () => resolve({ ...kept, happenings: [] });
        });
      },
      watched: () => evaluated.answer(),
    },
    { all: () => systems.map((id) => pack(id)), changes$: packs },
    (system, told) => settled.push(...told.map(({ entry }) => `${system} ${entry} ${ids()}`)),
    () => clock.now,
  );
  board.onApplicationBootstrap();
  return {
    channel,
    packs,
    systems,
    list,
    kept,
    board,
    evaluated,
    clock,
    ids,
    settled,
    reads: () => reads,
    read: async () => {
      release();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('the board of alarms', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('reads a system when its channel opens, with what came meanwhile', async () => {
    const { channel, list, ids, read } = open();
    channel.next(change(0, { lost: true }));
    channel.next(change(3, { standing: [alarm('old')] }));
    channel.next(change(4, { standing: [alarm('b')], gone: ['water/a'] }));
    expect(list.knows('water')).toBe(false);
    await read();
    expect([list.knows('water'), ids()]).toEqual([true, ['water/b']]);
    channel.next(change(5, { standing: [alarm('c')] }));
    channel.next(change(5, { gone: ['water/c'] }));
    expect(ids()).toEqual(['water/b', 'water/c']);
  });

  it('reads it anew after a gap, the old picture standing meanwhile', async () => {
    const { channel, ids, read, reads, kept } = open();
    channel.next(change(0, { lost: true }));
    await read();
    kept.n = 9;
    kept.standing = [alarm('z')];
    channel.next(change(9, { standing: [alarm('y')] }));
    expect([reads(), ids()]).toEqual([2, ['water/a']]);
    await read();
    expect(ids()).toEqual(['water/z']);
  });

  it('tells what became of commands once the list shows it, also of what came while it was read', async () => {
    const { channel, settled, read, kept } = open();
    channel.next(change(0, { lost: true }));
    channel.next(change(3, { settled: [{ entry: '1-0', outcome: 'done' }] }));
    channel.next(change(4, { standing: [alarm('b')], settled: [{ entry: '2-0', outcome: 'done' }] }));
    expect(settled).toEqual([]);
    await read();
    kept.n = 9;
    channel.next(change(9, { settled: [{ entry: '3-0', outcome: 'changed' }] }));
    await read();
    expect(settled).toEqual(['water 1-0 water/a', 'water 2-0 water/a,water/b', 'water 3-0 water/a']);
  });

  it('forgets a system whose pack is gone', async () => {
    const { channel, list, read, systems, packs } = open();
    channel.next(change(0, { lost: true }));
    await read();
    systems.length = 0;
    packs.next({ changed: [], removed: ['water'] });
    expect(list.knows('water')).toBe(false);
  });

  it('knows who evaluates, and after six seconds without an answer that nobody knows', async () => {
    const { list, evaluated, clock, board } = open();
    expect(list.watchedSince('water')).toBeNull();
    await jest.advanceTimersByTimeAsync(0);
    expect(list.watchedSince('water')).toBe(7);
    evaluated.answer = () => Promise.reject(new Error('Redis is gone'));
    clock.now = 4_000;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(list.watchedSince('water')).toBe(7);
    clock.now = 8_000;
    await jest.advanceTimersByTimeAsync(2_000);
    expect(list.watchedSince('water')).toBeNull();
    evaluated.answer = async () => new Map();
    let told = 0;
    list.watch(() => told++);
    await jest.advanceTimersByTimeAsync(2_000);
    expect([list.watchedSince('water'), told]).toEqual([null, 0]);
    board.beforeApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });
});
