import { z } from 'zod';
import { ROLES } from '../../auth/session.js';
import { time } from './common.js';

export const logInBody = z.strictObject({
  user: z.string().min(1).max(64).meta({ description: 'name of the account' }),
  password: z.string().min(1).max(1_000).meta({ description: 'its password' }),
});

export const currentSession = z.object({
  user: z.string(),
  roles: z.array(z.enum(ROLES)),
  expiresAt: time.meta({ description: 'moves on while the session is used' }),
});

export const openedSession = currentSession.extend({
  token: z
    .string()
    .meta({ description: 'for `Authorization: Bearer …`; the cookie `citywall_session` holds the same' }),
});
