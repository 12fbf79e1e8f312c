import { describe, expect, it } from '@jest/globals';
import { figure, signed, valueText } from '../../../../../apps/wall/src/readings/format.js';

describe('figures', () => {
  it.each([
    [1284, 0, '1,284'],
    [422.6251, 2, '422.63'],
    [-0.42, 2, '−0.42'],
    [-0.001, 2, '0.00'],
    [0, 1, '0.0'],
    [null, 1, '—'],
    [undefined, 0, '—'],
    [Number.NaN, 0, '—'],
    [Number.POSITIVE_INFINITY, 0, '—'],
    [1, 99, '1.000000'],
  ])('%p with %d decimals is %s', (value, decimals, text) => {
    expect(figure(value, decimals)).toBe(text);
  });

  it.each([
    [0.03, '+0.03'],
    [-1.05, '−1.05'],
    [0.001, '0.00'],
    [0, '0.00'],
    [null, '—'],
  ])('%p against a limit is %s', (value, text) => {
    expect(signed(value, 2)).toBe(text);
  });

  it('words come before figures, and nothing is made of what is not there', () => {
    const words = { standby: { zh: '待命', en: 'standby' }, true: { zh: '在线', en: 'online' } };
    expect(valueText('standby', { words, lang: 'zh' })).toBe('待命');
    expect(valueText(true, { words, lang: 'zh' })).toBe('在线');
    expect(valueText(true, { lang: 'en' })).toBe('yes');
    expect(valueText('burning', { words, lang: 'zh' })).toBe('burning');
    expect(valueText('', { lang: 'zh' })).toBe('—');
    expect(valueText(null, { lang: 'zh' })).toBe('—');
    expect(valueText(Math.PI, { lang: 'zh' })).toBe('3.1');
    expect(valueText(3, { lang: 'zh' })).toBe('3');
    expect(valueText([107.35, 30.33], { lang: 'zh' })).toBe('107.3500, 30.3300');
  });
});
