import { z } from 'zod';
import { ACTIONS } from '../../auth/policy.js';
import { GRANTS, ROLES } from '../../auth/session.js';
import { code } from './accounts.js';
import { time } from './common.js';

export const logInBody = z.strictObject({
  user: z.string().min(1).max(64).meta({ description: 'name of the account' }),
  password: z.string().min(1).max(1_000).meta({ description: 'its password' }),
  code: code.optional().meta({ description: 'of the second factor, where the account has one' }),
});

const session = z.object({
  user: z.string(),
  roles: z.array(z.enum(ROLES)),
  grants: z.array(z.enum(GRANTS)).optional().meta({ description: 'absent: none' }),
  mustChange: z.literal(true).optional().meta({ description: 'only the password may be changed' }),
  expiresAt: time.nullable().meta({
    description: 'moves on while the session is used; null: it ends only when it is revoked (a paired display)',
  }),
});

export const openedSession = session.extend({
  token: z
    .string()
    .meta({ description: 'for `Authorization: Bearer …`; the cookie `citywall_session` holds the same' }),
});

export const currentSession = session.extend({
  user: session.shape.user.nullable().meta({ description: 'null: nobody is logged in, but this machine may read' }),
  expiresAt: time.nullable().meta({ description: 'moves on while the session is used' }),
  idleAt: time.nullable().meta({
    description: 'when its person will have done nothing at the desk for two hours; null: it does not end by that',
  }),
  may: z.array(z.enum(ACTIONS)).meta({ description: 'rows of the policy that the session is let do' }),
});

export const activeSession = currentSession.pick({ idleAt: true });
