import { describe, expect, it } from '@jest/globals';
import { identified, same, subscribePackets } from '../../../../../apps/server/src/feeds/subscriptions.js';

const subscriptions = () =>
  identified(
    new Map<string, 0 | 1>([
      ['a/+/x', 1],
      ['a/b/+', 1],
      ['c/#', 0],
    ]),
  );

describe('identified', () => {
  it('gives an identifier to filters that overlap, and to no other', () => {
    const { 'a/+/x': one, 'a/b/+': other, 'c/#': alone } = Object.fromEntries(subscriptions());
    expect(one?.identifier).toBeGreaterThan(0);
    expect(other?.identifier).toBeLessThanOrEqual(268_435_455);
    expect(one?.identifier).not.toBe(other?.identifier);
    expect(alone).toEqual({ qos: 0 });
  });

  it('a filter keeps its identifier, whatever it is subscribed with', () => {
    const fewer = identified(
      new Map<string, 0 | 1>([
        ['a/b/+', 1],
        ['a/#', 1],
      ]),
    );
    expect(fewer.get('a/b/+')?.identifier).toBe(subscriptions().get('a/b/+')?.identifier);
  });
});

describe('subscribePackets', () => {
  it('sends filters with identifiers alone, and all together to a broker without identifiers', () => {
    const filters = (identifiers: boolean) =>
      subscribePackets([...subscriptions()], identifiers).map((packet) => Object.keys(packet.filters));
    expect(filters(true)).toEqual([['c/#'], ['a/+/x'], ['a/b/+']]);
    expect(filters(false)).toEqual([['a/+/x', 'a/b/+', 'c/#']]);
  });

  it('a subscription is sent again when its QoS or its identifier is another', () => {
    expect(same({ qos: 1 }, { qos: 1 })).toBe(true);
    expect(same({ qos: 1 }, { qos: 1, identifier: 7 })).toBe(false);
    expect(same(undefined, { qos: 1 })).toBe(false);
  });
});
