import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NOTIFICATIONS_FILE, showProblem } from '@citywall/pack-schema';
import { sendHook } from '../../notifications/hook.gateway.js';
import { messageOf } from '../../notifications/message.js';
import { shownTarget } from '../../notifications/target.types.js';
import { readNotifications } from '../../notifications/targets.js';
import { keyOf } from '../../notifications/told.js';
import type { Command } from '../command.js';
import { UsageError } from '../command.js';

export const notifyCommand: Command = {
  name: 'notify',
  usage: 'notify --test TARGET [--dir DIR]',
  summary: `Send a test message to a target of ${NOTIFICATIONS_FILE} (DIR: CITYWALL_PACKS_DIR, else CITYWALL_DATA_DIR).`,
  async run(args, io) {
    const { values } = parseArgs({ args, options: { test: { type: 'string' }, dir: { type: 'string' } } });
    const name = values.test;
    if (name === undefined) throw new UsageError('which target? --test TARGET');
    const dir = resolve(values.dir ?? (io.env.CITYWALL_PACKS_DIR || io.env.CITYWALL_DATA_DIR || './data'));
    const { notifications, problems } = readNotifications(dir, undefined, io.env);
    for (const problem of problems) io.err(showProblem(problem));
    if (problems.length > 0) return 1;
    const target = notifications?.targets.get(name);
    if (notifications === null || target === undefined) {
      const names = [...(notifications?.targets.keys() ?? [])].join(', ');
      io.err(
        notifications === null
          ? `there is no ${NOTIFICATIONS_FILE} in ${dir}`
          : `there is no target "${name}"; there are ${names || 'none'}`,
      );
      return 1;
    }
    const now = io.now();
    const { format, lang, secret } = target;
    const form = { format, lang, zone: notifications.zone, ...(secret === undefined ? {} : { secret }) };
    const message = messageOf({ event: 'test', at: now, subject: 'test' }, keyOf(name, 'test', now), form, now);
    const attempt = await sendHook(target, message);
    if (attempt.outcome === 'delivered') {
      io.out(`${name} (${shownTarget(target)}) has it`);
      return 0;
    }
    io.err(`${name} (${shownTarget(target)}) did not take it: ${attempt.reason} (${attempt.detail})`);
    return 1;
  },
};
