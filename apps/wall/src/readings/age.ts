export type AgeUnit = 'seconds' | 'minutes' | 'hours' | 'days';

/** An age in the largest unit that is not zero, rounded down: a screen never makes things younger… or older by words. */
export function agePart(ms: number): { unit: AgeUnit; n: number } {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return { unit: 'seconds', n: seconds };
  if (seconds < 3600) return { unit: 'minutes', n: Math.floor(seconds / 60) };
  if (seconds < 86_400) return { unit: 'hours', n: Math.floor(seconds / 3600) };
  return { unit: 'days', n: Math.floor(seconds / 86_400) };
}

const ZONE = 'Asia/Shanghai';
const parts = (options: Intl.DateTimeFormatOptions, locale = 'en-GB') =>
  new Intl.DateTimeFormat(locale, { timeZone: ZONE, hourCycle: 'h23', ...options });

const HOUR_MINUTE = parts({ hour: '2-digit', minute: '2-digit' });
const CLOCK = parts({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' });
const WEEKDAYS: Record<string, Intl.DateTimeFormat> = {
  'zh-CN': parts({ weekday: 'short' }, 'zh-CN'),
  en: parts({ weekday: 'long' }, 'en'),
};

/** `14:48` in the county's zone, whatever the zone of the screen's computer. */
export function hourMinute(at: number): string {
  return HOUR_MINUTE.format(at);
}

/** `14:48:20` */
export function clockText(at: number): string {
  return CLOCK.format(at);
}

/** `2026-07-12` */
export function dateText(at: number): string {
  return DATE.format(at);
}

/** `周日`, `Sunday` */
export function weekdayText(at: number, locale: string): string {
  return (WEEKDAYS[locale] ?? WEEKDAYS.en!).format(at);
}
