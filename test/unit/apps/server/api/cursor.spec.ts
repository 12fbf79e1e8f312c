import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, pageOf } from '../../../../../apps/server/src/api/cursor.js';

describe('cursor', () => {
  it('comes back as it went', () => {
    expect(decodeCursor('assets', encodeCursor('assets', ['水/"x"', 7]), ['string', 'number'])).toEqual(['水/"x"', 7]);
  });

  it.each([
    ['of another list', encodeCursor('readings', ['a'])],
    ['of another shape', encodeCursor('assets', [7])],
    ['with more parts', encodeCursor('assets', ['a', 'b'])],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('[[[').toString('base64url')],
    ['no array', Buffer.from('{"0":"assets"}').toString('base64url')],
    ['empty', ''],
  ])('%s is refused', (_what, cursor) => {
    expect(() => decodeCursor('assets', cursor, ['string'])).toThrow(/invalid-parameter/);
  });
});

describe('page', () => {
  const letters = ['c', 'a', 'd', 'b'];
  const key = (letter: string) => letter;

  it('walks the whole list in order', () => {
    const first = pageOf('l', letters, key, { limit: 3 });
    expect(first.items).toEqual(['a', 'b', 'c']);
    expect(pageOf('l', letters, key, { limit: 3, cursor: first.next ?? '' })).toEqual({ items: ['d'], next: null });
  });

  it('has no next when it ends exactly', () => {
    expect(pageOf('l', letters, key, { limit: 4 }).next).toBeNull();
    expect(pageOf('l', [], key, { limit: 4 })).toEqual({ items: [], next: null });
  });

  it('neither repeats nor skips when the list changes meanwhile', () => {
    const { next } = pageOf('l', letters, key, { limit: 2 });
    const changed = ['aa', 'a', 'c', 'd'];
    expect(pageOf('l', changed, key, { limit: 9, cursor: next ?? '' }).items).toEqual(['c', 'd']);
  });
});
