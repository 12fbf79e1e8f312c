import { deflateSync, gzipSync } from 'node:zlib';
import { compileFeeds, type FeedSpec } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';
import { DECODERS } from '../../../../../apps/server/src/packs/decoders.js';

const feed = (decode: string[]): FeedSpec => ({
  id: 'f',
  topic: 'a',
  decode,
  asset: 'tank/1',
  readings: { level: 'z' },
});
const map = (decode: string[], payload: Uint8Array) =>
  compileFeeds([feed(decode)], { system: 'water', decoders: DECODERS, limits: { bytes: 100_000 } }).map({
    topic: 'a',
    payload,
    receivedAt: 1_783_578_900_000,
    retained: false,
    origin: 'live',
  })[0];

describe('decoders that need Node', () => {
  it.each([
    ['gzip', gzipSync('{"z":1.5}')],
    ['zlib', deflateSync('{"z":1.5}')],
  ])('%s before json', (name, payload) => {
    expect(map([name, 'json'], payload)?.readings).toMatchObject([{ metric: 'level', value: 1.5 }]);
  });

  it.each(['gzip', 'zlib'])('%s: bytes that are something else are one rejection', (name) => {
    expect(map([name, 'json'], new TextEncoder().encode('{"z":1}'))?.rejections).toMatchObject([{ reason: 'decode' }]);
  });

  it('a small message that becomes a large one ends at the limit', () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    expect(map(['gzip', 'text'], bomb)?.rejections).toMatchObject([{ reason: 'too-large' }]);
  });

  it('after a text decoder there are no bytes to inflate', () => {
    expect(map(['text', 'gzip'], new TextEncoder().encode('x'))?.rejections).toMatchObject([{ reason: 'decode' }]);
  });
});
