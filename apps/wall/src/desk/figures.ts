import { ALARM_PRIORITIES, type AlarmPriority } from '@citywall/model';
import type { DeskAlarm } from '@citywall/protocol';
import { isOpen } from './view.js';

/** Longer than this an alarm is standing, ms. */
export const STANDING_MS = 24 * 3_600_000;
/** Time to acknowledge by priority, ms; priority 4 has until the end of the shift. */
export const ACK_WITHIN: Readonly<Record<AlarmPriority, number | null>> = {
  1: 60_000,
  2: 180_000,
  3: 900_000,
  4: null,
};

/** Health of the alarm system, as far as what stands tells it. */
export interface DeskFigures {
  open: Record<AlarmPriority, number>;
  unacknowledged: number;
  shelved: number;
  suppressed: number;
  outOfService: number;
  unknown: number;
  /** come and go so often that they are one line each */
  chattering: number;
  /** active for more than a day, set aside or not */
  standing: number;
}

export function figuresOf(alarms: Iterable<DeskAlarm>, now: number): DeskFigures {
  const open = Object.fromEntries(ALARM_PRIORITIES.map((priority) => [priority, 0])) as DeskFigures['open'];
  const figures: DeskFigures = {
    open,
    unacknowledged: 0,
    shelved: 0,
    suppressed: 0,
    outOfService: 0,
    unknown: 0,
    chattering: 0,
    standing: 0,
  };
  for (const alarm of alarms) {
    if (isOpen(alarm)) {
      open[alarm.priority] += 1;
      figures.unacknowledged += 1;
    }
    if (alarm.shelved !== null) figures.shelved += 1;
    if (alarm.outOfService !== null) figures.outOfService += 1;
    if (alarm.suppressedBy !== null) figures.suppressed += 1;
    if (alarm.chattering !== null) figures.chattering += 1;
    if (alarm.unknown) figures.unknown += 1;
    if (alarm.active && now - alarm.raisedAt > STANDING_MS) figures.standing += 1;
  }
  return figures;
}

/** Ms until an alarm should be acknowledged; negative: overdue; null: nobody waits, or until the end of the shift. */
export function timeLeft(alarm: DeskAlarm, now: number): number | null {
  const within = ACK_WITHIN[alarm.priority];
  return within === null || !isOpen(alarm) ? null : alarm.raisedAt + within - now;
}

/** `0:38`, `−2:05`, beyond an hour `−3 h`. */
export function countdown(ms: number): string {
  const seconds = Math.ceil(Math.abs(ms) / 1_000);
  const sign = ms < 0 ? '−' : '';
  if (seconds >= 3_600) return `${sign}${Math.floor(seconds / 3_600)} h`;
  return `${sign}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `05:02`, beyond an hour `3:05:02`, beyond a day `2 d 03 h`. */
export function lasted(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}
