import { compileFeeds, type FeedSpec, type Message } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';

const NOW = Date.parse('2026-07-09T14:35:02+08:00');
const bytes = (payload: unknown): Uint8Array =>
  new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
const message = (topic: string, payload: unknown, more: Partial<Message> = {}): Message => ({
  topic,
  payload: payload instanceof Uint8Array ? payload : bytes(payload),
  receivedAt: NOW,
  retained: false,
  origin: 'live',
  ...more,
});
const compile = (...feeds: FeedSpec[]) => compileFeeds(feeds, { system: 'water' });

const REALTIME: FeedSpec = {
  id: 'realtime',
  topic: 'slj/dj/{stcd}/rt',
  asset: 'reservoir/{stcd}',
  at: { path: 'ts', as: 'unix_ms' },
  readings: {
    level: { path: 'z', ops: ['number', { round: 2 }] },
    inflow: { path: 'inq', ops: ['number'], optional: true },
  },
};

describe('compileFeeds', () => {
  it('maps captures, paths and times to readings', () => {
    const [result] = compile(REALTIME).map(message('slj/dj/60711250/rt', { ts: NOW - 2000, z: '462.4449' }));
    expect(result).toEqual({
      feed: 'realtime',
      readings: [
        {
          type: 'reservoir',
          key: '60711250',
          metric: 'level',
          value: 462.44,
          at: NOW - 2000,
          quality: 'good',
          flags: [],
        },
      ],
      occurrences: [],
      rejections: [],
      unlisted: 0,
    });
  });
});
