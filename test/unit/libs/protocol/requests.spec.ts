import { readJoin, readRendered } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';

describe('requests of displays', () => {
  it('[PR19] reads a join and drops what it does not know', () => {
    const have = { epoch: 'e', seq: 4 };
    expect(readJoin({ v: 1, scene: 'water', have, admin: true })).toEqual({ v: 1, scene: 'water', have });
    expect(readJoin({ v: 9, scene: 'water', have: { epoch: 1 } })).toEqual({ v: 9, scene: 'water' });
  });

  it('[PR22] reads for whom a screen is', () => {
    const join = { v: 1, scene: 'water', audience: 'visitors' };
    expect(readJoin(join)).toEqual(join);
  });

  it.each([
    null,
    undefined,
    'join',
    7,
    [],
    {},
    { v: '1', scene: 'a' },
    { v: 1, scene: '' },
    { v: 1, scene: 'x'.repeat(201) },
    { v: 1, scene: 'a', audience: 'visitor' },
    { v: 1, scene: 'a', audience: null },
  ])('[PR19] a join that is %j is none', (value) => {
    expect(readJoin(value)).toBeNull();
  });

  it('[PR19] reads a report and refuses wrong numbers', () => {
    const report = { scene: 'water', seq: 3, fps: 59.8, errors: 0 };
    expect(readRendered({ ...report, heap: 5, x: 1 })).toEqual({ ...report, heap: 5 });
    expect(readRendered({ ...report, heap: 'big' })).toEqual(report);
    for (const wrong of [{ fps: Number.NaN }, { seq: -1 }, { errors: '0' }, { scene: 3 }]) {
      expect(readRendered({ ...report, ...wrong })).toBeNull();
    }
    expect(readRendered(null)).toBeNull();
  });

  it('[PR21] reads everything a display says of itself, and leaves out what is not of its shape', () => {
    const whole = {
      scene: 'water',
      seq: 3,
      fps: 60,
      errors: 0,
      heap: 5,
      screen: 'hall-left',
      frameAt: 1_783_000_000_000,
      heard: 40,
      latency: 12,
      ready: true,
      panels: 17,
      hidden: false,
      theme: 'watch',
      language: 'zh-CN',
      size: { width: 1920, height: 1080, ratio: 1 },
      power: 0,
      page: 'index-abc123',
      loaded: { at: 1_783_000_000_000, why: 'planned' },
    };
    expect(readRendered(whole)).toEqual(whole);
    const wrong = {
      screen: 'x'.repeat(65),
      ready: 'yes',
      power: -1,
      size: { width: 1920 },
      loaded: { at: 1, why: 'because' },
      page: { toString: 1 },
    };
    expect(readRendered({ ...whole, ...wrong })).toEqual({
      ...Object.fromEntries(Object.entries(whole).filter(([name]) => !Object.hasOwn(wrong, name))),
    });
  });
});
