import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AlarmsRepository } from '../../../apps/server/src/alarms/alarms.repository.js';
import type { AlarmsToSave } from '../../../apps/server/src/alarms/alarms.types.js';
import { happening } from '../../support/happening.js';
import { type Service, startRedis } from '../../support/services.js';
import { reader } from '../feeds/lab.js';

const TTL = 60_000;
const LOG = 'cw:{water}:alarms:log';

/** Evaluators of one system and what they keep, against a real Redis. */
describe('keeping alarms', () => {
  let redis: Service;
  let reading: Awaited<ReturnType<typeof reader>>;
  let store: AlarmsRepository;
  beforeAll(async () => {
    redis = await startRedis();
    reading = await reader(redis.url);
    store = new AlarmsRepository(reading.redis);
  });
  beforeEach(() => reading.redis.commands.flushall());
  afterAll(async () => {
    reading?.close();
    await redis?.stop();
  });

  const raised = (id: string, key = 'a'): AlarmsToSave & { id: string } => ({
    id,
    saved: [],
    gone: [],
    happenings: [happening(key)],
    settled: [],
  });
  const kept = async () => (await store.told('water')).happenings.map(({ alarm }) => alarm.name);

  it('keeps and tells once what is sent again because the answer was lost', async () => {
    expect(await store.lease('water', 'one', TTL, true)).toBe(true);
    const told: number[] = [];
    const heard = new Promise<void>((resolve) => {
      store.changes(['water']).subscribe(({ happenings, lost }) => {
        if (lost) return;
        told.push(happenings.length);
        if (told.length === 2) resolve();
      });
    });
    await reading.redis.commands.ping();
    expect(await store.save('water', 'one', TTL, raised('first'))).toBe(true);
    expect(await store.save('water', 'one', TTL, raised('first'))).toBe(true);
    expect(await store.save('water', 'one', TTL, raised('second', 'b'))).toBe(true);
    await heard;
    expect(told).toEqual([1, 1]);
    expect(await kept()).toEqual(['a', 'b']);
  });

  it('takes nothing of one that stood still while another evaluated and went', async () => {
    expect(await store.lease('water', 'one', TTL, true)).toBe(true);
    await reading.redis.commands.del('cw:{water}:alarms:lease');
    expect(await store.lease('water', 'other', TTL, true)).toBe(true);
    await store.save('water', 'other', TTL, raised('its'));
    await store.release('water', 'other');
    expect(await store.save('water', 'one', TTL, raised('late', 'b'))).toBe(false);
    expect(await store.lease('water', 'one', TTL, false)).toBe(false);
    expect(await kept()).toEqual(['a']);
    // it reads what is kept, and begins anew
    expect(await store.lease('water', 'one', TTL, true)).toBe(true);
    expect(await store.save('water', 'one', TTL, raised('new', 'b'))).toBe(true);
    expect(await kept()).toEqual(['a', 'b']);
  });

  it('goes on with one whose lease ran out while nobody else came, and in a Redis that was emptied', async () => {
    expect(await store.lease('water', 'one', TTL, true)).toBe(true);
    await reading.redis.commands.del('cw:{water}:alarms:lease');
    expect(await store.save('water', 'one', TTL, raised('late'))).toBe(true);
    expect(await store.lease('water', 'other', TTL, true)).toBe(false);
    await reading.redis.commands.flushall();
    expect(await store.lease('water', 'one', TTL, false)).toBe(true);
    expect(await reading.redis.commands.xlen(LOG)).toBe(0);
    expect(await store.save('water', 'one', TTL, raised('again'))).toBe(true);
  });

  it('[AL37] tells after a start what was raised of late, but for what was quiet since', async () => {
    await store.lease('water', 'one', TTL, true);
    const now = Date.now();
    const all = [
      happening('a', 'raised', {}, now - 50),
      happening('b', 'raised', {}, now - 40),
      happening('a', 'cleared', {}, now - 30),
      happening('b', 'quiet', {}, now - 20),
      happening('a', 'raised', {}, now - 10),
    ];
    await store.save('water', 'one', TTL, { ...raised('storm'), happenings: all });
    expect(await store.raisedSince('water', now - 60_000)).toEqual([
      { id: 'water/high/reservoir/a', at: now - 50 },
      { id: 'water/high/reservoir/a', at: now - 10 },
    ]);
    expect(await store.raisedSince('water', now + 60_000)).toEqual([]);
  });

  it('counts what the archive has not taken yet; nothing where nobody archives', async () => {
    await store.lease('water', 'one', TTL, true);
    expect(await store.unarchived('water')).toBe(0);
    for (const key of ['a', 'b', 'c']) await store.save('water', 'one', TTL, raised(key, key));
    expect(await store.unarchived('water')).toBe(0);
    await reading.redis.commands.hset('cw:archive', 'alarms/water', JSON.stringify({ id: '0-1', added: 1 }));
    expect(await store.unarchived('water')).toBe(2);
  });
});
