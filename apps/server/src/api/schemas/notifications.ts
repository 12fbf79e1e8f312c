import { TARGET_FORMATS } from '@citywall/pack-schema';
import { z } from 'zod';
import { FAILURE_REASONS } from '../../notifications/retry.js';
import { paging, time, words } from './common.js';

const reason = z.enum(FAILURE_REASONS);

export const notificationsQuery = z.strictObject({ ...paging });

export const stateQuery = z.strictObject({});

export const notifyTarget = z.object({
  name: z.string(),
  format: z.enum(TARGET_FORMATS),
  at: z.string().meta({ description: 'scheme and host; keys of bots stand in the rest of the address' }),
  waiting: z.int().meta({ description: 'messages in its queue' }),
  dead: z.int().meta({ description: 'messages given up' }),
  delivered: z.int(),
  deliveredAt: time.nullable().meta({ description: 'the last one' }),
  failingSince: time.nullable().meta({ description: 'null: the last attempt was well' }),
  reason: reason.optional(),
  detail: z.string().optional(),
});

/** What a message was about, and for whom. */
const message = {
  target: z.string(),
  event: z.string(),
  subject: z.string().meta({ description: 'id of the alarm or notice' }),
  text: words.nullable(),
  priority: z.int().min(1).max(4).nullable(),
  at: time.meta({ description: 'when it happened' }),
};

export const deadLetter = z.object({
  id: z.string().meta({ description: 'key by which the target knows a repetition' }),
  ...message,
  queuedAt: time,
  diedAt: time,
  attempts: z.int(),
  reason: reason.nullable(),
  detail: z.string(),
});

export const testOutcome = z.object({
  outcome: z.enum(['delivered', 'failed', 'refused']),
  reason: reason.optional(),
  detail: z.string().optional(),
});

export const deadIdParameter = z.string().min(1).max(80).meta({ description: 'id of the dead letter' });
export const targetParameter = z.string().min(1).max(80).meta({ description: 'name of the target' });

export const notifyState = z.object({
  file: z.enum(['in-use', 'absent', 'refused']).meta({
    description: '`absent`: nobody is told; `refused`: notifications.yaml has problems, the last good one is used on',
  }),
  problems: z.array(z.string()).meta({ description: 'file:line:col and what to do' }),
  sending: z.boolean().meta({ description: 'a process sends now; false: nothing leaves until one does' }),
  zone: z.string().nullable().meta({ description: 'IANA time zone of days and hours' }),
  routes: z.array(
    z.object({
      id: z.string(),
      to: z.array(z.string()),
      events: z.array(z.string()),
      priorities: z.array(z.int()).nullable().meta({ description: 'null: all' }),
      systems: z.array(z.string()).nullable(),
      notices: z.array(z.string()).nullable(),
      days: z.array(z.string()).nullable(),
      hours: z.string().nullable().meta({ description: 'local, from–to (excluded)' }),
    }),
  ),
});

export const delivery = z.object({
  ...message,
  deliveredAt: time,
  attempts: z.int(),
});
