import { describe, expect, it } from '@jest/globals';
import { RateCheck } from '../../../../../apps/server/src/readings/checks.js';
import { Drafter, MAX_TEXT } from '../../../../../apps/server/src/readings/draft.js';
import { type FakeFeed, fakePacks, inbound } from './fakes.js';

const drafter = (feeds: FakeFeed[], scope: Partial<{ broker: string; priority: 'normal' | 'high' }> = {}) =>
  new Drafter(
    fakePacks({ water: feeds }, { 'water/node/level': { range: { max: 100 }, history: 'quarter' } }, [
      'water/node/known',
    ]),
    { broker: 'default', priority: 'normal', ...scope },
    new RateCheck(),
  );
const draftOf = (one: Drafter) => {
  const [draft] = one.finish();
  if (!draft) throw new Error('no draft');
  return draft;
};

describe('Drafter', () => {
  it('adds what the catalogue and the feed say', () => {
    const one = drafter([{ id: 'f', journal: false, maxAssets: 7 }]);
    one.add(inbound('water/x', 'known level 101 5\nnew other 1 6', { origin: 'simulated', retained: true }), null);
    expect(draftOf(one).readings).toEqual([
      {
        typeKey: 'node/known',
        metric: 'level',
        value: 101,
        at: 5,
        receivedAt: 1_000_000,
        quality: 'bad',
        origin: 'simulated',
        flags: ['range', 'retained'],
        feed: 'f',
        declared: true,
        maxAssets: 7,
        history: 'quarter',
        journal: false,
      },
      expect.objectContaining({ declared: false, history: 'hour', quality: 'good', flags: ['retained'] }),
    ]);
  });

  it('rejects assets that are not declared where the feed wants so, once a message, and keeps their siblings', () => {
    const one = drafter([{ id: 'f', assets: 'declared' }]);
    one.add(inbound('water/x', 'stranger level 1\nstranger flow 2\nknown level 3'), null);
    const draft = draftOf(one);
    expect(draft.readings.map(({ value }) => value)).toEqual([3]);
    expect(draft.rejections[0]?.rejections).toEqual([
      { reason: 'unknown-asset', detail: 'water/node/stranger is not declared' },
    ]);
  });

  it('rejects assets whose keys are not of the id scheme, once a message, and keeps their siblings', () => {
    const one = drafter([{ id: 'f', contract: { idScheme: 'S\\d{2}' } }]);
    one.add(inbound('water/x', 'S01 level 1\nXS01 level 2\nXS01 flow 2\nS011 level 3\nS02 level 4'), null);
    const draft = draftOf(one);
    expect(draft.readings.map(({ value }) => value)).toEqual([1, 4]);
    expect(draft.rejections[0]?.rejections).toEqual([
      { reason: 'asset', detail: "water/node/XS01 is not of the feed's id scheme" },
      { reason: 'asset', detail: "water/node/S011 is not of the feed's id scheme" },
    ]);
  });

  it('rejects documents as text readings, and numbers that are none', () => {
    const one = drafter([{ id: 'f' }]);
    one.add(inbound('water/x', `a note "x ${MAX_TEXT + 1}\na level NaN\na note "x ${MAX_TEXT}\na level 1`), null);
    const draft = draftOf(one);
    expect(draft.rejections[0]?.rejections.map(({ reason }) => reason)).toEqual(['too-large', 'value']);
    expect(draft.readings).toHaveLength(2);
  });

  it('takes only what its connection is for', () => {
    const feeds: FakeFeed[] = [{ id: 'slow' }, { id: 'fast', priority: 'high' }, { id: 'far', broker: 'transport' }];
    for (const [scope, feed] of [
      [{}, 'slow'],
      [{ priority: 'high' }, 'fast'],
      [{ broker: 'transport' }, 'far'],
    ] as const) {
      const one = drafter(feeds, scope);
      one.add(inbound('water/x', 'a level 1'), null);
      expect(draftOf(one).readings.map((reading) => reading.feed)).toEqual([feed]);
    }
  });

  it('makes no new occurrence of an old retained message', () => {
    const one = drafter([{ id: 'f' }]);
    one.add(inbound('water/x', 'case old 998000 open\ncase new 999500 open', { retained: true }), null);
    one.add(inbound('water/x', 'case older 1 open'), null);
    expect(draftOf(one).occurrences.map(({ occurrence, create }) => [occurrence.id, create])).toEqual([
      ['old', false],
      ['new', true],
      ['older', true],
    ]);
  });

  it('passes on when an occurrence began, where that is known', () => {
    const one = drafter([{ id: 'f' }]);
    one.add(inbound('water/x', 'case new 999500 open\ncase late 999500 open 5'), null);
    expect(draftOf(one).occurrences.map(({ occurrence }) => occurrence.beganAt)).toEqual([undefined, 5]);
  });

  it('ignores retained messages where the feed says so, but counts them', () => {
    const one = drafter([{ id: 'f', retained: 'ignore' }]);
    one.add(inbound('water/x', 'a level 1', { retained: true }), null);
    const draft = draftOf(one);
    expect(draft.readings).toEqual([]);
    expect(draft.feeds.get('f')?.messages).toBe(1);
  });

  it('skips systems that had the message', () => {
    const one = drafter([{ id: 'f' }]);
    one.add(inbound('water/x', 'a level 1'), null, new Set(['water']));
    expect(one.finish()).toEqual([]);
  });

  it('remembers a repeated delivery anew, and takes nothing else of it', () => {
    const one = drafter([{ id: 'f' }]);
    const delivery = { packetId: 5, hash: new Uint8Array(8) };
    one.add(inbound('water/x', 'a level 1'), delivery, new Set(['water']));
    const draft = draftOf(one);
    expect(draft).toMatchObject({ readings: [], occurrences: [], rejections: [], deliveries: [delivery] });
    expect(draft.feeds.size).toBe(0);
  });

  it('remembers deliveries only of messages that the system took', () => {
    const one = drafter([{ id: 'f' }]);
    const delivery = { packetId: 5, hash: new Uint8Array(8) };
    one.add(inbound('water/x', 'a level 1'), delivery);
    one.add(inbound('other/x', 'a level 1'), { packetId: 6, hash: new Uint8Array(8) });
    expect(draftOf(one).deliveries).toEqual([delivery]);
  });
});
