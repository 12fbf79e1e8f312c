const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;

/** Local time of day in which silence is normal, minutes since midnight; may go over midnight. */
export interface QuietHours {
  from: number;
  /** exclusive */
  to: number;
}

export interface QuietState {
  /** it is a quiet hour now */
  now: boolean;
  /** when the last quiet time that is over ended, Unix ms */
  endedAt: number;
}

/** `22:00-06:00` → minutes; null where nothing is said. */
export function parseQuiet(text: string | undefined): QuietHours | null {
  const parts = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text ?? '');
  if (!parts) return null;
  return { from: Number(parts[1]) * 60 + Number(parts[2]), to: Number(parts[3]) * 60 + Number(parts[4]) };
}

/**
 * Whether it is a quiet hour, and when the last one ended.
 * @param zone IANA name or `+08:00`
 * @param now Unix ms
 */
export function quietState(quiet: QuietHours, zone: string, now: number): QuietState {
  const minute = localMinute(zone, now);
  const inside =
    quiet.from <= quiet.to ? minute >= quiet.from && minute < quiet.to : minute >= quiet.from || minute < quiet.to;
  return { now: inside, endedAt: now - ((minute - quiet.to + DAY_MINUTES) % DAY_MINUTES) * MINUTE_MS };
}

/** Making one costs a thousand times more than using it. */
const clocks = new Map<string, Intl.DateTimeFormat>();
/** Zones come from packs: a handful. More than this is a mistake that must not grow. */
const MOST_CLOCKS = 64;

/** Minutes since local midnight, with their fraction. */
function localMinute(zone: string, now: number): number {
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (offset) {
    const minutes = (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -1 : 1);
    return (((now / MINUTE_MS + minutes) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  }
  const [hour, minute] = clockOf(zone).format(now).split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0) + (now % MINUTE_MS) / MINUTE_MS;
}

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    if (clocks.size >= MOST_CLOCKS) clocks.clear();
    clocks.set(zone, clock);
  }
  return clock;
}
