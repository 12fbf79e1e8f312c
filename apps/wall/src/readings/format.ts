import type { ReadingValue, Words } from '@citywall/model';

const NONE = '—';
const formats = new Map<number, Intl.NumberFormat>();

function fixed(decimals: number): Intl.NumberFormat {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format;
}

/** A figure with its decimals, thousands apart and a true minus (U+2212); `—` where there is none. */
export function figure(value: number | null | undefined, decimals = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = fixed(Math.min(6, Math.max(0, decimals))).format(value);
  // −0.00 reads as a change that isn't there
  return /^-[0.,]*$/.test(text) ? text.slice(1) : text.replace('-', '−');
}

/** As `figure`, with a plus before what is above zero. */
export function signed(value: number | null | undefined, decimals = 0): string {
  const text = figure(value, decimals);
  return value !== null && value !== undefined && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Any reading's value as words: figures with decimals, states in the words given, yes and no, positions as degrees. */
export function valueText(
  value: ReadingValue | null | undefined,
  options: { decimals?: number | undefined; words?: Record<string, Words> | undefined; lang: 'zh' | 'en' },
): string {
  if (value === null || value === undefined) return NONE;
  const words = options.words?.[String(value)];
  if (words) return words[options.lang];
  if (typeof value === 'number') return figure(value, options.decimals ?? (Number.isInteger(value) ? 0 : 1));
  if (typeof value === 'boolean') return options.lang === 'zh' ? (value ? '是' : '否') : value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map((degrees) => degrees.toFixed(4)).join(', ');
  return value === '' ? NONE : value;
}
