import { describe, expect, it } from '@jest/globals';
import { contentHash } from '../../../../../apps/server/src/readings/content-hash.js';

const text = (topic: string, payload: string | Uint8Array) =>
  Buffer.from(contentHash(topic, typeof payload === 'string' ? Buffer.from(payload) : payload)).toString('hex');

describe('contentHash', () => {
  it('is the same for the same content', () => {
    expect(text('a/b', '{"v":1}')).toBe(text('a/b', '{"v":1}'));
  });

  it('differs for similar contents', () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 50_000; i++) hashes.add(text(`slj/dj/${i % 100}/rt`, `{"ts":1752042902,"id":${i}}`));
    expect(hashes.size).toBe(50_000);
  });

  it('sees length, beginning and end of a long payload', () => {
    const long = (change: (bytes: Uint8Array) => void, length = 1_000_000) => {
      const bytes = new Uint8Array(length);
      change(bytes);
      return text('t', bytes);
    };
    const hashes = new Set([
      long(() => {}),
      long(() => {}, 1_000_001),
      long((bytes) => bytes.set([1], 0)),
      long((bytes) => bytes.set([1], 2_047)),
      long((bytes) => bytes.set([1], 999_999)),
    ]);
    expect(hashes.size).toBe(5);
  });
});
