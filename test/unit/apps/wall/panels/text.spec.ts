import { textOptions } from '@citywall/pack-schema/panels';
import { stateOf, type ViewSpec } from '@citywall/protocol';
import { describe, expect, it } from '@jest/globals';
import { oldestOf, paragraphsOf, partsOf } from '../../../../../apps/wall/src/panels/text/option.js';
import type { Summary } from '../../../../../apps/wall/src/readings/summary.js';

const NOW = Date.UTC(2026, 6, 12, 6, 48, 20);
const LIVE: Summary = { state: 'live', coverage: null, oldestAt: null, newestAt: null, error: null };
const spec: ViewSpec = { kind: 'aggregate', of: 'traffic/segment/speed', fn: 'avg' };
const all = { value: 31.42, fresh: 3, total: 3, oldestAt: NOW - 60_000, origin: 'live' as const };
const view = (role: string) => (role === 'main' ? { spec, state: stateOf([['all', all]]) } : undefined);
const shown = (options: object, lang: 'zh' | 'en' = 'zh') =>
  paragraphsOf(textOptions.parse(options), view, () => LIVE, NOW, lang);
const flat = (options: object, lang?: 'zh' | 'en') =>
  shown(options, lang).map((parts) =>
    parts
      .map((part) => (part.kind === 'words' ? part.text : `[${part.shown?.text ?? '?'}${part.shown?.unit ?? ''}]`))
      .join(''),
  );

describe('text', () => {
  it('puts values into the words, each with what reading it is', () => {
    const options = {
      text: { zh: '全县平均每小时走 {x} 公里', en: '{x} km/h' },
      values: { x: { show: 'value', decimals: 1 } },
    };
    expect(flat(options)).toEqual(['全县平均每小时走 [31.4] 公里']);
    expect(flat(options, 'en')).toEqual(['[31.4] km/h']);
    const value = shown(options)[0]![1]!;
    expect(value.kind === 'value' && value.shown?.attributes).toEqual({
      'data-asset': undefined,
      'data-metric': 'speed',
      'data-at': '2026-07-12T06:47:20.000Z',
      'data-quality': 'good',
      'data-origin': 'live',
    });
    expect(oldestOf(shown(options))).toBe(NOW - 60_000);
  });

  it('has — for a value that is not there, whatever is missing', () => {
    const text = { zh: '{a}{b}{constructor}', en: '' };
    const values = { a: { view: 'second', show: 'value' } };
    expect(flat({ text, values })).toEqual(['[—][?][?]']);
    expect(oldestOf(shown({ text, values }))).toBeNull();
  });

  it('makes paragraphs of blank lines, and no markup of anything', () => {
    const text = { zh: '<b>一</b>\n接着\n\n二 { 三 } {四}', en: 'one\ntwo' };
    expect(flat({ text })).toEqual(['<b>一</b>接着', '二 { 三 } {四}']);
    expect(flat({ text }, 'en')).toEqual(['one two']);
    expect(partsOf('')).toEqual([]);
  });
});
