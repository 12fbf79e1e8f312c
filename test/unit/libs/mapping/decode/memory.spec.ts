import { Memories, Memory, Recalled } from '@citywall/mapping';
import { describe, expect, it } from '@jest/globals';

describe('memory of decoders', () => {
  it('forgets what was used longest ago, by keys', () => {
    const memory = new Memory(100, 2);
    memory.set('a', 1);
    memory.set('b', 2);
    memory.get('a');
    memory.set('c', 3);
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([1, undefined, 3]);
  });

  it('forgets by units, and keeps nothing larger than all of it', () => {
    const memory = new Memory(10, 100);
    memory.set('a', 1, 6);
    memory.set('b', 2, 6);
    expect(memory.get('a')).toBeUndefined();
    memory.set('c', 3, 11);
    expect(memory.get('c')).toBeUndefined();
    expect([memory.size, memory.units]).toEqual([1, 6]);
  });

  it('counts a value that is put again once', () => {
    const memory = new Memory(10, 100);
    for (let i = 0; i < 50; i++) memory.set('a', i, 4);
    expect([memory.get('a'), memory.units]).toEqual([49, 4]);
  });

  it('ways of decoding are apart; a copy changes nothing', () => {
    const memories = new Memories();
    memories.of('x').set('a', 1);
    expect(memories.of('y').get('a')).toBeUndefined();
    const copy = memories.copy();
    copy.of('x').set('a', 2);
    expect([memories.of('x').get('a'), copy.of('x').get('a')]).toEqual([1, 2]);
  });

  describe('what lasts', () => {
    const lasting = (memory: Memory, key: string, plain: unknown) => memory.set(key, plain, 1, () => plain);
    const taken = (memory: Memory) => Object.fromEntries(memory.takeLasting());

    it('is told once, as it is then; what is set without the mark is not told', () => {
      const memory = new Memory();
      memory.set('a', { seq: 1 });
      lasting(memory, 'b', { v: 1 });
      lasting(memory, 'b', { v: 2 });
      expect(taken(memory)).toEqual({ b: '{"v":2}' });
      memory.set('b', { v: 2, seq: 1 });
      expect(taken(memory)).toEqual({});
    });

    it('is forgotten with its key', () => {
      const memory = new Memory(100, 2);
      lasting(memory, 'a', 1);
      lasting(memory, 'b', 2);
      taken(memory);
      memory.set('c', 3);
      expect(taken(memory)).toEqual({ a: null });
      memory.set('b', 4, 101);
      expect(taken(memory)).toEqual({ b: null });
    });

    it('is bounded by its text: what was used longest ago stays, but lasts no more', () => {
      const memory = new Memory(100, 100, 20);
      for (const key of ['a', 'b', 'c']) lasting(memory, key, 'eight');
      expect(taken(memory)).toEqual({ a: null, b: '"eight"', c: '"eight"' });
      expect(memory.get('a')).toBe('eight');
      lasting(memory, 'c', 'x');
      expect(taken(memory)).toEqual({ c: '"x"' });
      lasting(memory, 'd', 'x'.repeat(1_048_576));
      expect(taken(memory)).toEqual({ d: null });
    });

    it('comes back as plain data, is not told again, and does not replace what was heard since', () => {
      const memory = new Memory(100, 3);
      lasting(memory, 'a', 'new');
      memory.restore('a', '"old"');
      memory.restore('b', '{"v":1}');
      expect(memory.get('a')).toBe('new');
      expect(memory.get('b')).toEqual(new Recalled({ v: 1 }));
      expect(taken(memory)).toEqual({ a: '"new"' });
      memory.set('b', 'made of it');
      for (const key of ['c', 'd', 'e']) memory.set(key, 1);
      expect(taken(memory)).toEqual({ a: null, b: null });
    });

    it('what comes back beyond the bounds, or broken, is forgotten there too', () => {
      const memory = new Memory(100, 1, 10);
      memory.restore('a', '"1"');
      memory.restore('b', '"2"');
      memory.restore('c', '{');
      expect(taken(memory)).toEqual({ a: null, c: null });
      const small = new Memory(100, 100, 10);
      for (const key of ['a', 'b', 'c']) small.restore(key, '"four"');
      expect(taken(small)).toEqual({ a: null, b: null });
    });

    it('is told with its way of decoding, and comes back only where something is decoded that way', () => {
      const memories = new Memories();
      lasting(memories.of('x'), 'a', 1);
      expect(memories.copy().takeLasting()).toEqual([]);
      expect(memories.takeLasting()).toEqual([{ way: 'x', key: 'a', text: '1' }]);
      const next = new Memories();
      next.of('x');
      expect(next.restore({ way: 'x', key: 'a', text: '1' })).toBe(true);
      expect(next.restore({ way: 'y', key: 'a', text: '1' })).toBe(false);
      expect(next.of('x').get('a')).toEqual(new Recalled(1));
    });
  });
});
