import { type NotificationsSpec, type RouteSpec, WEEKDAYS } from '@citywall/pack-schema';
import type { Told } from './told.js';

/** Names of the targets that an event goes to, each once, in the order of the routes. */
export function targetsOf(told: Told, { routes, zone }: Pick<NotificationsSpec, 'routes' | 'zone'>): string[] {
  return [...new Set(routes.filter((route) => fits(route, told, zone)).flatMap(({ to }) => to))];
}

function fits(route: RouteSpec, { event, at, alarm, notice }: Told, zone: string): boolean {
  if (!(route.events as readonly string[]).includes(event)) return false;
  const system = alarm?.system ?? notice?.system;
  if (route.systems !== undefined && (system === undefined || !route.systems.includes(system))) return false;
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
