import { Memories, Memory } from '@citywall/mapping';
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
});
