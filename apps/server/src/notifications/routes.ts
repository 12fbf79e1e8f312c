import { type NotificationsSpec, type RouteSpec, WEEKDAYS } from '@citywall/pack-schema';
import type { Told } from './told.js';

/**
 * Names of the targets that an event goes to, each once, in the order of the routes. The end of an alarm goes to those that were
 * told of its beginning and want ends, whatever hour it is and whatever priority it has come to.
 * @param before targets that were told of its beginning
 */
export function targetsOf(
  told: Told,
  { routes, zone }: Pick<NotificationsSpec, 'routes' | 'zone'>,
  before: readonly string[] = [],
): string[] {
  const ends = told.event === 'cleared' ? before : [];
  return [
    ...new Set(
      routes.flatMap((route) => {
        if (fits(route, told, zone)) return route.to;
        return isOf(route, told) ? route.to.filter((target) => ends.includes(target)) : [];
      }),
    ),
  ];
}

/** Whether a route is about such events of such a system at all. */
function isOf({ events, systems }: RouteSpec, { event, alarm, notice }: Told): boolean {
  const system = alarm?.system ?? notice?.system;
  if (systems !== undefined && (system === undefined || !systems.includes(system))) return false;
  return (events as readonly string[]).includes(event);
}

function fits(route: RouteSpec, told: Told, zone: string): boolean {
  const { at, alarm, notice } = told;
  if (!isOf(route, told)) return false;
  if (alarm !== undefined && route.priorities !== undefined && !route.priorities.includes(alarm.priority)) return false;
  if (notice !== undefined && route.notices !== undefined && !route.notices.includes(notice.reason)) return false;
  return isTime(route, at, zone);
}

/** Hours over midnight belong to the day on which they begin. */
function isTime({ days, hours }: RouteSpec, at: number, zone: string): boolean {
  if (days === undefined && hours === undefined) return true;
  const { day, minute } = local(at, zone);
  const isDay = (which: number) => days === undefined || days.includes(WEEKDAYS[(which + 7) % 7] ?? 'mon');
  if (hours === undefined) return isDay(day);
  const [from = 0, to = 0] = hours.split('-').map(minuteOf);
  if (from < to) return minute >= from && minute < to && isDay(day);
  return minute >= from ? isDay(day) : minute < to && isDay(day - 1);
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** Making one costs a thousand times more than using it; a file has one zone. */
let clock: { zone: string; format: Intl.DateTimeFormat } | undefined;

/** `day` 0 is Monday; `minute` since local midnight. */
function local(at: number, zone: string): { day: number; minute: number } {
  if (clock?.zone !== zone) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clock = { zone, format };
  }
  const parts = new Map(clock.format.formatToParts(at).map(({ type, value }) => [type, value]));
  const name = (parts.get('weekday') ?? 'Mon').toLowerCase() as (typeof WEEKDAYS)[number];
  return { day: WEEKDAYS.indexOf(name), minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}
