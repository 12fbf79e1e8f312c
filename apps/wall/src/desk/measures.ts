import type { DeskAlarm } from '@citywall/protocol';
import { figure } from '../readings/format.js';

/** Decimals that a figure of an alarm has, at most two. */
function decimalsOf(value: number): number {
  return Math.min(2, (String(value).split('.')[1] ?? '').length);
}

/** `422.44 m`; '' where there is no value, and for a state: its words stand in the text. */
export function valueWithUnit({ value, unit }: DeskAlarm): string {
  if (typeof value !== 'number') return '';
  return unit === null ? figure(value, decimalsOf(value)) : `${figure(value, decimalsOf(value))} ${unit}`;
}

/** `≥ 421.50`; '' where nothing is held against it. */
export function limitText({ limit }: DeskAlarm): string {
  return limit === undefined
    ? ''
    : `${limit.side === 'above' ? '≥' : '≤'} ${figure(limit.value, decimalsOf(limit.value))}`;
}
