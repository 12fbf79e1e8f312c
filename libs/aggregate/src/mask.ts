import type { ReadingValue } from '@citywall/model';

/** Kinds of personal fields, as packs tag them (`pii: phone`). */
export const PII_KINDS = ['phone', 'name', 'id', 'plate', 'address'] as const;
export type PiiKind = (typeof PII_KINDS)[number];

type FieldValue = ReadingValue | null;

/**
 * A personal value as it may be shown on a wall. Empty stays empty, a value of another type than text or number is
 * not shown at all, and so is a kind nobody knows: when in doubt, nothing.
 */
export function maskField(kind: string, value: FieldValue): FieldValue {
  if (value === null || value === '') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  switch (kind) {
    case 'phone':
      return maskPhone(text);
    case 'name':
      return maskName(text);
    case 'plate':
      return maskPlate(text);
    case 'address':
      return maskAddress(text);
    default: // id: an identity number is not needed by anybody who looks at a wall
      return null;
  }
}

/** 13812345678 → 138****5678. Shorter numbers keep their last two digits; separators go. */
export function maskPhone(text: string): string {
  const digits = text.replace(/\D/g, '');
  const national = digits.length > 11 && digits.startsWith('86') ? digits.slice(2) : digits;
  if (national.length >= 11) return `${national.slice(0, 3)}****${national.slice(-4)}`;
  return national.length >= 7 ? `****${national.slice(-2)}` : '****';
}

/** Surnames of two characters; the others have one (《百家姓》, those still common). */
const DOUBLE_SURNAMES = new Set([
  '欧阳',
  '上官',
  '司马',
  '诸葛',
  '东方',
  '皇甫',
  '尉迟',
  '公孙',
  '令狐',
  '司徒',
  '夏侯',
  '慕容',
]);

/** 张三丰 → 张**, 欧阳修 → 欧阳**, John Smith → J**. */
export function maskName(text: string): string {
  const characters = [...text];
  if (characters.length === 0) return '';
  const first = characters.slice(0, 2).join('');
  return `${DOUBLE_SURNAMES.has(first) ? first : characters[0]}**`;
}

/** 渝FD12345 → 渝F***45: province, office and the last two. */
export function maskPlate(text: string): string {
  const characters = [...text.replace(/[\s·.-]/g, '')];
  return characters.length < 5 ? '***' : `${characters.slice(0, 2).join('')}***${characters.slice(-2).join('')}`;
}

/** What names a community or village, then a street or town, then a road; numbers of houses and doors are behind. */
const ADDRESS_LEVELS = [
  /^.*?(?:社区|小区|居委会|村(?!民))/,
  /^.*?(?:街道|[^集城市乡]镇|乡)/,
  /^.*?(?:大道|路|街|巷)/,
  /^.*?[县区市]/,
];

/** 桂溪街道北苑小区3栋501 → 桂溪街道北苑小区: down to the community, never a house or a door. */
export function maskAddress(text: string): string {
  for (const level of ADDRESS_LEVELS) {
    const match = level.exec(text);
    if (match && !/\d/.test(match[0])) return match[0];
  }
  return '**';
}

const MOBILE = /(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)/g;
const IDENTITY = /(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])/g;

/** Free text of callers: mobile numbers are masked and identity numbers taken out wherever they stand. */
export function scrubText(text: string): string {
  return text.replace(IDENTITY, '**').replace(MOBILE, (number) => maskPhone(number));
}

/**
 * Fields of an occurrence as they may leave the server: tagged ones masked by kind, all other texts scrubbed.
 * @param kinds PII kind by field name, from the pack
 */
export function maskFields(
  fields: Readonly<Record<string, FieldValue>>,
  kinds: Readonly<Record<string, string>>,
): Record<string, FieldValue> {
  const masked: [string, FieldValue][] = [];
  for (const [name, value] of Object.entries(fields)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) masked.push([name, maskField(kind, value)]);
    else masked.push([name, typeof value === 'string' ? scrubText(value) : value]);
  }
  return Object.fromEntries(masked);
}
