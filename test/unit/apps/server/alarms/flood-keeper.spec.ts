import { Annunciator } from '@citywall/alarms';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Annunciation } from '../../../../../apps/server/src/alarms/annunciation.service.js';
import type { FloodNews, KeptFlood } from '../../../../../apps/server/src/alarms/flood.repository.js';
import { FloodKeeper } from '../../../../../apps/server/src/alarms/flood-keeper.service.js';
import type { AuditAct } from '../../../../../apps/server/src/audit/audit.types.js';

const T0 = 1_800_000_000_000;
let now = T0;
let annunciator: Annunciator;
let hear: () => void;
let mine: boolean;
let auditFails: boolean;
let kept: { state: KeptFlood | undefined; news: FloodNews | undefined }[];
let acts: AuditAct[];
let decides: boolean[];
let taken: number;
let keeper: FloodKeeper;

function keeperOf(configured: number | null): FloodKeeper {
  const annunciation = {
    annunciator,
    counts: true,
    watch: (watcher: () => void) => {
      hear = watcher;
      return () => {};
    },
    decide: (does: boolean) => decides.push(does),
    setSeats: (seats: number) => annunciator.setSeats(seats, now),
    state: () => ({ ...annunciator.state(), entries: {} }),
  } as unknown as Annunciation;
  const repository = {
    keep: async (_owner: string, _ttl: number, state?: KeptFlood, news?: FloodNews) => {
      if (mine && state !== undefined) kept.push({ state, news });
      return mine;
    },
    release: async () => {},
    seats: async () => taken,
  };
  const audit = {
    record: async (act: AuditAct) => {
      if (auditFails) throw new Error('Redis is gone');
      acts.push(act);
      return { ...act, n: acts.length, seal: '' };
    },
  };
  return new FloodKeeper(
    annunciation,
    repository,
    audit,
    () => ['li'],
    configured,
    () => now,
  );
}
const look = () => jest.advanceTimersByTimeAsync(2_000);

beforeEach(() => {
  jest.useFakeTimers();
  now = T0;
  [mine, auditFails, taken] = [true, false, 0];
  [kept, acts, decides] = [[], [], []];
  annunciator = new Annunciator({ now, decides: false });
  keeper = keeperOf(null);
});
afterEach(async () => {
  await keeper.beforeApplicationShutdown();
  jest.useRealTimers();
});

describe('the keeper of the flood', () => {
  it('keeps at once, tells and writes in the audit that a flood begins, and that it ends; each once', async () => {
    keeper.onApplicationBootstrap();
    await look();
    expect([decides, acts]).toEqual([[true], []]);
    annunciator.follow(T0 + 1, T0 + 1);
    hear();
    await jest.advanceTimersByTimeAsync(0);
    expect(kept.at(-1)).toMatchObject({ state: { since: T0 + 1 }, news: { since: T0 + 1, seats: 1 } });
    await look();
    now += 90_000;
    annunciator.follow(null, now);
    hear();
    await look();
    await look();
    expect(acts.map(({ subject, at, user, action }) => [subject, at, user, action])).toEqual([
      ['begins', T0 + 1, null, 'alarms.flood'],
      ['ends', now, null, 'alarms.flood'],
    ]);
    expect(JSON.parse(acts[1]?.detail ?? '')).toMatchObject({ lasted: 89_999, seats: 1 });
    expect(kept.filter(({ news }) => news !== undefined)).toHaveLength(2);
  });

  it('says nothing of a flood that was found before it came, and nothing at all while another one decides', async () => {
    annunciator.follow(T0 - 5, T0);
    mine = false;
    keeper.onApplicationBootstrap();
    await look();
    expect(kept).toEqual([]);
    mine = true;
    await look();
    expect(decides).toEqual([true]);
    expect(acts).toEqual([]);
    mine = false;
    await look();
    expect(decides).toEqual([true, false]);
  });

  it('writes what the audit could not take when it can', async () => {
    keeper.onApplicationBootstrap();
    await look();
    auditFails = true;
    annunciator.follow(T0, T0);
    await look();
    expect(acts).toEqual([]);
    auditFails = false;
    await look();
    expect(acts.map(({ subject }) => subject)).toEqual(['begins']);
  });

  it('has as many seats as are taken, at least one, or as many as are configured', async () => {
    keeper.onApplicationBootstrap();
    await look();
    expect(annunciator.seats).toBe(1);
    taken = 3;
    await look();
    expect(annunciator.seats).toBe(3);
    await keeper.beforeApplicationShutdown();
    keeper = keeperOf(2);
    keeper.onApplicationBootstrap();
    await look();
    expect(annunciator.seats).toBe(2);
  });
});
