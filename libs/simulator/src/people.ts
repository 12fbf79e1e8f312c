import { unit } from './random.js';

/**
 * People who do not exist, for the personal fields of a payload: they prove that masking works. Phones are of a number block
 * of zeros, plates of a letter pair that is not given out.
 */
export interface Person {
  name: string;
  phone: string;
  plate: string;
}

const FAMILY = [
  '李',
  '王',
  '张',
  '刘',
  '陈',
  '杨',
  '赵',
  '黄',
  '周',
  '吴',
  '徐',
  '孙',
  '胡',
  '朱',
  '高',
  '林',
  '何',
  '郭',
];
const GIVEN = [
  '小明',
  '建国',
  '秀英',
  '志强',
  '丽华',
  '国庆',
  '玉兰',
  '文军',
  '晓燕',
  '春梅',
  '大勇',
  '海燕',
  '永平',
  '桂芳',
];

export function personOf(seed: number): Person {
  const of = (list: readonly string[], n: number) => list[Math.floor(unit(seed, n) * list.length)] ?? '';
  const digits = (n: number, length: number) => String(Math.floor(unit(seed, n) * 10 ** length)).padStart(length, '0');
  return {
    name: of(FAMILY, 1) + of(GIVEN, 2),
    phone: `1380000${digits(3, 4)}`,
    plate: `渝GX${digits(4, 4)}`,
  };
}
