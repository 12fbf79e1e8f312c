import {
  maskAddress,
  maskField,
  maskFields,
  maskName,
  maskPhone,
  maskPlate,
  PII_KINDS,
  scrubText,
} from '@citywall/aggregate';
import { describe, expect, it } from '@jest/globals';

describe('masks', () => {
  it.each([
    ['13812345678', '138****5678'],
    ['+86 138-1234-5678', '138****5678'],
    ['0231234567', '****67'],
    ['110', '****'],
    ['', '****'],
  ])('phone %s → %s', (text, masked) => {
    expect(maskPhone(text)).toBe(masked);
  });

  it.each([
    ['张三丰', '张**'],
    ['欧阳修', '欧阳**'],
    ['李', '李**'],
    ['𠮷田', '𠮷**'],
    ['John Smith', 'J**'],
  ])('name %s → %s', (text, masked) => {
    expect(maskName(text)).toBe(masked);
  });

  it.each([
    ['渝FD12345', '渝F***45'],
    ['渝A·88888', '渝A***88'],
    ['渝A8', '***'],
  ])('plate %s → %s', (text, masked) => {
    expect(maskPlate(text)).toBe(masked);
  });

  it.each([
    ['重庆市垫江县桂溪街道北苑小区3栋2单元501', '重庆市垫江县桂溪街道北苑小区'],
    ['桂溪街道月阳路188号附2号', '桂溪街道'],
    ['高安镇新民村3组', '高安镇新民村'],
    ['人民路18号3楼', '人民路'],
    ['垫江县某处', '垫江县'],
    ['3栋501', '**'],
    ['12 Park Street', '**'],
  ])('address %s → %s', (text, masked) => {
    expect(maskAddress(text)).toBe(masked);
  });

  it('no kind lets the value through, and an unknown kind shows nothing', () => {
    for (const kind of PII_KINDS) {
      expect(String(maskField(kind, '重庆市垫江县3栋13812345678'))).not.toContain('13812345678');
      expect(maskField(kind, null)).toBeNull();
      expect(maskField(kind, '')).toBe('');
      expect(maskField(kind, [107.3, 30.3])).toBeNull();
    }
    expect(maskField('id', '500231199001011234')).toBeNull();
    expect(maskField('dna', 'ACGT')).toBeNull();
    expect(maskField('phone', 13812345678)).toBe('138****5678');
  });

  it('free text loses numbers of phones and identities, and keeps the rest', () => {
    expect(scrubText('来电13812345678称漫水，身份证50023119900101123X')).toBe('来电138****5678称漫水，身份证**');
    expect(scrubText('工单 20260709143502123 号，井盖 1381234567，库容 13812345678901')).toBe(
      '工单 20260709143502123 号，井盖 1381234567，库容 13812345678901',
    );
  });

  it('fields are masked by name; what has no tag is scrubbed', () => {
    const masked = maskFields(
      { reporter: '13812345678', description: '打 13812345678', size: 3, place: [1, 2], __proto: 'x' },
      { reporter: 'phone' },
    );
    expect(masked).toEqual({
      reporter: '138****5678',
      description: '打 138****5678',
      size: 3,
      place: [1, 2],
      __proto: 'x',
    });
  });

  it('a field named __proto__ reaches no prototype', () => {
    const fields = JSON.parse('{"__proto__": "13812345678", "constructor": "张三"}');
    const masked = maskFields(fields, {});
    expect(Object.getPrototypeOf(masked)).toBe(Object.prototype);
    expect(Object.entries(masked)).toEqual([
      ['__proto__', '138****5678'],
      ['constructor', '张三'],
    ]);
  });
});
