import { describe, expect, it } from '@jest/globals';
import { Drafts } from '../../../../../apps/wall/src/console/drafts.js';

/** sessionStorage as far as it is used. */
function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    key: (at: number) => [...kept.keys()][at] ?? null,
    get length() {
      return kept.size;
    },
  };
}
const note = (user: string, about = 'water/high/a') => ({ user, kind: 'note', about });

describe('drafts', () => {
  it('are kept for each person and alarm, until they are empty', () => {
    const drafts = new Drafts(() => one);
    const one = storage();
    drafts.put(note('seat-1'), '闸门已派人');
    expect(drafts.get(note('seat-1'))).toBe('闸门已派人');
    expect(drafts.get(note('seat-2'))).toBe('');
    expect(drafts.get(note('seat-1', 'water/high/b'))).toBe('');
    drafts.put(note('seat-1'), '  ');
    expect(one.kept.size).toBe(0);
  });

  it('say what they are about', () => {
    const one = storage();
    const drafts = new Drafts(() => one);
    one.setItem('citywall-lang', 'en');
    drafts.put(note('seat-1', 'a'), 'x');
    drafts.put(note('seat-2', 'b'), 'x');
    drafts.put({ ...note('seat-1', 'c'), kind: 'shelve' }, 'x');
    expect(drafts.abouts('seat-1', 'note')).toEqual(['a']);
  });

  it('go with whoever leaves on purpose, and no others', () => {
    const one = storage();
    one.setItem('citywall-lang', 'en');
    const drafts = new Drafts(() => one);
    for (const user of ['seat-1', 'seat-10']) for (const about of ['a', 'b']) drafts.put(note(user, about), 'x');
    drafts.forget('seat-1');
    expect([...one.kept.keys()].filter((key) => key.includes('seat-1"'))).toEqual([]);
    expect(drafts.get(note('seat-10', 'b'))).toBe('x');
    expect(one.kept.has('citywall-lang')).toBe(true);
  });

  it('a browser that keeps nothing is no failure', () => {
    const drafts = new Drafts(() => {
      throw new Error('denied');
    });
    drafts.put(note('seat-1'), 'x');
    drafts.forget('seat-1');
    expect(drafts.get(note('seat-1'))).toBe('');
  });
});
