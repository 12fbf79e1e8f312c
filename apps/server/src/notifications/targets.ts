import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOTIFICATIONS_FILE, type Problem, parseNotifications, type TargetSpec } from '@citywall/pack-schema';
import { shownPath } from '../packs/packs.repository.js';
import { Absent, contents, withSecrets } from '../packs/secrets.js';
import type { Notifications, Target } from './target.types.js';

export interface NotificationsRead {
  /** null: there is no file, or it has problems */
  notifications: Notifications | null;
  problems: Problem[];
}

/**
 * `notifications.yaml` with its secrets and certificates. An absent file means that nobody is told.
 * @param systems ids of the systems there are; absent: not checked
 */
export function readNotifications(
  dir: string,
  systems?: ReadonlySet<string>,
  env: NodeJS.ProcessEnv = process.env,
): NotificationsRead {
  const root = shownPath(dir);
  let text: string;
  try {
    text = readFileSync(join(dir, NOTIFICATIONS_FILE), 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { notifications: null, problems: [] };
    const at = { file: `${root}/${NOTIFICATIONS_FILE}`, line: 1, col: 1, path: '' };
    return { notifications: null, problems: [{ ...at, message: `cannot be read: ${message}` }] };
  }
  const { spec, problems, spot } = parseNotifications(text, root, systems);
  if (spec === null) return { notifications: null, problems };
  const found: Problem[] = [];
  const targets = new Map<string, Target>();
  for (const [name, { ca, ...plain }] of spec.targets) {
    const target: Target = { ...plain };
    const take = (key: keyof TargetSpec, get: () => void) => {
      try {
        get();
      } catch (error) {
        if (!(error instanceof Absent)) throw error;
        found.push({ ...spot(name, key), message: error.message, path: `targets.${name}.${key}` });
      }
    };
    take('url', () => {
      target.url = withSecrets(plain.url, dir, env);
      // not shown: the key of a bot stands in it
      const parsed = URL.canParse(target.url) ? new URL(target.url) : null;
      if (parsed === null || !/^https?:$/.test(parsed.protocol))
        throw new Absent('is no address like https://hooks.example/alarms when its secrets are put in');
      if (parsed.protocol === 'http:' && plain.format !== 'json' && !plain.loopback)
        throw new Absent(
          'is http:// when its secrets are put in: the key of a bot would travel in the clear; use https://',
        );
      if (parsed.username !== '' || parsed.password !== '')
        throw new Absent('user and password do not belong into the address; use headers: { Authorization: … }');
    });
    take('secret', () => {
      if (plain.secret !== undefined) target.secret = withSecrets(plain.secret, dir, env);
    });
    take('headers', () => {
      if (plain.headers === undefined) return;
      target.headers = {};
      for (const [header, value] of Object.entries(plain.headers)) {
        const filled = withSecrets(value, dir, env);
        if (/[^\t\x20-\x7e]/.test(filled)) throw new Absent(`the value of ${header} holds what a header cannot carry`);
        target.headers[header] = filled;
      }
    });
    take('ca', () => {
      if (ca !== undefined) target.ca = contents(withSecrets(ca, dir, env), dir);
    });
    targets.set(name, target);
  }
  return found.length > 0
    ? { notifications: null, problems: found }
    : { notifications: { zone: spec.zone, routes: spec.routes, targets }, problems: [] };
}
