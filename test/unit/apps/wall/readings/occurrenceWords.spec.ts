import { describe, expect, it } from '@jest/globals';
import { levelText, statusText, typeText } from '../../../../../apps/wall/src/readings/occurrenceWords.js';

const words = (zh: string, en: string) => ({ zh, en });
const TYPES = {
  'urban/case': {
    name: words('案件', 'case'),
    statuses: { open: words('在办', 'open') },
    levels: { high: words('紧急', 'urgent') },
  },
};
const CASE = { system: 'urban', type: 'case', status: 'open', level: 'high' };

describe('words of occurrences', () => {
  it('a status: the panel’s own words, else those its pack declares, else as it came', () => {
    expect(statusText(TYPES, CASE, { open: words('处理中', 'in hand') }, 'zh')).toBe('处理中');
    expect(statusText(TYPES, CASE, { closed: words('已结', 'closed') }, 'en')).toBe('open');
    expect(statusText(TYPES, CASE, undefined, 'zh')).toBe('在办');
    expect(statusText(TYPES, { ...CASE, status: 'lost' }, undefined, 'zh')).toBe('lost');
    expect(statusText(undefined, CASE, undefined, 'zh')).toBe('open');
  });

  it('words of one system are not those of another', () => {
    expect(statusText(TYPES, { ...CASE, system: 'water' }, undefined, 'zh')).toBe('open');
    expect(typeText(TYPES, { ...CASE, system: 'water' }, 'zh')).toBe('case');
  });

  it('a type and a level: in the words of the pack, else as they came; no level, no word', () => {
    expect(typeText(TYPES, CASE, 'zh')).toBe('案件');
    expect(levelText(TYPES, CASE, 'en')).toBe('urgent');
    expect(levelText(TYPES, { ...CASE, level: 'low' }, 'en')).toBe('low');
    expect(levelText(TYPES, { system: 'urban', type: 'case' }, 'en')).toBe('');
  });
});
