import { ALARM_PRIORITIES, NOTICE_REASONS } from '@citywall/model';
import { z } from 'zod';
import { duration, entry, entryId, systemId } from '../common.js';
import { type Problem, type Spot, sortProblems } from '../problem.js';
import { PackSource } from '../source.js';
import { SECRET } from './brokers.js';
import { NOTIFICATIONS_FILE, TARGET_FORMATS, TOLD_EVENTS, WEEKDAYS } from './names.js';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const HEADER = /^[A-Za-z0-9-]{1,60}$/;
/** What the sender sets itself. */
const OWN_HEADERS = /^(host|content-type|content-length|connection|transfer-encoding|idempotency-key|webhook-.*)$/i;
const MINUTE = 60_000;

const secretText = z.string().min(1).meta({ description: `May hold \${env:NAME} and \${file:/path}.` });
const timeZone = z
  .string()
  .refine(isTimeZone, 'expected a time zone like Asia/Shanghai')
  .meta({ description: 'IANA time zone of `days` and `hours`. Default Asia/Shanghai.' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

export const targetEntry = entry({
  url: secretText
    .refine(
      (text) => /^https?:\/\/[^/\s]+/.test(text) || text.search(SECRET) === 0,
      'expected an address like https://hooks.example/alarms (https or http)',
    )
    .meta({ description: `https://… or http://…; \${env:NAME} and \${file:/path} for the parts that are secret.` }),
  format: z
    .enum(TARGET_FORMATS)
    .default('json')
    .meta({ description: 'json: our own form, signed; wecom: 企业微信 group bot; dingtalk: 钉钉 group bot.' }),
  secret: secretText
    .exactOptional()
    .meta({ description: 'Key of the signature (json: HMAC-SHA256 over id, time and body; dingtalk: 加签).' }),
  headers: z
    .record(
      z
        .string()
        .regex(HEADER, 'expected the name of a header')
        .refine((name) => !OWN_HEADERS.test(name), 'this header is set by CityWall itself'),
      secretText,
    )
    .exactOptional()
    .meta({ description: 'More headers, such as Authorization.' }),
  ca: z
    .string()
    .min(1)
    .exactOptional()
    .meta({ description: 'Certificate of the authority that signed the target’s, where it is a private one (PEM).' }),
  loopback: z
    .boolean()
    .default(false)
    .meta({ description: 'true: the target is on this machine. Without it no connection to loopback is made.' }),
  lang: z.enum(['zh', 'en']).default('zh').meta({ description: 'Language of the bots’ messages.' }),
  timeout: duration
    .refine((ms) => ms >= 1_000 && ms <= MINUTE, 'must be from 1s to 1m')
    .default(10_000)
    .meta({ description: 'Without an answer for so long the message is sent again later.' }),
  perMinute: z.int().min(1).max(600).default(20).meta({
    description: 'Messages a minute; what is beyond comes as one summary. New alarms of priority 1 are always sent.',
  }),
  giveUpAfter: duration
    .refine((ms) => ms >= MINUTE && ms <= 72 * 60 * MINUTE, 'must be from 1m to 72h')
    .default(6 * 60 * MINUTE)
    .meta({ description: 'A message that could not be delivered for so long is a dead letter.' }),
}).meta({
  id: 'Target',
  description: 'Where messages go. Redirects are not followed; certificates are always verified.',
});

export const routeEntry = entry({
  id: entryId,
  to: z.array(z.string()).min(1).meta({ description: 'Names of targets.' }),
  events: z
    .array(z.enum(TOLD_EVENTS))
    .min(1)
    .default(['raised', 'worsened', 'cleared'])
    .meta({ description: 'What is told.' }),
  priorities: z
    .array(z.literal([...ALARM_PRIORITIES]))
    .min(1)
    .exactOptional()
    .meta({ description: 'Alarm priorities. Left out: all. Notices have none.' }),
  systems: z
    .array(systemId)
    .min(1)
    .exactOptional()
    .meta({ description: 'System ids. Left out: all, and what has none.' }),
  notices: z
    .array(z.enum(NOTICE_REASONS))
    .min(1)
    .exactOptional()
    .meta({ description: 'Reasons of notices. Left out: all.' }),
  days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .exactOptional()
    .meta({ description: 'Days of the week on which hours begin. Left out: all.' }),
  hours: z
    .string()
    .regex(HOURS, 'expected hours like 08:00-20:00; 20:00-08:00 goes over midnight')
    .exactOptional()
    .meta({ description: 'Local time of day of the event, from–to (excluded). Left out: the whole day.' }),
}).meta({ id: 'Route', description: 'Which events go where. All routes that fit count; a target gets an event once.' });

/** notifications.yaml */
export const notificationsFile = entry({
  zone: timeZone.default('Asia/Shanghai'),
  targets: z.record(
    z.string().regex(NAME, 'a target is named like a system: lower-case letters, digits and "-"'),
    targetEntry,
  ),
  routes: z.array(routeEntry).default([]),
}).meta({
  title: NOTIFICATIONS_FILE,
  description:
    'To whom alarms and notices are told outside, in CITYWALL_PACKS_DIR itself (or, without one there, in CITYWALL_DATA_DIR).',
});

export type TargetSpec = z.output<typeof targetEntry>;
export type RouteSpec = z.output<typeof routeEntry>;

export interface NotificationsSpec {
  zone: string;
  targets: Map<string, TargetSpec>;
  routes: RouteSpec[];
}

export interface NotificationsResult {
  /** null where there are problems */
  spec: NotificationsSpec | null;
  problems: Problem[];
  /** where a key of a target was written, for problems found later (a secret that is not there) */
  spot(target: string, key: string): Spot;
}

/**
 * Reads `notifications.yaml`: every problem with its place. Secrets stay as written, so that none can get into a message.
 * @param root folder of the file, for showing
 * @param systems ids of the systems there are; absent: not checked
 */
export function parseNotifications(text: string, root: string, systems?: ReadonlySet<string>): NotificationsResult {
  const source = new PackSource([{ root, files: new Map([[NOTIFICATIONS_FILE, text]]) }]);
  const read = source.read(NOTIFICATIONS_FILE);
  const whole: unknown = read?.value;
  const value = read?.broken ? undefined : source.check(notificationsFile, whole, [], NOTIFICATIONS_FILE);
  const report = (path: (string | number)[], message: string) =>
    source.report(whole, path, message, { file: NOTIFICATIONS_FILE });
  if (value !== undefined) checkRoutes(value, report, systems);
  const problems = sortProblems(source.problems);
  const spec =
    problems.length > 0 || value === undefined
      ? null
      : { zone: value.zone, targets: new Map(Object.entries(value.targets)), routes: value.routes };
  return {
    spec,
    problems,
    spot: (target, key) =>
      source.places.find(whole, ['targets', target, key]) ?? {
        file: source.fileOf(NOTIFICATIONS_FILE),
        line: 1,
        col: 1,
      },
  };
}

function checkRoutes(
  { targets, routes }: z.output<typeof notificationsFile>,
  report: (path: (string | number)[], message: string) => void,
  systems: ReadonlySet<string> | undefined,
): void {
  const names = Object.keys(targets);
  const seen = new Set<string>();
  routes.forEach(({ id, to, systems: wanted = [], hours }, index) => {
    if (seen.has(id)) report(['routes', index, 'id'], `id "${id}" is used twice`);
    seen.add(id);
    to.forEach((name, place) => {
      if (!names.includes(name))
        report(['routes', index, 'to', place], `there is no target "${name}"; there are ${names.join(', ') || 'none'}`);
    });
    wanted.forEach((system, place) => {
      if (systems !== undefined && !systems.has(system))
        report(['routes', index, 'systems', place], `no pack describes the system "${system}"`);
    });
    if (hours !== undefined && hours.slice(0, 5) === hours.slice(6))
      report(['routes', index, 'hours'], `${hours} is no time at all; leave hours out for the whole day`);
  });
  for (const [name, { format, secret, url, loopback }] of Object.entries(targets)) {
    if (format === 'wecom' && secret !== undefined)
      report(['targets', name, 'secret'], '企业微信 bots have no secret but the key in their address; leave it out');
    if (url.startsWith('http://') && format !== 'json' && !loopback)
      report(['targets', name, 'url'], 'the key of a bot would travel in the clear; use https://');
  }
}
