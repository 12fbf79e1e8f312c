import { describe, expect, it } from '@jest/globals';
import { nameOfRule } from '../../../../../apps/server/src/alarms/rule-names.js';
import { pack } from '../../../../support/pack.js';

const city = pack('urban', {
  assetTypes: { cover: { name: { zh: '井盖', en: 'Cover' }, expected: [] } },
  occurrenceTypes: { case: { name: { zh: '案件', en: 'Case' }, statuses: {}, fields: {} } },
});
const name = (zh: string, en: string, of: object = { metric: 'cover/tilt' }) =>
  nameOfRule({ text: { zh, en }, ...of } as never, city);

describe('how a rule is called', () => {
  it('is the kind of asset, and its text without what is filled in', () => {
    expect(name('{asset} 井下高液位', '{asset}: water high in the shaft')).toEqual({
      zh: '井盖 · 井下高液位',
      en: 'Cover · water high in the shaft',
    });
    expect(name('{asset} 打开或缺失（{value}°）', '{asset} open or missing ({value}°)').zh).toBe(
      '井盖 · 打开或缺失（…°）',
    );
    expect(name('{asset} 未到场（{kind}）', '{asset} not there ({kind})')).toEqual({
      zh: '井盖 · 未到场',
      en: 'Cover · not there',
    });
  });

  it('names its kind once, and an occurrence by its own', () => {
    expect(name('紧急案件 {town}{desc}', 'Urgent case {town}', { occurrence: { type: 'case' } })).toEqual({
      zh: '紧急案件 …',
      en: 'Case · Urgent case',
    });
  });

  it('is the kind where the text is nothing but what is filled in', () => {
    expect(name('{asset} {value}', '{value}')).toEqual({ zh: '井盖', en: 'Cover' });
    expect(nameOfRule({ text: { zh: '{value}', en: '{value}' }, metric: 'x/y' } as never, undefined).zh).toBe(
      '{value}',
    );
  });
});
