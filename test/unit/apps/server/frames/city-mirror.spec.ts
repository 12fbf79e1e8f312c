import { afterEach, describe, expect, it } from '@jest/globals';
import { CityMirror } from '../../../../../apps/server/src/frames/mirror/city-mirror.js';
import { KEPT_OCCURRENCES, OccurrenceList } from '../../../../../apps/server/src/frames/mirror/occurrence-list.js';
import { asset } from '../../../../support/pack.js';
import { FakeClock, FakePacks, FakeState, NOW, occurrence, pack, row, settle, water } from './fakes.js';

const silent = { log: () => {}, warn: () => {}, error: () => {} };

describe('CityMirror', () => {
  const clock = new FakeClock();
  let mirror: CityMirror;
  afterEach(() => mirror.stop());

  function start(state: FakeState, packs = new FakePacks([water([]), pack('urban')])): FakePacks {
    mirror = new CityMirror(state, packs, clock, silent);
    mirror.start();
    return packs;
  }

  const level = (key: string) => {
    const table = mirror.get('water').table('reservoir');
    const index = table.find(`water/reservoir/${key}`);
    return index === undefined ? undefined : table.column('level').value(index);
  };

  it('loads every system once and follows its changes', async () => {
    const state = new FakeState();
    state.write('water', [row('reservoir/a', 1)]);
    start(state);
    await mirror.whenLoaded();
    state.write('water', [row('reservoir/b', 2)]);
    expect([level('a'), level('b')]).toEqual([1, 2]);
    expect(state.loads).toEqual(['water', 'urban']);
  });

  it('[PR22] what is private is in no mirror of visitors, loaded or changed; without any there is one mirror', async () => {
    const state = new FakeState();
    const secret = asset('video/camera/50023108', { attributes: { access: 'private' } });
    const road = asset('video/camera/50023101');
    const both = [row('camera/50023108', 'on', { metric: 'state' }), row('camera/50023101', 'on', { metric: 'state' })];
    state.write('video', both, [occurrence('o1', { system: 'video', asset: secret.id })]);
    state.seen = [secret, road].map(({ id }) => ({ id, firstSeen: 0, lastSeen: NOW, declared: true, feed: 'f' }));
    start(state, new FakePacks([water([]), pack('video', { assets: [secret, road] })]));
    await mirror.whenLoaded();
    const told = (audience: 'staff' | 'visitors') => {
      const one = mirror.get('video', audience);
      const table = one.table('camera');
      const ids = Array.from({ length: table.size }, (_, index) => table.id(index));
      return [ids, [...one.occurrences.all()].map(({ id }) => id)];
    };
    expect(told('staff')).toEqual([[secret.id, road.id], ['o1']]);
    expect(told('visitors')).toEqual([[road.id], []]);
    state.write('video', both, [occurrence('o2', { system: 'video', asset: secret.id })]);
    expect(told('visitors')).toEqual([[road.id], []]);
    expect(mirror.get('water', 'visitors')).toBe(mirror.get('water'));
    expect(mirror.get('video', 'visitors').loaded).toBe(true);
  });

  it('a gap in the counter loads that system anew, and no other', async () => {
    const state = new FakeState();
    start(state);
    await mirror.whenLoaded();
    state.loads.length = 0;
    state.write('water', [row('reservoir/a', 1)], [], true);
    state.write('water', [row('reservoir/b', 2)]);
    await settle();
    expect([level('a'), level('b')]).toEqual([1, 2]);
    expect(state.loads).toEqual(['water']);
  });

  it('a change that was heard already changes nothing', async () => {
    const state = new FakeState();
    start(state);
    await mirror.whenLoaded();
    state.loads.length = 0;
    state.write('water', [row('reservoir/a', 1)]);
    const before = mirror.get('water');
    expect(before.newestAt).toBe(NOW + 20);
    await settle();
    expect(state.loads).toEqual([]);
    expect(mirror.get('water')).toBe(before);
  });

  it('changes that come while state is read are applied after it', async () => {
    const state = new FakeState();
    state.write('water', [row('reservoir/a', 1)]);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { assets } = state;
    state.assets = async (system) => {
      await held;
      return assets.call(state, system);
    };
    start(state);
    await settle();
    state.write('water', [row('reservoir/a', 5, { at: NOW + 1 })]);
    state.write('water', [row('reservoir/b', 6)]);
    expect(level('a')).toBeNull();
    release();
    await mirror.whenLoaded();
    expect([level('a'), level('b')]).toEqual([5, 6]);
    state.write('water', [row('reservoir/c', 7)]);
    expect(level('c')).toBe(7);
  });

  it('keeps the old picture until the new one is whole, and tries until it is', async () => {
    const state = new FakeState();
    state.write('water', [row('reservoir/a', 1)]);
    start(state);
    await mirror.whenLoaded();
    state.gone = true;
    state.write('water', [row('reservoir/a', 2, { at: NOW + 1 })], [], true);
    state.lose('water');
    await clock.advance(3_000);
    expect(level('a')).toBe(1);
    state.gone = false;
    await clock.advance(1_000);
    expect(level('a')).toBe(2);
  });

  it('takes a new pack, and forgets one that is gone', async () => {
    const state = new FakeState();
    state.write('traffic', [row('bus/1', 30, { metric: 'speed' })]);
    const packs = start(state);
    await mirror.whenLoaded();
    packs.replace([pack('traffic'), pack('urban')], ['traffic'], ['water']);
    await mirror.whenLoaded();
    expect(mirror.systems()).toEqual(['traffic', 'urban']);
    const buses = mirror.get('traffic').table('bus');
    expect([buses.size, buses.id(0)]).toEqual([1, 'traffic/bus/1']);
    expect(mirror.get('water').pack).toBeNull();
  });

  it('hostile keys are assets like any other, or none', async () => {
    const state = new FakeState();
    state.write('water', [
      row('__proto__/x', 1),
      row('reservoir/__proto__', 2),
      row('reservoir/constructor', 3, { metric: 'constructor' }),
      row('nonsense', 4),
    ]);
    start(state);
    await mirror.whenLoaded();
    expect(level('__proto__')).toBe(2);
    expect(mirror.get('water').table('reservoir').size).toBe(5);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

describe('OccurrenceList', () => {
  const isOpen = ({ status }: { status: string }) => status !== '结案';

  it('keeps the open ones and the newest, and says since when it is not whole', () => {
    const list = new OccurrenceList(isOpen);
    list.put(occurrence('old-open', { at: NOW - 1_000_000 }));
    for (let i = 0; i < KEPT_OCCURRENCES + 1_500; i++) {
      list.put(occurrence(`${i}`, { at: NOW + i, status: '结案' }));
    }
    const kept = [...list.all()];
    expect(kept.length).toBeLessThanOrEqual(KEPT_OCCURRENCES + 501);
    expect(kept.some(({ id }) => id === 'old-open')).toBe(true);
    expect(kept.some(({ id }) => id === '0')).toBe(false);
    expect(kept.some(({ id }) => id === `${KEPT_OCCURRENCES + 1_499}`)).toBe(true);
    expect(list.isCutSince(NOW)).toBe(true);
    expect(list.isCutSince(NOW + KEPT_OCCURRENCES + 1_400)).toBe(false);
  });

  it('is whole while it fits, whatever is updated', () => {
    const list = new OccurrenceList(isOpen);
    for (let i = 0; i < 10_000; i++) list.put(occurrence(`${i % 100}`, { at: NOW + i }));
    expect(list.size).toBe(100);
    expect(list.isCutSince(Number.NEGATIVE_INFINITY)).toBe(false);
  });
});
