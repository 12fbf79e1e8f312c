import type { DeskAlarm } from '@citywall/protocol';
import { figure, valueText } from '../readings/format.js';

/** Decimals that a figure of an alarm has, at most two. */
function decimalsOf(value: number): number {
  return Math.min(2, (String(value).split('.')[1] ?? '').length);
}

/** `422.44 m`; a word or a state as it is; '' where there is no value. */
export function valueWithUnit({ value, unit }: DeskAlarm, lang: 'zh' | 'en'): string {
  if (value === null) return '';
  if (typeof value !== 'number') return valueText(value, { lang });
  return unit === null ? figure(value, decimalsOf(value)) : `${figure(value, decimalsOf(value))} ${unit}`;
}

/** `≥ 421.50`; '' where nothing is held against it. */
export function limitText({ limit }: DeskAlarm): string {
  return limit === undefined
    ? ''
    : `${limit.side === 'above' ? '≥' : '≤'} ${figure(limit.value, decimalsOf(limit.value))}`;
}
