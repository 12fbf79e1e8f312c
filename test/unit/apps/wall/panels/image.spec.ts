import { imageOptions } from '@citywall/pack-schema/panels';
import { describe, expect, it } from '@jest/globals';
import { creditsOf, imageAddress, retryAfter } from '../../../../../apps/wall/src/panels/image/option.js';

const whole = { file: 'water/plan.png', source: { zh: '水利局', en: 'Water bureau' }, taken: '2026-06-30' };

describe('image', () => {
  it('takes a file of a pack and nothing from elsewhere', () => {
    expect(imageOptions.parse(whole)).toEqual(whole);
    for (const file of [
      'https://a.example/x.png',
      '//a/x.png',
      '../x.png',
      'water/../x.png',
      'water/x.html',
      'x.png',
      'data:image/png,',
    ]) {
      expect(imageOptions.safeParse({ ...whole, file }).success).toBe(false);
    }
  });

  it('says who made it and when, always', () => {
    for (const absent of ['source', 'taken']) {
      expect(imageOptions.safeParse({ ...whole, [absent]: undefined }).success).toBe(false);
    }
    expect(creditsOf(imageOptions.parse(whole), 'zh')).toEqual({ caption: '', source: '水利局', taken: '2026-06-30' });
  });

  it('asks again after a failure, ever less often', () => {
    expect(imageAddress('water/plan.png', 0)).toBe('/images/water/plan.png');
    expect(imageAddress('water/plan.png', 2)).toBe('/images/water/plan.png?again=2');
    expect([0, 1, 2, 99].map(retryAfter)).toEqual([10_000, 20_000, 40_000, 600_000]);
  });
});
