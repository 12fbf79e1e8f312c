/** Local time of a zone, as payloads and daily curves need it. */

const DAY = 86_400_000;
const HOUR = 3_600_000;

export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  /** 0 Sunday … 6 Saturday */
  weekday: number;
  /** ms since local midnight by the clock on the wall */
  sinceMidnight: number;
  /** minutes east of UTC */
  offset: number;
}

export interface Zone {
  /** minutes east of UTC at that moment */
  offset(at: number): number;
  local(at: number): LocalTime;
  /** whole days since 1970-01-01, local */
  dayNumber(at: number): number;
  /** moment of the local midnight that begins that day */
  midnight(dayNumber: number): number;
}

/** ms since local midnight of a time of day like `07:30`. */
export function clockMs(clock: string): number {
  return (Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))) * 60_000;
}

const FIXED = /^([+-])(\d{2}):(\d{2})$/;

/** A zone by IANA name or fixed offset (`+08:00`). Throws RangeError for names nobody knows. */
export function zoneOf(name: string): Zone {
  const offset = offsets(name);
  const local = (at: number): LocalTime => {
    const minutes = offset(at);
    const date = new Date(at + minutes * 60_000);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      ms: date.getUTCMilliseconds(),
      weekday: date.getUTCDay(),
      sinceMidnight: date.getTime() - Math.floor(date.getTime() / DAY) * DAY,
      offset: minutes,
    };
  };
  return {
    offset,
    local,
    dayNumber: (at) => Math.floor((at + offset(at) * 60_000) / DAY),
    midnight: (day) => {
      const guess = day * DAY - offset(day * DAY) * 60_000;
      return day * DAY - offset(guess) * 60_000;
    },
  };
}

function offsets(name: string): (at: number) => number {
  const fixed = FIXED.exec(name);
  if (fixed !== null) {
    const minutes = (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
    return () => minutes;
  }
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  // an offset holds at least an hour; one look-up an hour of simulated time is enough
  let hour = Number.NaN;
  let minutes = 0;
  return (at) => {
    const now = Math.floor(at / HOUR);
    if (now !== hour) {
      const text = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
      const match = /GMT([+-])(\d{2}):(\d{2})/.exec(text);
      minutes = match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
      hour = now;
    }
    return minutes;
  };
}

const TOKENS = /yyyy|yy|MM?|dd?|HH?|mm|ss|SSS|XXX|'([^']*)'/g;

/** `yyyy-MM-dd HH:mm:ss`, with SSS for ms, XXX for the offset, M d H without a zero and 'literal' text. */
export function formatTime(at: number, pattern: string, zone: Zone): string {
  const t = zone.local(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return pattern.replace(TOKENS, (token: string, literal: string | undefined) => {
    switch (token) {
      case 'yyyy':
        return String(t.year);
      case 'yy':
        return two(t.year % 100);
      case 'MM':
        return two(t.month);
      case 'M':
        return String(t.month);
      case 'dd':
        return two(t.day);
      case 'd':
        return String(t.day);
      case 'H':
        return String(t.hour);
      case 'HH':
        return two(t.hour);
      case 'mm':
        return two(t.minute);
      case 'ss':
        return two(t.second);
      case 'SSS':
        return String(t.ms).padStart(3, '0');
      case 'XXX': {
        const minutes = Math.abs(t.offset);
        return `${t.offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
      }
      default:
        return literal ?? '';
    }
  });
}
